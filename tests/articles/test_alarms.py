"""What cannot wait is answered with whom to call: the table in alarms.txt."""

from collections import Counter
from pathlib import Path

import pytest

from articles.alarms import UNCOUNTED, alarms_in, table
from articles.models import WarningSign
from locations.models import City, CityAlias
from tests.reading import page_of
from therapydir.pages.words import words_of

HEADINGS = {
    "Is it happening now? Call 911": "911",
    "You are not alone: call or text 988": "988",
    "Is it happening now? Call your doctor": "now",
}


def cases():
    heading = ""
    for line in Path(__file__).with_name("alarms.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:].partition(":")[0]
        elif line and not line.startswith("#"):
            query, expected = line.split(" -> ")
            yield heading, query, () if expected == "-" else tuple(expected.split())


CASES = list(cases())
FIRST_OF_EACH = list({heading: (query, expected) for heading, query, expected in reversed(CASES)}.values())


@pytest.mark.parametrize(("heading", "query", "expected"), CASES)
def test_what_cannot_wait_is_known_by_any_of_its_wordings(heading, query, expected):
    alarms = alarms_in(words_of(query))
    assert tuple(dict.fromkeys(alarm.urgency for alarm in alarms)) == expected
    assert heading in {"none", "emergency", *(alarm.sign for alarm in alarms)}


def boxes(page):
    """The boxes of help that come before any other heading of a page of results."""
    shown = []
    for _, heading in page.headings[1:]:
        begins = next((begins for begins in HEADINGS if heading.startswith(begins)), None)
        if begins is None:
            break
        shown.append(HEADINGS[begins])
    return tuple(shown)


@pytest.mark.parametrize(("query", "expected"), FIRST_OF_EACH)
def test_whom_to_call_stands_above_all_else(client, db, query, expected):
    page = page_of(client, f"/search/?q={query}&all=1")
    assert boxes(page) == expected
    assert ("tel:911" in page.links) is bool(expected)
    assert "has five digits" not in page.text


def test_988_can_be_called_texted_and_chatted_with(client, db):
    page = page_of(client, "/search/?q=i want to die")
    assert {"tel:988", "sms:988", "https://988lifeline.org/", "sms:988?body=AYUDA", "sms:838255"} <= set(
        page.links
    )
    assert "press 1" in page.text
    assert "oprima el 2" in page.text
    assert "Topics" not in page.text


def test_an_alarming_query_leads_to_no_city_before_help_and_still_shows_it(client, db):
    assert client.get("/search/", {"q": "hoboken nj"}).status_code == 302
    for words in ("i want to die", "chest pain", "swollen calf"):
        response = client.get("/search/", {"q": f"{words} hoboken nj"})
        assert response.status_code == 200
        assert "/locations/new-jersey/hoboken/" in response.text


def test_suggestions_lead_to_help_first(client, db):
    for query, words in [
        ("kill myself", "Help first: call or text 988"),
        ("chest pain hoboken nj", "Help first: call 911"),
        ("swollen calf", "Help first: get care now"),
    ]:
        first, *others = client.get("/search/suggestions/", {"q": query}).json()
        assert first["words"] == words
        assert words.rpartition(": ")[2][-3:] in page_of(client, first["path"]).text.lower()
        assert not [other for other in others if "kill" in query]


def test_whom_to_call_is_said_even_where_the_guide_lacks_the_sign(client, db):
    WarningSign.objects.update(is_published=False)
    assert boxes(page_of(client, "/search/?q=chest pain")) == ("911",)
    assert boxes(page_of(client, "/search/?q=swollen calf")) == ("now",)


def test_the_table_has_every_warning_sign_in_five_wordings(db):
    wordings = Counter(heading for heading, _, _ in CASES)
    assert wordings["harm-myself"] >= 50
    assert wordings["none"] >= 30
    for sign in WarningSign.objects.all():
        assert wordings[sign.slug] >= 5, sign.slug
        assert sign.urgency in {alarm.urgency for alarm in table().alarms if alarm.sign == sign.slug}


def test_no_name_of_a_place_is_alarming(db):
    names = [*City.objects.values_list("name", flat=True), *CityAlias.objects.values_list("name", flat=True)]
    assert len(names) > 942
    assert not [name for name in names if alarms_in(words_of(f"{name} physical therapy"))]


def test_a_phrase_uses_no_word_that_stands_for_nothing():
    for alarm in table().alarms:
        for phrase in (*alarm.phrases, *alarm.alone):
            for word in phrase:
                assert any(word in meaning for meaning in table().meanings.values()), word
                assert word not in UNCOUNTED, phrase


def test_no_phrase_is_a_longer_form_of_another():
    for alarm in table().alarms:
        assert not [phrase for phrase in alarm.phrases if any(other < phrase for other in alarm.phrases)]
