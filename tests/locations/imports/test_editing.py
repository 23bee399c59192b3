"""Files in the admin: what one would do is shown first, done as shown, and taken back as one change."""

import csv
import io
from functools import partial

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.imports.csv_files import FileInMemory
from locations.imports.editing import MOST_BYTES
from locations.imports.kinds import (
    CITY_REDIRECTS,
    OTHER_NAMES,
    PLACES,
    PRACTICE_RULES,
    STATE_REDIRECTS,
    ZIP_CODES,
)
from locations.imports.plans import ADDED, CHANGED, UNCHANGED
from locations.models import (
    City,
    CityAlias,
    CityRedirect,
    PracticeRule,
    Serves,
    State,
    StateRedirect,
    ZipCode,
)
from tests.factories import make_city, save
from tests.whole import MADE_ANEW, differing
from tests.whole import everything as every_row
from therapydir.derived.catching_up import catch_up, verify
from therapydir.history.models import Batch
from therapydir.history.undoing import undo

everything = partial(every_row, MADE_ANEW)
LISTS = {
    "city/import/places/": PLACES,
    "city/import/other-names/": OTHER_NAMES,
    "cityredirect/import/old-addresses/": CITY_REDIRECTS,
    "zipcode/import/zip-codes/": ZIP_CODES,
    "practicerule/import/practice-rules/": PRACTICE_RULES,
    "stateredirect/import/old-addresses/": STATE_REDIRECTS,
}
ADDRESS = {kind.title: f"/admin/locations/{address}" for address, kind in LISTS.items()}
KINDS = pytest.mark.parametrize("kind", LISTS.values(), ids=lambda kind: kind.title)


@pytest.fixture(autouse=True)
def _nothing_left(db):
    catch_up()


def rows_of(kind):
    """The cells of a file of all that there is, as {column: text} for each row."""
    columns, *rows = kind.rows()
    return [dict(zip(columns, map(str, row), strict=True)) for row in rows]


def row_with(kind, **cells):
    """The row of such a file that has those cells."""
    return next(row for row in rows_of(kind) if cells.items() <= row.items())


def data_of(rows, separator=","):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def planned(kind, *rows):
    return kind.plan(FileInMemory("rows.csv", data_of(rows)))


def upload(client, kind, data, name="rows.csv"):
    return client.post(ADDRESS[kind.title], {"file": SimpleUploadedFile(name, data)})


def confirm(client, kind, page):
    """What the button of the page does."""
    token = page.context["preview"].token
    assert f'value="{token}"' in page.text
    return client.post(ADDRESS[kind.title], {"file_seen": token}, follow=True)


def take(client, kind, *rows):
    return confirm(client, kind, upload(client, kind, data_of(rows)))


def sentences(kind, *rows):
    return list(planned(kind, *rows).problems)


def new_place():
    """A place, with a ZIP code, that is not there yet."""
    row = row_with(PLACES, name="Anaheim", state_code="CA")
    return row | {"source_name": "Rosebud", "name": "Rosebud", "latitude": "33.95", "geonames_id": ""}


def changed_place():
    return row_with(PLACES, name="Anaheim") | {"county": "Orange Too", "zip_codes": "92801 92802"}


def new_rule():
    PracticeRule.objects.filter(state__code="FL", profession="OT").delete()
    catch_up()
    return row_with(PRACTICE_RULES, state_code="FL", profession="PT") | {"profession": "OT"}


# (kind, a row that adds, what it adds; a row that changes, of which column)
NEW = {
    "Places": (new_place, City),
    "Other names": (
        lambda: {"state_code": "CA", "city": "Anaheim", "alias": "Annaheim", "is_shown": "no"},
        CityAlias,
    ),
    "ZIP codes": (
        lambda: row_with(ZIP_CODES, zip_code="92801") | {"zip_code": "92800", "cities": "Anaheim; Fullerton"},
        ZipCode,
    ),
    "Practice rules": (new_rule, PracticeRule),
    "Old addresses of places": (
        lambda: {"state_code": "CA", "old_address": "anaheim-city", "city": "Anaheim"},
        CityRedirect,
    ),
    "Old addresses of states": (lambda: {"old_address": "cali", "state_code": "CA"}, StateRedirect),
}


def changed_alias():
    row = row_with(OTHER_NAMES, is_shown="no")
    return row | {"is_shown": "yes"}


def changed_redirect():
    CityRedirect.objects.create(state=State.objects.get(code="CA"), slug="orange-town")
    catch_up()
    return {"state_code": "CA", "old_address": "orange-town", "city": "Anaheim"}


def changed_state_redirect():
    StateRedirect.objects.create(state=State.objects.get(code="CA"), slug="jersey")
    return {"old_address": "jersey", "state_code": "NJ"}


MORE = {
    "Places": (changed_place, {"county", "zip_codes"}),
    "Other names": (changed_alias, {"is_shown"}),
    "ZIP codes": (
        lambda: (
            row_with(ZIP_CODES, zip_code="92801")
            | {"place_name": "Anaheim W", "cities": "Fullerton; Anaheim"}
        ),
        {"place_name", "cities"},
    ),
    "Practice rules": (
        lambda: row_with(PRACTICE_RULES, state_code="NJ", profession="PT") | {"limit": "60 days"},
        {"limit"},
    ),
    "Old addresses of places": (changed_redirect, {"city"}),
    "Old addresses of states": (changed_state_redirect, {"state_code"}),
}


# --- What a file says, and what is said of it -----------------------------------------------------


@KINDS
def test_what_is_exported_changes_nothing_when_it_is_imported(admin_client, kind):
    make_city(State.objects.get(code="CA"), "Made by Hand", latitude=34.0, longitude=-117.0)
    save(CityRedirect(state=State.objects.get(code="CA"), slug="gone-town"))
    save(StateRedirect(state=State.objects.get(code="NJ"), slug="jersey"))
    exported = admin_client.get(ADDRESS[kind.title].replace("import", "export"))
    assert exported["Content-Type"] == "text/csv; charset=utf-8"
    assert exported["Content-Disposition"].startswith("attachment; filename=")
    before = everything()
    page = upload(admin_client, kind, exported.content)
    plan = page.context["preview"].plan
    assert len(plan.of(UNCHANGED)) == len(plan.steps) == exported.text.count("\r\n") - 1 > 0
    assert "would change nothing" in page.text
    assert everything() == before


@KINDS
def test_a_row_that_is_not_there_is_added(admin_client, kind):
    make, model = NEW[kind.title]
    row = make()
    before = everything()
    page = upload(admin_client, kind, data_of([row]))
    (step,) = page.context["preview"].plan.of(ADDED)
    assert {column: after for column, _, after in step.cells}.items() <= row.items()
    assert everything() == before
    count = model.objects.count()
    done = confirm(admin_client, kind, page)
    assert "Imported from rows.csv: 1 added." in done.text
    assert model.objects.count() > count
    assert rows_of(kind).count(row) == 1
    assert list(verify()) == []
    assert not planned(kind, row).changes


@KINDS
def test_a_row_that_is_there_is_changed_where_it_differs(admin_client, kind):
    make, columns = MORE[kind.title]
    row = make()
    page = upload(admin_client, kind, data_of([row]))
    (step,) = page.context["preview"].plan.of(CHANGED)
    assert {column for column, _, _ in step.cells} == columns
    for column, before, after in step.cells:
        assert after == row[column] != before
        assert f"<code>{column}</code> " in page.text
    confirm(admin_client, kind, page)
    assert rows_of(kind).count(row) == 1
    assert list(verify()) == []
    assert not planned(kind, row).changes


@KINDS
def test_an_import_is_one_change_that_is_undone_as_one(admin_client, kind):
    new, changed = NEW[kind.title][0](), MORE[kind.title][0]()
    catch_up()
    before = everything()
    done = take(admin_client, kind, changed, new)
    assert "1 added, 1 changed" in done.text
    batch = Batch.objects.first()
    assert (batch.by, batch.who, batch.why) == ("import", "admin", "rows.csv")
    assert f'href="/admin/therapydir/batch/{batch.pk}/change/"' in done.text
    assert differing(before, everything())
    undo(batch, "owner")
    assert list(verify()) == []
    assert differing(before, everything()) == {}


WRONG = {
    "Places": [
        ({"latitude": "high up"}, "latitude", "is not a number"),
        ({"zip_codes": "7030"}, "zip_codes", "five digits"),
        ({"zip_codes": "99999"}, "zip_codes", "import that ZIP code first"),
        ({"name": ""}, "name", "is empty"),
        ({"name": "Fullerton"}, "name", "another place"),
        ({"state": "Texas"}, "state_code", "is the code of California"),
        ({"part_of": "Rosebud", "name": "Rosebud", "source_name": "Rosebud"}, "part_of", "this place itself"),
    ],
    "Other names": [
        ({"city": "Nowhere"}, "city", "is no place of CA"),
        ({"alias": ""}, "alias", "cannot be blank"),
        ({"alias": "Fullerton"}, "alias", "has a page at its own address"),
        ({"alias": "x" * 101}, "alias", "at most 100 characters"),
        ({"is_shown": "perhaps"}, "is_shown", "neither yes nor no"),
    ],
    "ZIP codes": [
        ({"zip_code": "7030"}, "zip_code", "five digits"),
        ({"state_code": "ZZ"}, "state_code", "no state of the directory"),
        ({"longitude": "117.9"}, "longitude", "is not a number between"),
        ({"cities": "Anaheim; Nowhere"}, "cities", "“Nowhere”"),
    ],
    "Practice rules": [
        ({"confidence": "sure"}, "confidence", "is none of high, medium, low"),
        ({"checked_on": "11/27/2026"}, "checked_on", "is not a day"),
        ({"checked_on": "2999-01-01"}, "checked_on", "still to come"),
        ({"board_url": "board"}, "board_url", "valid URL"),
    ],
    "Old addresses of places": [
        ({"old_address": "Anna Heim"}, "old_address", "lower case letters"),
        ({"old_address": "fullerton"}, "old_address", "is the address of Fullerton, CA itself"),
        ({"city": "Nowhere"}, "city", "is no place of CA"),
    ],
    "Old addresses of states": [
        ({"old_address": "florida"}, "old_address", "is the address of Florida itself"),
        ({"state_code": "cal"}, "state_code", "no state"),
    ],
}


@pytest.mark.parametrize(
    ("title", "cells", "column", "words"), [(title, *one) for title, some in WRONG.items() for one in some]
)
def test_what_is_wrong_is_said_with_its_row_and_column(admin_client, title, cells, column, words):
    kind = next(kind for kind in LISTS.values() if kind.title == title)
    good = MORE[title][0]()
    bad = NEW[title][0]() | cells
    page = upload(admin_client, kind, data_of([good, bad]))
    (problem,) = page.context["preview"].plan.problems
    assert (problem.line, problem.column) == (3, column)
    assert words in problem
    assert f'<th scope="row">3</th><td><code>{column}</code></td>' in page.text
    assert "1 row is wrong in “rows.csv”. Nothing was imported." in page.text
    assert "file_seen" not in page.text
    assert "1 would be changed" in page.text  # what the others would do


def test_a_name_that_is_another_citys_cannot_lead_to_two(anaheim):
    alias = CityAlias.objects.select_related("city__state").filter(city__state__code="CA").first()
    row = {"state_code": "CA", "alias": alias.name, "is_shown": "yes"}
    (problem,) = sentences(OTHER_NAMES, row | {"city": "Anaheim"})
    assert f"leads to {alias.city.name}" in problem
    new = row | {"alias": "Oranges"}
    (problem,) = sentences(OTHER_NAMES, new | {"city": "Anaheim"}, new | {"city": "Fullerton"})
    assert problem.startswith("Line 3: ")
    assert "leads to Anaheim" in problem


@KINDS
def test_a_row_that_is_there_twice_is_said(kind):
    row = NEW[kind.title][0]()
    (problem, *_) = sentences(kind, row, row)
    assert problem.startswith("Line 3: ")
    assert "line 2 already: keep one" in problem


def test_places_that_are_a_part_of_each_other_are_refused():
    one, other = row_with(PLACES, name="Anaheim"), row_with(PLACES, name="Fullerton")
    found = sentences(PLACES, one | {"part_of": "Fullerton"}, other | {"part_of": "Anaheim"})
    assert [problem.line for problem in found] == [2, 3]
    assert {problem.column for problem in found} == {"part_of"}


def test_two_places_may_swap_their_names(admin_client):
    one, other = row_with(PLACES, name="Anaheim"), row_with(PLACES, name="Fullerton")
    keys = {name: City.objects.get(name=name).pk for name in ("Anaheim", "Fullerton")}
    take(admin_client, PLACES, one | {"name": "Fullerton"}, other | {"name": "Anaheim"})
    assert City.objects.get(name="Fullerton").pk == keys["Anaheim"]


def test_a_renamed_place_shows_its_new_address_and_its_parts_stay(admin_client):
    whole = City.objects.filter(parts__isnull=False).select_related("state").first()
    row = row_with(PLACES, name=whole.name, state_code=whole.state.code)
    part = row_with(PLACES, part_of=whole.name, state_code=whole.state.code)
    plan = planned(PLACES, row | {"name": "Rosebud"}, part | {"part_of": "Rosebud"})
    (step,) = plan.of(CHANGED)
    assert ("address", whole.slug, "rosebud") in step.cells
    assert len(plan.of(UNCHANGED)) == 1


def test_an_address_that_leads_to_another_place_is_said_to_be_taken(admin_client, anaheim):
    save(CityRedirect(state=anaheim.state, slug="rosebud", city=anaheim))
    new, anaheims = new_place(), row_with(PLACES, name="Anaheim") | {"name": "Rosebud"}
    page = upload(admin_client, PLACES, data_of([new]))
    assert "“rosebud” is another name or an old address of “Anaheim” and leads there now." in page.text
    (step,) = planned(PLACES, anaheims).steps
    assert not step.takes  # it leads there


def test_a_place_made_by_hand_is_known_by_its_name_and_gets_no_key(admin_client):
    make_city(State.objects.get(code="CA"), "Made by Hand", latitude=34.0, longitude=-117.0)
    row = row_with(PLACES, name="Made by Hand")
    assert row["source_name"] == ""
    new = row | {"name": "Made by a File", "latitude": "34.5", "part_of": "Made by Hand"}
    take(admin_client, PLACES, row | {"county": "Orange"}, new)
    city = City.objects.get(name="Made by Hand")
    assert (city.county, city.source_name) == ("Orange", "")
    made = City.objects.get(name="Made by a File")
    assert (made.part_of, made.source_name, made.county) == (city, "", "Shelby")
    assert not planned(PLACES, row | {"county": "Orange"}, new).changes


def test_a_row_without_a_key_means_a_place_with_one_by_its_name(anaheim):
    row = row_with(PLACES, name="Anaheim") | {"source_name": "", "county": "Orange Too"}
    (step,) = planned(PLACES, row).steps
    assert step.cells == (("county", "Orange", "Orange Too"),)


def test_a_new_state_is_added_with_its_place(admin_client):
    row = new_place() | {"state": "Texas", "state_code": "TX", "zip_codes": ""}
    page = upload(admin_client, PLACES, data_of([row]))
    assert "state “Texas”" in page.text
    confirm(admin_client, PLACES, page)
    assert City.objects.get(state__code="TX").name == "Rosebud"


def test_an_empty_cell_leaves_the_cities_of_a_zip_code():
    row = row_with(ZIP_CODES, zip_code="92801")
    assert row["cities"]
    assert not planned(ZIP_CODES, row | {"cities": ""}).changes


def test_a_city_of_another_state_is_named_with_it(admin_client, anaheim):
    zip_code = ZipCode.objects.get(code="07030")
    save(Serves(city=anaheim, zipcode=zip_code, rank=9))
    assert row_with(ZIP_CODES, zip_code="07030")["cities"].endswith("; Anaheim, CA")


def test_columns_that_nobody_reads_are_named(admin_client):
    page = upload(admin_client, PLACES, data_of([changed_place() | {"remark": "ours"}]))
    assert "Not read, because no column here is called so: <code>remark</code>." in page.text


# --- Files that cannot be read --------------------------------------------------------------------


def whole_file(change=lambda data: data):
    return change(data_of([changed_place()]))


UNREADABLE = {
    "nothing": (lambda: b"", "rows.csv is empty."),
    "no rows": (lambda: whole_file().splitlines()[0], "has no line below its first"),
    "another encoding": (
        lambda: whole_file().replace(b"Orange Too", "Orañge".encode("latin-1")),
        "rows.csv is not UTF-8, as line 2 shows: save it as CSV in UTF-8.",
    ),
    "other columns": (
        lambda: whole_file().replace(b"latitude", b"lat"),
        "rows.csv needs a first line with the columns that it lacks: latitude.",
    ),
    "a spreadsheet": (lambda: b"PK\x03\x04...", "save it as “CSV UTF-8”"),
    "too much": (lambda: b"x" * (MOST_BYTES + 1), "rows.csv has 1.5 MB, and 1.5 MB are taken at once"),
    "no text": (lambda: whole_file() + b"\0", "rows.csv is no text: line 3 has a NUL byte."),
}


@pytest.mark.parametrize("way", UNREADABLE)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(admin_client, way):
    make, words = UNREADABLE[way]
    page = upload(admin_client, PLACES, make())
    (sentence,) = page.context["form"].errors["file"]
    assert words in sentence
    assert page.context["preview"] is None


def test_a_form_without_a_file_asks_for_one(admin_client):
    page = admin_client.post(ADDRESS["Places"], {})
    assert page.context["form"].errors["file"] == ["Choose a file first."]


def test_semicolons_of_a_spreadsheet_are_read(admin_client):
    page = upload(admin_client, PLACES, data_of([changed_place()], ";"))
    assert len(page.context["preview"].plan.of(CHANGED)) == 1


def test_the_largest_file_comes_back_whole(admin_client):
    row = new_place()
    rows = [row | {"name": f"Rosebud {n}", "source_name": f"Rosebud {n}"} for n in range(7000)]
    data = data_of(rows)
    assert MOST_BYTES * 0.5 < len(data) < MOST_BYTES
    page = upload(admin_client, PLACES, data)
    assert "And 6,000 more." in page.text
    assert len(page.context["preview"].token) < 2_621_440


# --- What was shown is done, or nothing -----------------------------------------------------------


def test_looking_at_a_file_takes_no_lock_and_writes_nothing(admin_client):
    data = data_of([changed_place(), new_place()])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = upload(admin_client, PLACES, data)
    assert page.context["preview"].plan.changes
    assert len(queries) > 3
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert not [query for query in queries if "advisory" in query["sql"] or "FOR UPDATE" in query["sql"]]


@KINDS
def test_looking_at_any_file_costs_the_same_for_many_rows(kind, django_assert_max_num_queries):
    StateRedirect.objects.create(state=State.objects.get(code="NJ"), slug="jersey")
    rows = rows_of(kind)[:400]
    with django_assert_max_num_queries(12):
        kind.plan(FileInMemory("rows.csv", data_of(rows)))


def test_what_somebody_changed_meanwhile_is_shown_and_nothing_imported(admin_client, anaheim):
    page = upload(admin_client, PLACES, data_of([changed_place(), new_place()]))
    anaheim.county = "A colleague's"
    save(anaheim)
    before = everything()
    again = confirm(admin_client, PLACES, page)
    assert "Nothing was imported: somebody changed the site" in again.text
    assert "A colleague&#x27;s</del> → <ins>Orange Too" in again.text
    assert everything() == before
    done = confirm(admin_client, PLACES, again)
    assert "1 added, 1 changed" in done.text
    assert City.objects.get(pk=anaheim.pk).county == "Orange Too"


def test_what_somebody_changed_elsewhere_is_no_reason_to_ask_again(admin_client):
    page = upload(admin_client, PLACES, data_of([changed_place()]))
    save(City.objects.filter(name="Fullerton").get())
    City.objects.filter(name="Fullerton").update(population=7)
    assert "1 changed" in confirm(admin_client, PLACES, page).text


def test_what_became_wrong_meanwhile_is_said(admin_client):
    page = upload(admin_client, PLACES, data_of([new_place()]))
    make_city(State.objects.get(code="CA"), "Other", slug="rosebud", source_name="X", latitude=34.0)
    again = confirm(admin_client, PLACES, page)
    assert "Nothing was imported" in again.text
    assert "has the name or address of “Other”" in again.text
    assert not City.objects.filter(name="Rosebud").exists()


def test_the_same_button_twice_imports_once(admin_client):
    page = upload(admin_client, PLACES, data_of([changed_place()]))
    confirm(admin_client, PLACES, page)
    count = Batch.objects.count()
    again = confirm(admin_client, PLACES, page)
    assert "would change nothing" in again.text
    assert Batch.objects.count() == count


def test_a_file_that_was_not_looked_at_is_not_taken(admin_client):
    page = upload(admin_client, PLACES, data_of([changed_place()]))
    token = page.context["preview"].token
    for address, bad in ((ADDRESS["Places"], token[:-3] + "abc"), (ADDRESS["ZIP codes"], token)):
        response = admin_client.post(address, {"file_seen": bad}, follow=True)
        assert "upload it again" in response.text
    assert not City.objects.filter(county="Orange Too").exists()


def test_an_import_that_fails_leaves_nothing(admin_client, monkeypatch):
    page = upload(admin_client, ZIP_CODES, data_of([NEW["ZIP codes"][0]()]))
    before = everything()

    def fail(zip_code, cities):
        raise RuntimeError

    monkeypatch.setattr(ZipCode, "serve", fail)
    with pytest.raises(RuntimeError):
        confirm(admin_client, ZIP_CODES, page)
    assert everything() == before


# --- Who may --------------------------------------------------------------------------------------


@KINDS
def test_who_may_add_and_change_may_import_and_others_may_not(client, editor, kind):
    addresses = [ADDRESS[kind.title], ADDRESS[kind.title].replace("import", "export")]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")
    client.force_login(editor)
    assert {client.get(address).status_code for address in addresses} == {200}
    reader = User.objects.create_user("reader", password="words", is_staff=True)
    name = kind.model._meta.model_name
    others = [f"{action}_{name}" for action in ("view", *kind.needs) if action != "add"]
    reader.user_permissions.set(Permission.objects.filter(codename__in=others))
    client.force_login(reader)
    assert {client.get(address).status_code for address in addresses} == {403}
    assert upload(client, kind, b"").status_code == 403
    assert client.post(addresses[0], {"file_seen": "x"}).status_code == 403
    reader.user_permissions.add(Permission.objects.get(codename=f"add_{name}"))
    assert {client.get(address).status_code for address in addresses} == {200}


def test_lists_lead_to_files_for_those_who_may(editor_client, admin_client, client):
    text = editor_client.get("/admin/locations/city/").text
    assert '<a href="/admin/locations/city/import/places/">Import CSV</a>' in text
    assert '<a href="/admin/locations/city/export/places/">Export CSV</a>' in text
    assert "/admin/locations/city/import/other-names/" in text
    assert "old-addresses" not in text
    reader = User.objects.create_user("reader", password="words", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_city"))
    client.force_login(reader)
    assert "CSV" not in client.get("/admin/locations/city/").text


def test_nobody_adds_a_state_by_a_file_of_places_who_may_not(client):
    person = User.objects.create_user("person", password="words", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["add_city", "change_city"]))
    client.force_login(person)
    row = new_place() | {"state": "Texas", "state_code": "TX", "zip_codes": ""}
    page = upload(client, PLACES, data_of([row]))
    assert "would add states, and your account may not" in page.text
    for_state = Permission.objects.get(codename="add_state")
    person.user_permissions.add(for_state)
    page = upload(client, PLACES, data_of([row]))
    person.user_permissions.remove(for_state)  # while it is looked at
    assert "would add states" in confirm(client, PLACES, page).text
    assert not State.objects.filter(code="TX").exists()
