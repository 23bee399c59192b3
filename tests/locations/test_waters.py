"""What lies between two places that are close in a straight line."""

import csv

import pytest

from locations.models import City
from locations.waters import FILE, water_between
from tests.reading import page_of


@pytest.mark.parametrize(
    ("one", "other", "water"),
    [
        ("Hoboken", "Manhattan", "the Hudson"),
        ("Camden", "Philadelphia", "the Delaware"),
        ("Oakland", "San Francisco", "San Francisco Bay"),
        ("Sausalito", "San Francisco", "the Golden Gate"),
        ("Astoria", "Manhattan", "the East River"),
        ("Hoboken", "Jersey City", ""),
        # The same two counties, by land and over the water.
        ("St. Petersburg", "Tampa", "Tampa Bay"),
        ("Clearwater", "Tampa", "Tampa Bay"),
        ("Palm Harbor", "Westchase", ""),
        ("Fremont", "Milpitas", ""),
        ("Hayward", "Mountain View", "San Francisco Bay"),
        ("New Rochelle", "Bayside", "Long Island Sound"),
    ],
)
def test_a_water_is_named_where_the_way_leads_over_it(db, one, other, water):
    one, other = (City.objects.filter(name=name).order_by("-population").first() for name in (one, other))
    assert water_between(one, other) == water_between(other, one) == water


def test_the_page_says_across_what_a_place_is(client, db):
    assert "across the Hudson" in page_of(client, "/locations/new-jersey/hoboken/").text


def test_every_water_lies_between_counties_of_the_directory(db):
    counties = {*City.objects.values_list("state__code", "county")}
    with FILE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert (row["one_state"], row["one_county"]) in counties
            assert (row["other_state"], row["other_county"]) in counties
            assert row["source"]
