"""A site that runs takes over what a later version of its data says, and keeps what its editors changed."""

import csv
from collections import defaultdict
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from locations.imports.rows import read_places, read_zip_areas
from locations.imports.updating import update
from locations.models import City, Serves, State, ZipCode
from tests.factories import save
from therapydir.derived.catching_up import catch_up, verify, writing
from therapydir.models import TakenFile

FOLDER = settings.BASE_DIR / "fixtures"
FORMER = FOLDER / "former" / "2026-11-26"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def rows(file):
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker):
    """The former site, in a transaction around those of the tests of this file: it takes long to make."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_former_site()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def former_site(made_once, db):
    """The places as the version before had them, on pages that changed long ago."""


def make_former_site():
    cities = {(city.state.code, city.source_name): city for city in City.objects.select_related("state")}
    zip_codes = ZipCode.objects.in_bulk(field_name="code")
    for area in read_zip_areas(FORMER / "zip_codes.csv", []):
        vars(zip_codes[area.zip_code]).update(area.facts)
    ZipCode.objects.bulk_update(
        zip_codes.values(), ["latitude", "longitude", "place_name", "county"], batch_size=500
    )
    Serves.objects.all().delete()
    links = []
    for place in read_places(FORMER / "places.csv", []):
        city = cities[place.key]
        unknown = {"kind": "", "part_of_id": None, "census_geoid": "", "population_year": None}
        vars(city).update(unknown | {"population_source": "GeoNames"} | place.facts)
        links += [Serves(city=city, zipcode=zip_codes[code]) for code in place.zip_codes]
    fields = "latitude longitude data_source county population population_source population_year".split()
    City.objects.bulk_update(
        cities.values(), [*fields, "kind", "part_of", "census_geoid", "geonames_id"], batch_size=500
    )
    Serves.objects.bulk_create(links)
    TakenFile.objects.all().delete()
    catch_up()
    make_all_old()


def make_all_old():
    for model in (City, State):
        model.objects.update(content_changed_at=LONG_AGO)


def moved():
    return set(City.objects.exclude(content_changed_at=LONG_AGO).values_list("name", flat=True))


def take_over(folder=FOLDER):
    with writing():
        return update(folder)


def test_on_a_site_that_nobody_edited_every_row_is_as_the_file_says(former_site):
    changed, left = take_over()
    assert changed > 942
    assert left == []
    wholes = dict(City.objects.values_list("pk", "name"))
    cities = City.objects.select_related("state").prefetch_related("zip_codes")
    stored_cities = {(city.state.code, city.source_name): city for city in cities}
    for row in rows(FOLDER / "places.csv"):
        city = stored_cities[row["state_code"], row["source_name"]]
        codes = sorted(zip_code.code for zip_code in city.zip_codes.all())
        stored = {
            **{field: getattr(city, field) for field in ("county", "kind", "census_geoid", "data_source")},
            **{"latitude": city.latitude, "longitude": city.longitude, "zip_codes": " ".join(codes)},
            **{"population": str(city.population or ""), "part_of": wholes.get(city.part_of_id, "")},
            **{
                "population_year": str(city.population_year or ""),
                "geonames_id": str(city.geonames_id or ""),
            },
        }
        wanted = {field: row[field] for field in stored}
        wanted |= {"latitude": float(row["latitude"]), "longitude": float(row["longitude"])}
        wanted["population"] = (
            wanted["population"].removeprefix("0") if wanted["population"] == "0" else wanted["population"]
        )
        assert stored == wanted, city
    links = defaultdict(list)
    for code, name in Serves.objects.order_by("rank").values_list("zipcode__code", "city__source_name"):
        links[code].append(name)
    for row in rows(FOLDER / "zip_codes.csv"):
        assert "; ".join(links[row["zip_code"]]) == row["cities"]
    assert list(verify()) == []


def test_a_second_time_there_is_nothing_to_do(former_site):
    take_over()
    make_all_old()
    assert take_over() == (0, [])
    assert moved() == set()


def test_what_an_editor_changed_stays_and_is_named(former_site, anaheim):
    anaheim.refresh_from_db()
    anaheim.population = 1234
    save(anaheim)
    erie = City.objects.get(name="Erie")
    erie.zip_codes.remove(ZipCode.objects.get(code="16501"))
    erie.zip_codes.add(ZipCode.objects.get(code="92801"))
    Serves.objects.filter(city__name="Hoboken").update(rank=3)
    ZipCode.objects.filter(code="10001").update(place_name="Midtown")
    catch_up()
    _, left = take_over()
    assert {"the population of Anaheim, CA", "the place of 10001", "the ZIP codes of Erie, PA"} <= set(left)
    assert "the order of the cities of ZIP code 07030" in left
    anaheim.refresh_from_db()
    assert (anaheim.population, anaheim.population_year, anaheim.kind) == (1234, None, "city")
    codes = set(erie.zip_codes.values_list("code", flat=True))
    assert "16501" not in codes
    assert "92801" in codes
    assert ZipCode.objects.get(code="10001").place_name == "Midtown"


def test_a_city_that_an_editor_deleted_is_not_missed(former_site):
    City.objects.get(name="Erie").delete()
    changed, left = take_over()
    assert changed > 900
    assert left == []
    assert not City.objects.filter(name="Erie").exists()


def test_what_an_editor_puts_back_afterward_is_not_taken_over_again(former_site, anaheim):
    take_over()
    City.objects.filter(pk=anaheim.pk).update(county="Former")
    former = next(row for row in rows(FORMER / "places.csv") if row["source_name"] == "Anaheim")
    City.objects.filter(pk=anaheim.pk).update(population=former["population"], population_year=None)
    take_over()
    anaheim.refresh_from_db()
    assert (anaheim.county, str(anaheim.population)) == ("Former", former["population"])


def test_dates_move_on_the_pages_that_read_otherwise_and_on_no_other(former_site, client):
    paths = {city.name: city.get_absolute_url() for city in City.objects.select_related("state")[::40]}
    before = {name: reads(client, path) for name, path in paths.items()}
    take_over()
    after = {name: reads(client, path) for name, path in paths.items()}
    assert moved() & paths.keys() == {name for name in paths if before[name] != after[name]}


def reads(client, path):
    return client.get(path).text.partition("<main")[2].partition("Updated")[0]


def test_the_command_says_what_it_took_over_and_what_it_left(former_site, anaheim):
    City.objects.filter(pk=anaheim.pk).update(county="Another")
    said = StringIO()
    call_command("load_fixtures", only_correct=True, stdout=said)
    assert "Corrected, as nobody had edited them: " in said.getvalue()
    assert "the county of Anaheim, CA" in said.getvalue()
