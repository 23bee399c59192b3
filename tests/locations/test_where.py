"""Where a city is said to be: what somebody who lives there accepts stands in where.txt."""

from pathlib import Path

import pytest

from locations.facts import parts
from locations.models import City

TABLE = Path(__file__).with_name("where.txt")
CASES = [
    line.split(" = ") for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"
]


@pytest.mark.parametrize(("path", "accepted"), CASES)
def test_a_city_is_where_its_people_say_that_it_is(db, path, accepted):
    state, slug = path.split("/")
    city = City.objects.get(state__slug=state, slug=slug)
    said = parts("near", [city.pk])[city.pk].position or "-"
    assert said in accepted.split(" | ")
