"""What people type is answered as the table in queries.txt says."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

TABLE = Path(__file__).with_name("queries.txt")
CASES = [
    re.fullmatch(r"(.*) (->|[?~#!^]) (.*)", line).groups()
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


class Answer:
    """What the site answers to a query: where it leads, or the page of results."""

    def __init__(self, query):
        response = Client().get("/search/", {"q": query})
        self.led_to = urlsplit(response["Location"]).path if response.status_code == 302 else None
        self.text = Client().get(response["Location"]).text if self.led_to else response.text
        main = self.text.partition("<main")[2].partition("</main>")[0]
        found = main.partition('<section id="states"')[0]
        lists = re.findall(r'class="[^"]*\bfound">(.*?)</[ou]l>', found, re.DOTALL)
        self.links = [unescape(link) for link in re.findall(r'<li><a href="([^"]+)"', " ".join(lists))]
        self.said = " ".join(unescape(re.sub(r"<[^>]+>", "", found)).split())

    @property
    def first(self):
        return self.led_to or next(iter(self.links), None)

    @property
    def places(self):
        return [link for link in self.links if link.startswith("/locations/")]


def path_of(expected):
    return expected if expected.startswith("/") else f"/locations/{expected}/"


def is_first(answer, expected):
    if expected == "-":
        return answer.first is None or not answer.first.startswith("/locations/")
    return answer.first == path_of(expected)


def is_asked(answer, expected):
    wanted = [path_of(path) for path in expected.split()]
    return not answer.led_to and answer.first == wanted[0] and set(wanted) <= set(answer.links)


def is_unlisted(answer, expected):
    return not answer.led_to and answer.first == path_of(expected) and "no page" in answer.said


def are_counties(answer, expected):
    wanted = {"/locations/{}/#county_{}".format(*one.split("#")) for one in expected.split()}
    return not answer.led_to and wanted <= set(re.findall(r'href="([^"]+)"', answer.text)) and answer.places


def is_elsewhere(answer, expected):
    return (
        not answer.led_to and not answer.places and f"{expected} is not in the directory yet" in answer.said
    )


def has_namesakes(answer, expected):
    return answer.first == path_of(expected) and "There is also" in answer.said


SIGNS = {
    "->": is_first,
    "?": is_asked,
    "~": is_unlisted,
    "#": are_counties,
    "!": is_elsewhere,
    "^": has_namesakes,
}


@pytest.mark.parametrize(("query", "sign", "expected"), CASES)
def test_a_query_is_answered_as_somebody_local_would(db, query, sign, expected):
    answer = Answer(query)
    assert SIGNS[sign](answer, expected), (answer.led_to, answer.links[:6], answer.said[:300])
