"""What was changed together is taken back together: rows, dates, old addresses, what is worked out."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from articles.models import Article
from locations.imports.importing import import_places
from locations.imports.rows import PLACE_COLUMNS, ZIP_COLUMNS
from locations.models import City, PracticeRule, State
from providers.models import Provider
from tests.factories import make_city
from tests.locations.imports.test_imports import AUSTIN, AUSTIN_ZIP_CODES, write
from tests.providers.nppes import main_file, therapist
from tests.reading import form_data
from tests.whole import MADE_ANEW, differing
from tests.whole import everything as every_row
from therapydir.derived.catching_up import catch_up, verify
from therapydir.history.models import Batch, Version
from therapydir.history.recording import recorded, tie_what_was_left
from therapydir.history.undoing import NotUndone, restore, undo

By = Batch.By
everything = partial(every_row, MADE_ANEW)


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


def test_an_address_that_was_changed_twice_comes_back_in_two_steps(admin_client):
    before = everything()
    batches = [
        post(admin_client, City.objects.get(name="Anaheim"), slug=slug, confirmed="on")
        for slug in ("first-try", "second-try")
    ]
    with pytest.raises(NotUndone, match=r"changed again since, by admin: undo “city “Anaheim, CA”” first"):
        undo(batches[0])
    for batch in reversed(batches):
        undo(batch)
    assert differing(before, everything()) == {}
    assert admin_client.get("/locations/california/first-try/").status_code == 404


def test_what_was_undone_can_be_done_again_by_undoing_that(admin_client):
    batch = an_article(admin_client)
    undone = undo(batch)
    with pytest.raises(NotUndone, match="undone already"):
        undo(batch)
    undo(undone)
    assert Article.objects.get(is_explainer=True).title == "Another title"
    assert not Batch.objects.get(pk=batch.pk).is_undone
    undo(batch)
    assert Article.objects.get(is_explainer=True).title != "Another title"


def test_an_import_is_taken_back_with_all_that_it_added(tmp_path):
    anaheim = City.objects.get(name="Anaheim")
    known = {"source_name": anaheim.source_name, "name": "Anaheim"}
    known |= {"state": "California", "state_code": "CA", "zip_codes": "", "data_source": "GeoNames"}
    facts = {"latitude": 33.9, "longitude": -117.9, "county": "Orange", "population": 5}
    places = write(tmp_path / "places.csv", PLACE_COLUMNS, [AUSTIN, known | facts])
    codes = write(tmp_path / "zips.csv", ZIP_COLUMNS, AUSTIN_ZIP_CODES)
    before = everything()
    import_places(places, codes)
    batch = last()
    assert (batch.by, batch.who, batch.why) == (By.IMPORT, "", "places.csv")
    assert City.objects.filter(name="Austin").exists()
    undo(batch)
    assert differing(before, everything()) == {}


def test_a_form_that_changes_nothing_is_no_change(admin_client):
    count = Batch.objects.count()
    explainer = Article.objects.get(is_explainer=True)
    post(admin_client, explainer, body=explainer.body.replace("\n", "\r\n"))
    assert Batch.objects.count() == count


def test_who_changed_what_how_and_why_is_remembered(admin_client):
    batch = a_rule(admin_client)
    rule = PracticeRule.objects.first()
    assert (batch.what, batch.who, batch.by) == (f"practice rule “{rule}”", "admin", By.FORM)
    keys = City.objects.filter(county="Bergen").values_list("pk", flat=True)[:3]
    batch = act(admin_client, City, "withdraw", keys)
    assert (batch.what, batch.who, batch.by) == ("3 cities", "admin", By.ACTION)
    assert (sql(admin_client).who, last().by) == ("", By.ELSEWHERE)


def test_what_one_changes_in_the_middle_of_nothing_else_is_left_alone(admin_client):
    """What a later batch did elsewhere stays when an earlier one is undone."""
    first = a_slug(admin_client)
    an_article(admin_client)
    undo(first)
    assert Article.objects.get(is_explainer=True).title == "Another title"
    assert City.objects.get(name="Anaheim").slug == "anaheim"


def test_a_record_is_put_back_with_the_rows_of_its_form(admin_client):
    city = City.objects.get(name="Mount Dora")
    codes = set(city.zip_codes.values_list("code", flat=True))
    batch = a_name_with_its_related_rows(admin_client)
    post(admin_client, City.objects.get(pk=city.pk), intro="Words of its own.")
    restore(City, city.pk, batch, "owner")
    city.refresh_from_db()
    assert (city.name, city.intro) == ("Mount Dora", "")
    assert set(city.zip_codes.values_list("code", flat=True)) == codes
    assert list(verify()) == []
    assert (last().by, last().who) == (By.RESTORE, "owner")


def test_an_undo_that_something_else_stands_in_the_way_of_changes_nothing(admin_client):
    batch = a_slug(admin_client)
    with recorded(By.COMMAND):
        make_city(State.objects.get(code="CA"), "Somewhere", slug="anaheim")
    before = everything()
    with pytest.raises(NotUndone, match="other records need what is there now"):
        undo(batch)
    assert differing(before, everything()) == {}


def test_an_import_of_the_registry_is_one_entry_without_rows(tmp_path):
    file = main_file(tmp_path, [therapist(n) for n in range(1, 40)], whole=False)
    call_command("import_nppes", str(file), verbosity=0)
    batch = last()
    assert (batch.by, batch.why) == (By.IMPORT, file.name)
    assert batch.what == "registry: 39 added, 0 changed, 0 withdrawn"
    assert not batch.versions.exists()
    with pytest.raises(NotUndone, match="nothing of it"):
        undo(batch)


def test_what_fills_a_new_site_is_not_remembered():
    assert not Batch.objects.exists()
    assert not Version.objects.exists()


def test_changes_of_long_ago_are_forgotten_by_a_command(admin_client, capsys):
    old, new = a_rule(admin_client), an_article(admin_client)
    Batch.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=400))
    call_command("forget_changes", older_than=365)
    assert capsys.readouterr().out == "Forgotten: 1 change.\n"
    assert [*Batch.objects.all()] == [new]
    assert not Version.objects.exclude(batch=new).exists()
    with pytest.raises(CommandError, match="1 or more"):
        call_command("forget_changes", older_than=0)


def test_what_loaddata_fills_a_site_with_is_not_remembered():
    cities = [*City.objects.values_list("pk", flat=True)]
    rows = (Version(table="locations_city", key=pk, owner=pk) for pk in cities * 20)
    Version.objects.bulk_create(rows)  # as the triggers would
    tie_what_was_left()
    assert not Version.objects.exists()
    assert not Batch.objects.exists()


def test_what_is_forgotten_takes_no_undo_of_it_along(admin_client):
    batch = a_rule(admin_client)
    undone = undo(batch)
    batch.delete()
    undone.refresh_from_db()
    assert undone.undoes is None
    assert undone.versions.exists()
