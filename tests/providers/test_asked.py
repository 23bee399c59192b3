"""Whoever looks for somebody at a place is led to them, as the table in asked.txt says."""

import re
import tomllib
from collections import Counter, defaultdict
from html import unescape
from itertools import count
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.db import transaction
from django.test import Client

from locations.models import City, State
from providers.answers import who_is_in
from providers.asked import FILE, Asked, table, whom
from providers.kinds import BY_SLUG
from providers.models import Kind, Provider, Source, Specialty
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


def test_every_word_of_the_table_means_one_thing_that_the_registry_knows(db):
    known = defaultdict(set)
    for kind, profession, slug in Specialty.objects.exclude(slug="").values_list(
        "kind", "profession", "slug"
    ):
        known[slug].add((kind, profession))
    of_list = {
        "occupational-therapists": (Kind.THERAPIST, "OT"),
        "physical-therapists": (Kind.THERAPIST, "PT"),
        "rehabilitation-hospitals": (Kind.REHABILITATION, ""),
        "nursing-facilities": (Kind.NURSING, ""),
    }
    named = table().specialties
    assert {slug: {of_list[one] for one in lists} for slug, lists in named.items()} == {
        slug: known[slug] for slug in named
    }
    assert known.keys() - named.keys() == {"physical-rehabilitation"}  # what all of them do
    lists = {meant for section, meant in table().phrases.values() if section in ("therapists", "places")}
    assert lists == set(BY_SLUG)
    phrases = [
        phrase.strip()
        for section in tomllib.loads(FILE.read_text(encoding="utf-8")).values()
        for entry in section.values()
        for phrase in (entry["words"] if isinstance(entry, dict) else entry).split(",")
    ]
    assert not [phrase for phrase, times in Counter(phrases).items() if times > 1]


def test_where_nobody_is_the_page_says_where_the_nearest_is(people_there, db):
    answer = Answer("occupational therapist hoboken nj")
    assert "We know of no occupational therapists in Hoboken. The nearest we know: " in answer.said
    assert "/locations/new-york/manhattan/#occupational-therapists" in answer.links
    assert re.search(r"1 occupational therapist in Manhattan, NY, [\d.]+ miles away", answer.said)
    alone = Answer("low vision ot anaheim")
    assert "We know of no occupational therapists for low vision in Anaheim." in alone.said
    assert "The nearest we know" not in alone.said


def test_the_page_of_a_city_says_so_only_to_whom_a_search_led_there(people_there, db):
    for query in ("hoboken", "physical therapist hoboken", "occupational therapist anaheim", "xyzzy ot"):
        page = Client().get("/locations/new-jersey/hoboken/", {"q": query})
        assert "We know of no" not in page.text, query
    assert "We know of no" not in Client().get("/locations/new-jersey/hoboken/").text


def test_a_list_tells_whom_a_search_led_to_it_who_else_could_be_meant(people_there, db):
    answer = Answer("hand therapist clifton nj")
    assert "You looked for “hand therapist clifton nj”" in answer.said
    assert "Also in Clifton: 1 physical therapist for hands." in answer.said
    assert "/locations/new-jersey/clifton/physical-therapists/?specialty=hands" in answer.links
    assert "Also in" not in Answer("hand ot clifton nj").said


def test_all_results_are_one_step_back_with_what_is_said_of_the_topic(people_there, db):
    page = Client().get("/search/", {"q": "hand therapy clifton nj", "all": 1}).text
    assert "3 occupational therapists for hands</a>" in page
    assert "After a hand injury" in page


def test_results_say_who_is_there(people_there, db):
    said = Answer("physical therapist lakewood").said
    assert "Lakewood, New Jersey Ocean County 2 physical therapists" in said
    assert "Lakewood, California Los Angeles County No physical therapists. 1 clinic" in said
    assert "Lakewood, New Jersey Ocean County 5 clinics and 9 therapists" in Answer("lakewood").said
    near = Client().get("/search/", {"near": "40.86,-74.16"}).text  # Clifton
    assert "13 clinics and 17 therapists" in near


def test_whoever_names_nobodys_place_is_asked_for_one(people_there, db):
    assert "type your city or ZIP code" in Answer("skilled nursing").said
    assert "type your city or ZIP code" not in Answer("hand injury").said


def suggested(query):
    return Client().get("/search/suggestions/", {"q": query}).json()


def test_suggestions_begin_with_the_lists_that_are_asked_for(people_there, db):
    rows = suggested("hand therapist clif")
    assert [row["words"] for row in rows[:3]] == [
        "Occupational therapists for hands in Clifton, NJ",
        "Physical therapists for hands in Clifton, NJ",
        "Clifton, New Jersey",
    ]
    assert rows[0]["path"] == "/locations/new-jersey/clifton/occupational-therapists/?specialty=hands"
    assert [row["who"] for row in rows[:3]] == ["3", "1", "13 clinics and 17 therapists"]
    assert suggested("nursing home ho ho kus")[0]["words"] == "Ho-Ho-Kus, New Jersey"
    assert suggested("suicidal ot clifton")[0]["words"].startswith("Help first")


def test_the_number_of_queries_does_not_grow_with_who_is_shown(people_there, db, django_assert_num_queries):
    cities = list(City.objects.published().select_related("state").order_by("pk"))
    for asked, most in ((Asked(), 2), (Asked(("clinics",)), 2), (whom(["hand", "ot"]), 3)):
        for some in (cities[:1], cities[:100]):
            with django_assert_num_queries(most):
                assert len(who_is_in(some, asked)) == len(some)
