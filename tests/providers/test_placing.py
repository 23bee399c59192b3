"""In which city an address is."""

import csv
from collections import Counter

import pytest
from django.conf import settings

from locations.models import City, CityAlias, State
from providers.models import Placed, Provider
from providers.placing import Places
from therapydir.derived.catching_up import verify, writing

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    places, states = Places(), dict(State.objects.values_list("code", "pk"))
    names = dict(City.objects.values_list("pk", "name"))

    def placed(code, zip_code, post_city):
        found = places.place(states[code], zip_code, post_city)
        return names.get(found.city), found.how

    return placed


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        (("NJ", "07055", "PASSAIC"), ("Passaic", Placed.BOTH)),
        (("FL", "33701", "ST. PETERSBURG,"), ("St. Petersburg", Placed.BOTH)),
        (("FL", "33065", "POMPANO BEACH"), ("Coral Springs", Placed.DISAGREE)),  # its post office's
        (("NY", "10001", "NEW YORK"), ("Manhattan", Placed.BOTH)),  # the part of the whole
        (("NJ", "07055", "PASAIC PARK"), ("Passaic", Placed.ZIP_CODE)),
        (("NJ", "", "HOBOKEN"), ("Hoboken", Placed.NAME)),
        (("CA", "91335", "RESEDA"), ("Tarzana", Placed.NEAR)),
        (("NY", "10993", "NEW YORK"), (None, Placed.DISAGREE)),  # too far apart to believe either
        (("CA", "79603", "ABILENE"), (None, Placed.NOWHERE)),  # of Texas
        (("CA", "92225", "BLYTHE"), (None, Placed.NOWHERE)),  # nothing within 15 miles
        (("NJ", "", ""), (None, Placed.NOWHERE)),
    ],
)
def test_the_zip_codes_area_comes_first_then_the_name_then_what_is_near(place, address, wanted):
    assert place(*address) == wanted


def test_nine_in_ten_places_of_care_lie_on_the_page_of_a_city(db):
    with (settings.BASE_DIR / "fixtures" / "care_places.csv").open(encoding="utf-8") as file:
        count = sum(1 for _ in csv.DictReader(file))
    how = Counter(Provider.objects.values_list("placed", flat=True))
    placed = Provider.objects.exclude(city=None).count()
    assert count == 11_317
    assert sum(how.values()) > count - 100  # a few rows say the same of the same place
    assert placed / count > 0.92


def test_another_name_of_a_city_brings_records_there(db):
    lakewood = City.objects.get(name="Lakewood", state__code="NJ")
    with writing():
        provider = Provider.objects.create(
            npi="1000000004", kind="clinic", name="Example", sort_name="example", is_organization=True,
            state=lakewood.state, zip_code="", post_city="Greater Lakewood", source="NPPES",
        )  # fmt: skip
    provider.refresh_from_db()
    assert (provider.city, provider.is_listed) == (None, False)
    with writing():
        CityAlias.objects.create(city=lakewood, name="Greater Lakewood")
    provider.refresh_from_db()
    assert (provider.city, provider.placed, provider.is_listed) == (lakewood, Placed.NAME, True)
    assert list(verify()) == []


def test_a_city_that_is_withdrawn_leaves_its_records_to_those_around(db):
    passaic = City.objects.get(name="Passaic")
    there = list(Provider.objects.filter(city=passaic).values_list("pk", flat=True))
    with writing():
        City.objects.filter(pk=passaic.pk).update(is_published=False)
    after = Provider.objects.filter(pk__in=there)
    assert there
    assert not after.filter(city=passaic).exists()
    assert set(after.values_list("placed", flat=True)) == {Placed.NEAR}
    assert list(verify()) == []
