"""Whoever looks for somebody at a place is led to them, as the table in asked.txt says."""

import re
from html import unescape
from itertools import count
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.db import transaction
from django.test import Client

from locations.models import State
from providers.models import Kind, Provider, Source
from tests.providers.nppes import npi
from therapydir.derived.catching_up import writing

TABLE = Path(__file__).with_name("asked.txt")
CASES = [
    re.fullmatch(r"(.*?) (->|[0?@=!])(?: (.*))?", line).groups()
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
# (ZIP code, state, profession, specialty): how many invented people are there.
PEOPLE = {
    ("07011", "NJ", "PT", ""): 6,
    ("07011", "NJ", "PT", "sports"): 2,
    ("07011", "NJ", "PT", "hands"): 1,
    ("07011", "NJ", "OT", ""): 2,
    ("07011", "NJ", "OT", "hands"): 3,
    ("07011", "NJ", "OT", "children"): 1,
    ("07011", "NJ", "OT", "low-vision"): 1,
    ("07011", "NJ", "OT", "driving"): 1,
    ("07030", "NJ", "PT", ""): 2,
    ("07030", "NJ", "PT", "bones-and-joints"): 1,
    ("07055", "NJ", "OT", "children"): 1,
    ("08701", "NJ", "PT", ""): 2,
    ("08701", "NJ", "OT", ""): 5,
    ("08701", "NJ", "OT", "children"): 2,
    ("08742", "NJ", "PT", ""): 1,
    ("10001", "NY", "PT", ""): 6,
    ("10001", "NY", "PT", "sports"): 1,
    ("10001", "NY", "OT", ""): 1,
    ("15701", "PA", "PT", ""): 1,
    ("92801", "CA", "PT", ""): 7,
    ("92801", "CA", "OT", "children"): 2,
}


def people():
    """The invented therapists of PEOPLE, one by one."""
    states, number = {state.code: state for state in State.objects.all()}, count(1)
    for (zip_code, code, profession, specialty), how_many in PEOPLE.items():
        for _ in range(how_many):
            one = next(number)
            yield Provider(
                npi=npi(one),
                kind=Kind.THERAPIST,
                is_organization=False,
                is_ot=profession == "OT",
                is_pt=profession == "PT",
                specialties=f" {specialty} " if specialty else "",
                name=f"Alex Example {one}",
                sort_name=f"EXAMPLE {one:03d}",
                state=states[code],
                zip_code=zip_code,
                source=Source.NPPES,
            )


@pytest.fixture(scope="module")
def people_there(django_db_setup, django_db_blocker):
    """They are there beside the places of care of a new site, for all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        with writing():
            Provider.objects.bulk_create(people())
        yield
        transaction.set_rollback(True)


class Answer:
    """What the site answers to a query: where it leads, or the page of results."""

    def __init__(self, query):
        response = Client().get("/search/", {"q": query})
        self.led_to = where(response["Location"]) if response.status_code == 302 else ""
        self.page = Client().get(response["Location"]) if self.led_to else response
        assert self.page.status_code == 200
        main = self.page.text.partition("<main")[2].partition("</main>")[0]
        self.found = main.partition('<section id="states"')[0]
        lists = " ".join(re.findall(r'class="[^"]*\bfound">(.*?)</[ou]l>', self.found, re.DOTALL))
        self.firsts = [unescape(link) for link in re.findall(r'<li><a href="([^"]+)"', lists)]
        self.links = {unescape(link) for link in re.findall(r'<a href="([^"]+)"', self.found)}
        self.said = " ".join(unescape(re.sub(r"<[^>]+>", "", self.found)).split())


def where(address):
    """An address without what was typed."""
    parts = urlsplit(address)
    asked = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "q"])
    return parts._replace(query=asked).geturl()


def path_of(expected):
    return f"/locations/{expected}"


def is_led(answer, expected):
    return answer.led_to == path_of(expected) and "We know of no" not in answer.said


def is_nobody(answer, expected):
    return answer.led_to == path_of(f"{expected}/") and "We know of no" in answer.said


def is_asked(answer, expected):
    return not answer.led_to and {path_of(one) for one in expected.split()} <= answer.links


def is_place_with_topic(answer, expected):
    place, _, topic = expected.partition(" ")
    return not answer.led_to and answer.firsts[0] == path_of(place) and topic in answer.said


def is_topic(answer, expected):
    first = next(iter(answer.firsts), "-")
    return not answer.led_to and (first == expected or (expected == "-" and "/locations/" not in first))


def is_help_first(answer, _):
    return not answer.led_to and "Help comes first" in answer.said


SIGNS = {
    "->": is_led,
    "0": is_nobody,
    "?": is_asked,
    "@": is_place_with_topic,
    "=": is_topic,
    "!": is_help_first,
}


@pytest.mark.parametrize(("query", "sign", "expected"), CASES)
def test_whoever_looks_for_somebody_is_led_to_them(people_there, db, query, sign, expected):
    answer = Answer(query)
    assert SIGNS[sign](answer, expected), (answer.led_to, answer.firsts[:6], answer.said[:300])
