"""The version of the content moves with every change, however it is made, and with nothing else."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from articles.models import Article, Concern
from locations.models import City, CityAlias, Neighbor, PracticeRule, State, ZipCode
from tests.factories import make_article
from tests.transactions import begin_another
from therapydir.derived.registry import content_tables
from therapydir.derived.versions import content_version
from therapydir.history.dates import dated_models
from therapydir.history.keeping import kept
from therapydir.models import ContentChange

CHANGES = {
    "a save": lambda: City.objects.get(name="Anaheim").save(),
    "an update of many": lambda: City.objects.filter(state__code="CA").update(intro="Words."),
    "one made in bulk": lambda: CityAlias.objects.bulk_create(
        [CityAlias(city=City.objects.first(), name="A Town", slug="a-town")]
    ),
    "one deleted": lambda: Neighbor.objects.first().delete(),
    "a ZIP code added": lambda: City.objects.get(name="Anaheim").zip_codes.add(ZipCode.objects.first()),
    "a border removed": lambda: State.objects.get(code="NY").neighbors.set([]),
    "an article": make_article,
    "a line of the guide": lambda: Concern.objects.update(why="Other words."),
    "a rule": lambda: PracticeRule.objects.update(limit="60 days"),
    "SQL by hand": lambda: _execute("UPDATE locations_city SET intro = 'x' WHERE name = 'Anaheim'"),
}


def _execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_moves_the_version(db, change):
    before = content_version()
    assert content_version() == before
    CHANGES[change]()
    assert content_version() != before


def _events_told(prefix):
    """{table: the events that start a trigger whose name begins so}."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = [(table, name, sql.split(" AFTER ")[1].split()[0]) for table, name, sql in cursor]
        else:
            cursor.execute(
                "SELECT event_object_table, trigger_name, event_manipulation FROM information_schema.triggers"
            )
            triggers = cursor.fetchall()
    told = {}
    for table, name, event in triggers:
        if name.startswith(prefix):
            told.setdefault(table, set()).add(event)
    return told


def test_every_table_of_content_notes_its_changes(db):
    told = _events_told("note_")
    assert set(told) == set(content_tables())
    assert all(events >= {"INSERT", "UPDATE", "DELETE"} for events in told.values())
    assert "locations_city_zip_codes" in told


def test_every_table_that_can_be_undone_keeps_what_its_rows_were(db):
    wanted = {one.table: set(one.events) for one in kept().values()}
    for model in dated_models():
        wanted.setdefault(model._meta.db_table, set()).add("UPDATE")
    told = _events_told("keep_")
    assert set(told) == set(wanted)
    assert all(told[table] >= events for table, events in wanted.items())
    assert "locations_city_zip_codes" in told


def test_migrating_again_sets_no_trigger_twice(db):
    before = _events_told("")
    call_command("migrate", verbosity=0)
    assert _events_told("") == before
    test_every_table_of_content_notes_its_changes(db)
    test_every_table_that_can_be_undone_keeps_what_its_rows_were(db)


def test_a_version_never_comes_again_after_an_older_state_was_restored(db):
    numbers = list(ContentChange.objects.values_list("pk", "number"))
    CHANGES["SQL by hand"]()
    seen = content_version()
    ContentChange.objects.all().delete()  # as a copy from before the change is put back
    ContentChange.objects.bulk_create(ContentChange(pk=pk, number=number) for pk, number in numbers)
    begin_another()
    _execute("UPDATE locations_city SET intro = 'y' WHERE name = 'Anaheim'")
    assert content_version() != seen


def test_no_number_that_another_server_noted_hides_a_change(db):
    if connection.vendor == "postgresql":
        _execute(
            "INSERT INTO therapydir_contentchange (number) "
            "SELECT * FROM generate_series(txid_current(), txid_current() + 100)"
        )
    else:
        ContentChange.objects.update(number=2**63 - 1)  # the largest that there is
    before = content_version()
    CHANGES["a rule"]()
    assert content_version() != before


def test_triggers_of_an_earlier_version_of_the_code_are_replaced(db):
    if connection.vendor == "sqlite":
        _execute('DROP TRIGGER "note_update_locations_city"')
        _execute(
            'CREATE TRIGGER "note_update_locations_city" AFTER UPDATE ON "locations_city" '
            "BEGIN UPDATE therapydir_contentchange SET number = number; END"
        )
    else:
        _execute(
            "CREATE OR REPLACE FUNCTION therapydir_note_change() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN NULL; END $$"
        )
    call_command("migrate", verbosity=0)
    before = content_version()
    CHANGES["an update of many"]()
    assert content_version() != before


def test_what_is_no_content_moves_nothing(client, db):
    before = content_version()
    User.objects.create_user("somebody")
    client.get("/locations/california/anaheim/")
    client.get("/search/?q=anaheim")
    assert content_version() == before


def test_an_article_that_appears_by_its_date_moves_the_version(db, monkeypatch):
    make_article(published_at=timezone.now() + timedelta(hours=1))
    before = content_version()
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))
    assert content_version()[:-1] != before[:-1]
    assert Article.objects.published().count() == before[-2] + 1


def test_a_new_day_moves_the_version(db, monkeypatch):
    before = content_version()
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1))
    assert content_version() != before


def test_looking_takes_two_queries(db, django_assert_num_queries):
    with django_assert_num_queries(2):
        content_version()
