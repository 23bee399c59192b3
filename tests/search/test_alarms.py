"""What cannot wait is answered with whom to call: the table in alarms.txt."""

from collections import Counter
from pathlib import Path

import pytest

from articles.models import WarningSign
from tests.reading import page_of

BOXES = {
    "Is it happening now? Call 911": "911",
    "You are not alone: call or text 988": "988",
    "Is it happening now? Call your doctor": "now",
}


def table():
    heading = ""
    for line in Path(__file__).with_name("alarms.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:].partition(":")[0]
        elif line and not line.startswith("#"):
            query, expected = line.split(" -> ")
            yield heading, query, () if expected == "-" else tuple(expected.split())


CASES = list(table())


def boxes(page):
    """The boxes of help that come before any other heading of a page of results."""
    shown = []
    for _, heading in page.headings[1:]:
        if heading not in BOXES:
            break
        shown.append(BOXES[heading])
    return tuple(shown)


@pytest.mark.parametrize(("query", "expected"), [case[1:] for case in CASES])
def test_what_cannot_wait_is_answered_above_all_else(client, db, query, expected):
    response = client.get("/search/", {"q": query})
    if expected:
        assert response.status_code == 200
    page = page_of(client, response.get("Location") or f"/search/?{response.wsgi_request.GET.urlencode()}")
    assert boxes(page) == expected
    assert ("tel:911" in page.links) is ("911" in expected or "988" in expected)


def test_the_table_has_every_warning_sign_in_five_wordings(db):
    wordings = Counter(heading for heading, _, _ in CASES)
    assert wordings["harm-myself"] >= 50
    assert wordings["none"] >= 30
    for sign in WarningSign.objects.all():
        assert wordings[sign.slug] >= 5, sign.slug
