"""A site that runs gets the corrected practice rules, and keeps what its editors wrote."""

import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from locations.imports import loading
from locations.models import City, PracticeRule, State
from tests.factories import save
from therapydir.derived.catching_up import catch_up, writing

FOLDER = settings.BASE_DIR / "fixtures"
FORMER = FOLDER / "former" / "2026-11-23" / "practice_rules.csv"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def correct(folder):
    with writing():
        return loading.correct(folder)


@pytest.fixture
def former_site(db):
    """The rules as the version before had them, on pages that changed long ago."""
    PracticeRule.objects.all().delete()
    states = {state.code: state for state in State.objects.all()}
    with FORMER.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            checked_on = date.fromisoformat(row.pop("checked_on"))
            PracticeRule(state=states[row.pop("state_code")], checked_on=checked_on, **row).save()
    catch_up()
    for model in (City, State):
        model.objects.update(content_changed_at=LONG_AGO)


def moved(model):
    return model.objects.exclude(content_changed_at=LONG_AGO)


def test_rules_that_nobody_edited_are_corrected_and_the_pages_that_show_them_dated(former_site):
    assert correct(FOLDER) == (10, [])
    assert not PracticeRule.objects.filter(read_in="").exists()
    assert "written notice" in PracticeRule.objects.get(state__code="NY", profession="OT").summary
    assert moved(City).count() == 942
    assert moved(State).count() == 5


def test_a_second_time_there_is_nothing_to_do(former_site):
    correct(FOLDER)
    for model in (City, State):
        model.objects.update(content_changed_at=LONG_AGO)
    assert correct(FOLDER) == (0, [])
    assert not moved(City).exists()


def test_what_an_editor_wrote_stays_and_is_named(former_site):
    rule = PracticeRule.objects.get(state__code="NY", profession="OT")
    rule.limit = "Ten visits"
    save(rule)
    City.objects.update(content_changed_at=LONG_AGO)
    assert correct(FOLDER) == (9, ["practice rule “Occupational therapy in New York”"])
    rule.refresh_from_db()
    assert (rule.limit, rule.read_in) == ("Ten visits", "")
    assert moved(City).filter(state__code="NY").exists()  # for its other rule


def test_a_rule_that_an_editor_removed_is_not_missed(former_site):
    PracticeRule.objects.filter(state__code="NY").delete()
    catch_up()
    City.objects.update(content_changed_at=LONG_AGO)
    assert correct(FOLDER) == (8, [])
    assert not moved(City).filter(state__code="NY").exists()


def test_the_command_says_what_it_corrected_and_what_it_left(former_site):
    PracticeRule.objects.filter(state__code="PA", profession="PT").update(board="Ours")
    said = StringIO()
    call_command("load_fixtures", only_correct=True, stdout=said)
    assert "Corrected, as nobody had edited them: 9." in said.getvalue()
    assert "practice rule “Physical therapy in Pennsylvania”" in said.getvalue()
    assert "Added" not in said.getvalue()
