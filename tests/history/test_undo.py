"""What was changed together is taken back together: rows, dates, old addresses, what is worked out."""

import json

import pytest
from django.apps import apps
from django.db import connection

from articles.models import Article
from locations.models import City, PracticeRule, State
from providers.models import Provider
from tests.reading import form_data
from therapydir.derived.catching_up import catch_up, verify
from therapydir.history.models import Batch
from therapydir.history.recording import recorded, tie_what_was_left
from therapydir.history.undoing import undo

By = Batch.By
# What tells of the work itself: logs, versions, sessions.
OWN = {
    *("django_admin_log", "django_session", "auth_user", "auth_user_groups"),
    *("therapydir_batch", "therapydir_version", "therapydir_redated", "therapydir_contentchange"),
}
# Rows that are made anew, with other numbers of their own.
MADE_ANEW = {
    model._meta.db_table
    for model in apps.get_models(include_auto_created=True)
    if model._meta.model_name in {"neighbor", "placename", "county", "citylist", "listpage", "misspelling"}
}


def everything():
    """{table: its rows as sorted texts}, but for what tells of the work itself."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in OWN:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            kept = [
                n for n, name in enumerate(names) if not (table in MADE_ANEW and name in ("id", "name_id"))
            ]
            found[table] = sorted(
                repr([json.dumps(row[n], sort_keys=True, default=str) for n in kept])
                for row in cursor.fetchall()
            )
    return found


def differing(one, other):
    return {
        table: (sorted({*one[table]} - {*other[table]})[:3], sorted({*other[table]} - {*one[table]})[:3])
        for table in one
        if one[table] != other[table]
    }


def last():
    tie_what_was_left()
    return Batch.objects.first()


@pytest.fixture(autouse=True)
def _nothing_left(db):
    catch_up()


def post(client, record, **changes):
    meta = record._meta
    address = f"/admin/{meta.app_label}/{meta.model_name}/{record.pk}/change/"
    response = client.post(address, form_data(client.get(address)) | changes)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return last()


def act(client, model, action, keys, **more):
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    response = client.post(address, {"action": action, "_selected_action": [*keys], **more})
    assert response.status_code == 302
    return last()


def all_withdrawn(client):
    keys = City.objects.values_list("pk", flat=True)
    return act(client, City, "withdraw", keys, confirmed="yes", select_across="1")


def a_slug(client):
    return post(client, City.objects.get(name="Anaheim"), slug="anaheim-by-the-sea", confirmed="on")


def a_states_slug(client):
    return post(client, State.objects.get(code="NJ"), slug="jersey", confirmed="on")


def an_article(client):
    return post(client, Article.objects.get(is_explainer=True), title="Another title")


def a_name_with_its_related_rows(client):
    city = City.objects.get(name="Mount Dora")
    codes = list(city.zip_codes.values_list("code", flat=True))
    return post(client, city, name="Mount Dorado", zip_codes=", ".join([*codes[1:], "07030"]), population="1")


def a_rule(client):
    return post(client, PracticeRule.objects.first(), in_short="Ask the board.")


def a_hidden_record(client):
    return post(client, Provider.objects.filter(is_listed=True).first(), is_hidden="on", note="Asked for it.")


def a_deleted_city(client):
    with recorded(By.COMMAND):
        City.objects.get(name="Hoboken").delete()
    return last()


def sql(client):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE locations_city SET latitude = latitude + 0.1 WHERE county = 'Bergen'")
        cursor.execute("UPDATE locations_city SET population = 7 WHERE name = 'Clifton'")
    catch_up()
    return last()


WAYS = [
    *(all_withdrawn, a_slug, a_states_slug, an_article, a_name_with_its_related_rows, a_rule),
    *(a_hidden_record, a_deleted_city, sql),
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.replace("_", " "))
def test_after_undo_the_database_is_the_one_before(admin_client, way):
    before = everything()
    batch = way(admin_client)
    assert differing(before, everything())
    undo(batch, "owner")
    assert list(verify()) == []
    assert differing(before, everything()) == {}
