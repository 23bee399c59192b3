"""Two cities' pages of a state are not the same page with another name."""

import random
from itertools import pairwise
from statistics import median

import pytest

from locations.models import City
from tests.benchmarks.alike import Mask, alike, names_in_site, runs_of


@pytest.mark.django_db
def test_two_pages_of_a_state_have_less_than_seventy_percent_in_common(client):
    cities = City.objects.published().filter(state__code="CA").select_related("state").order_by("pk")
    some, mask = random.Random(1).sample(list(cities), 24), Mask(names_in_site())
    runs = [runs_of(client.get(city.get_absolute_url()).text, mask) for city in some]
    assert median(len(one) for one in runs) > 200
    assert median(alike(one, other)[0] for one, other in pairwise(runs)) < 0.7
