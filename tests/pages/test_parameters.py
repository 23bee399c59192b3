"""What stands behind the question mark changes an answer only where its view reads it."""

import re

import pytest
from django.test import RequestFactory
from django.urls import get_resolver

from therapydir.pages.parameters import asked_at, keep_what_is_read, read_at, reads_any

NOISE = "utm_source=evil&fbclid=%3Cscript%3E&gclid=1&x"
PAGES = [
    "/",
    "/articles/",
    "/articles/occupational-therapy-vs-physical-therapy/",
    "/which-therapy/",
    "/locations/",
    "/locations/california/",
    "/locations/california/anaheim/",
    "/about/",
    "/sitemap.xml",
    "/sitemap-states.xml",
    "/feed.xml",
    "/robots.txt",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_whatever_a_campaign_adds_and_everybody_may_keep_it(client, db, path):
    plain, asked = client.get(path), client.get(f"{path}?{NOISE}")
    assert asked.status_code == 200
    assert asked.content == plain.content
    assert asked["Cache-Control"] == plain["Cache-Control"]
    assert asked["Cache-Control"].startswith("public")


@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=anaheim&all=1",
        "/which-therapy/?tick=walking&show=answer",
        "/locations/california/anaheim/?q=x",
        "/search/suggestions/?q=ana",
    ],
)
def test_what_a_view_reads_is_answered_for_the_visitor_alone(client, db, address):
    answer, noisy = client.get(address), client.get(f"{address}&{NOISE}")
    assert answer.status_code == 200
    assert "private" in answer["Cache-Control"]
    assert noisy.content == answer.content


def test_a_search_without_words_is_nobodys_own(client, db):
    assert "private" not in client.get(f"/articles/?{NOISE}")["Cache-Control"]


def test_a_redirect_keeps_the_whole_query(client, db):
    moved = client.get(f"/Locations/California/?{NOISE}")
    assert (moved.status_code, moved["Location"]) == (301, f"/locations/california/?{NOISE}")


def test_repeated_parameters_keep_their_order():
    request = RequestFactory().get("/which-therapy/?tick=b&x=1&tick=a&tick=b&state=florida")
    keep_what_is_read(request, "/which-therapy/")
    assert request.GET.getlist("tick") == ["b", "a", "b"]
    assert request.META["QUERY_STRING"] == "tick=b&tick=a&tick=b&state=florida"


@pytest.mark.parametrize("query", ["q=x", "a=b&q=", "%71=x", "q", "a&&q=1", "q=1;2"])
def test_a_name_is_known_however_it_is_written(query):
    assert reads_any("/search/", query)


@pytest.mark.parametrize("query", ["Q=x", "qq=x", "a=q", "a;q=1", "%2571=x", "=q"])
def test_another_name_is_not(query):
    assert not reads_any("/search/", query)


def test_a_path_without_a_view_reads_nothing():
    assert read_at("/nothing/at/all") == frozenset()


def test_what_templates_and_views_read_is_declared(settings):
    """Whatever reads `request.GET` is found in the code, and each name of it in a declaration."""
    sources = [
        file.read_text()
        for top in ("articles", "locations", "providers", "therapydir", "templates")
        for file in (settings.BASE_DIR / top).rglob("*")
        if file.suffix in (".py", ".html") and "migrations" not in file.parts and "admin" not in file.stem
    ]
    read = {
        name
        for source in sources
        for name in re.findall(r'request\.GET\.(?:get|getlist)\("(\w+)"|"(\w+)" not in request\.GET', source)
        for name in name
        if name
    }
    declared = {
        name for pattern in _patterns(get_resolver()) for name in getattr(pattern.callback, "reads", ())
    }
    assert read
    assert read <= declared


def _patterns(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern)
        else:
            yield pattern


def test_at_a_path_without_a_view_nothing_is_asked_or_read():
    assert asked_at("/no/view/") == ()
    assert read_at("/no/view/") == frozenset()
    assert set(asked_at("/which-therapy/")) == {"tick", "sign", "show"}
