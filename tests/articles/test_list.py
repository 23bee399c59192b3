"""The list of articles, and its further pages."""

import re

import pytest

from articles.models import Article
from articles.models.articles import MOST_ON_A_PAGE
from tests.factories import make_article, withdraw
from tests.reading import Page, page_of


@pytest.fixture
def many(db):
    """So many articles that the list has three pages."""
    withdraw(Article.objects.get(is_explainer=True))
    return [make_article(f"Number {number:03}") for number in range(2 * MOST_ON_A_PAGE + 1)]


def listed(page):
    return [link for link in page.links if re.fullmatch("/articles/number-[0-9]+/", link)]


def test_a_short_list_has_one_page(client, db):
    page = page_of(client, "/articles/")
    assert not [link for link in page.links if link.startswith("/articles/pages/")]
    assert client.get("/articles/pages/2/").status_code == 404


def test_a_long_list_goes_on_on_pages_that_it_links_to_and_every_article_is_on_one(client, many):
    pages = [page_of(client, path) for path in ("/articles/", "/articles/pages/2/", "/articles/pages/3/")]
    assert [len(listed(page)) for page in pages] == [MOST_ON_A_PAGE, MOST_ON_A_PAGE, 1]
    assert {link for page in pages for link in listed(page)} == {one.get_absolute_url() for one in many}
    assert {"/articles/pages/2/", "/articles/pages/3/"} <= set(pages[0].links)
    assert {"/articles/", "/articles/pages/2/"} <= set(pages[2].links)
    assert len({page.title for page in pages}) == len({page.meta["description"] for page in pages}) == 3
    assert pages[1].rel["canonical"].endswith("/articles/pages/2/")
    sitemap = client.get("/sitemap-articles.xml").text
    assert "/articles/pages/3/</loc><lastmod>" in sitemap
    assert "/articles/pages/4/" not in sitemap


@pytest.mark.parametrize("number", ["0", "4", "99999999999999999999"])
def test_a_page_that_is_none_is_not_found(client, many, number):
    response = client.get(f"/articles/pages/{number}/")
    assert response.status_code == 404
    assert "/articles/" in Page(response).links


@pytest.mark.parametrize("number", ["1", "01", "002"])
def test_a_page_has_one_address(client, many, number):
    response = client.get(f"/articles/pages/{number}/")
    assert response.status_code == 301
    assert response["Location"] == ("/articles/pages/2/" if number == "002" else "/articles/")


def test_a_page_costs_the_same_however_many_there_are(client, many, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get("/articles/pages/2/")
