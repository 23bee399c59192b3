"""Searching for a place by its name or its ZIP code."""

import pytest

from tests.reading import links_of, page_of

CASES = [
    ("anaheim", "/locations/california/anaheim/"),
    ("Anaheim, CA", "/locations/california/anaheim/"),
    ("  ANAHEIM   california ", "/locations/california/anaheim/"),
    ("92801", "/locations/california/anaheim/"),
    ("92801-1234", "/locations/california/anaheim/"),
    ("la canada", "/locations/california/la-canada-flintridge/"),
    ("St. Cloud", "/locations/florida/st-cloud/"),
    ("mt dora", "/locations/florida/mount-dora/"),
    ("setauket", "/locations/new-york/setauket-east-setauket/"),
]


def results(client, query):
    response = client.get("/search/", {"q": query})
    assert response.status_code == 200
    return [link for link in links_of(response) if link.count("/") == 4 and link.startswith("/locations/")]


@pytest.mark.parametrize(("query", "first"), CASES)
def test_a_place_is_found(client, db, query, first):
    assert results(client, query)[0] == first


def test_places_of_the_same_name_are_all_shown(client, db):
    found = results(client, "Lakewood")
    assert {"/locations/california/lakewood/", "/locations/new-jersey/lakewood/"} <= set(found)
    assert results(client, "lakewood nj")[0] == "/locations/new-jersey/lakewood/"


def test_a_withdrawn_place_is_not_found(client, anaheim):
    anaheim.withdraw()
    assert "/locations/california/anaheim/" not in results(client, "anaheim")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Find your city"),
        ("xyzzy", "No city here has a name like that"),
        ("00000", "We do not know ZIP code 00000"),
        ("93953", "which has no page here"),
        ("🦾", "No city here has a name like that"),
        ("x" * 10_000, "No city here has a name like that"),
        ("' OR 1=1 --", "No city here has a name like that"),
        ("<b>", "Places for “<b>”"),
        ("a\0b", "No city here has a name like that"),
        ("California", "has a page of its own"),
    ],
)
def test_whatever_is_typed_gets_a_helpful_page(client, db, query, words):
    response = client.get("/search/", {"q": query})
    page = page_of(client, response.wsgi_request.get_full_path())
    assert words in " ".join(page.text.split())
    assert page.meta["robots"] == "noindex"
    assert "/locations/california/" in page.links
