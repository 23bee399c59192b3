"""What the index of names holds, and what is found of a word that is only begun."""

import pytest

from locations.models import City, State
from locations.models.names import County
from locations.search.finding import begun, find
from locations.search.names import shortened
from tests.factories import make_city, withdraw


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("city of orange", "orange"),
        ("the oranges", "oranges"),
        ("city of", "city of"),
        ("palo alto park", "palo alto park"),
        ("cranford township", "cranford"),
        ("township", "township"),
    ],
)
def test_what_is_often_left_out_of_a_name_is(name, without):
    assert " ".join(shortened(name.split())) == without


def test_a_county_is_found_while_a_city_of_it_shows(db):
    city = make_city(State.objects.get(code="CA"), county="Zebrawood")
    [county] = County.objects.filter(name="Zebrawood")
    assert county in [found for found, _ in find("zebrawood county").counties]
    withdraw(city)
    assert not County.objects.filter(name="Zebrawood").exists()


def test_one_word_of_the_language_may_begin_a_name_and_several_do_not(db):
    assert City.objects.get(name="Armonk") in begun("arm").cities
    assert begun("arm at").cities == ()
