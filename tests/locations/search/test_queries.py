"""What people type leads to the right place first: the table in queries.txt."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

TABLE = Path(__file__).with_name("queries.txt")
CASES = [
    tuple(line.split(" -> "))
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def first_result(query):
    """The address of the first thing that a visitor is shown for a query, or None."""
    response = Client().get("/search/", {"q": query})
    if response.status_code == 302:
        return urlsplit(response["Location"]).path
    assert response.status_code == 200
    found = re.search(r'class="[^"]*\bfound">.*?href="([^"]+)"', response.text, re.DOTALL)
    return unescape(found[1]) if found else None


def path_of(expected):
    if expected == "-":
        return None
    return expected if expected.startswith("/") else f"/locations/{expected}/"


@pytest.mark.parametrize(("query", "expected"), CASES)
def test_the_first_result_is_the_one_that_was_meant(db, query, expected):
    found = first_result(query)
    if expected == "-":
        assert found is None or not found.startswith("/locations/")
    else:
        assert found == path_of(expected)
