"""In which city a record of the registry is: by ZIP code area first, then by the name of its post office."""

from collections import defaultdict
from typing import NamedTuple

from django.utils.functional import cached_property

from locations.distance import Nearest, Point, great_circle_miles
from locations.models import City, CityAlias, OtherPlace, Serves, ZipCode
from locations.models.cities import wholes_of
from locations.search.names import keys_of, shortened
from providers.models import Placed
from therapydir.pages.words import words_of

FARTHEST = 15  # miles to the nearest city, where none is the record's own
PREFIX = 3  # digits of a ZIP code that tell its state


class Place(NamedTuple):
    """The city of a record, None for none; and how that was told."""

    city: int | None
    how: str


class Places:
    """The published cities with their ZIP codes and names, read once to place many records.

    `place(state, zip_code, post_city)` takes the primary key of a state, five digits, and what the address
    has for a city.
    """

    def __init__(self):
        rows = City.objects.published().order_by("pk")
        cities = list(rows.values_list("pk", "state", "name", "latitude", "longitude", "part_of"))
        self._points = {pk: Point(pk, latitude, longitude) for pk, _, _, latitude, longitude, _ in cities}
        self._state = {pk: state for pk, state, *_ in cities}
        self._wholes = {pk: part_of for pk, *_, part_of in cities if part_of}
        self._nearest = Nearest(self._points.values())
        self._named = defaultdict(set)
        for pk, state, name, *_ in cities:
            self._name(pk, state, name)
        aliases = CityAlias.objects.filter(city__in=self._points).order_by("pk")
        for pk, state, name in aliases.values_list("city", "city__state", "name"):
            self._name(pk, state, name)
        self._served = defaultdict(list)
        links = Serves.objects.order_by("rank", "city").values_list("zipcode__code", "city")
        for code, city in links:
            if city in self._points:
                self._served[code].append(city)
        self._areas, self._prefixes = {}, defaultdict(set)
        for code, state, latitude, longitude in ZipCode.objects.values_list(
            "code", "state", "latitude", "longitude"
        ):
            self._areas[code] = Point(0, latitude, longitude)
            self._prefixes[state].add(code[:PREFIX])
        self._told = {}

    @cached_property
    def _elsewhere(self):
        """{(state, key): where} of places without a page."""
        found = {}
        rows = OtherPlace.objects.values_list("state", "name", "latitude", "longitude")
        for state, name, latitude, longitude in rows:
            for key in keys_of(words_of(name)):
                found.setdefault((state, key), Point(0, latitude, longitude))
        return found

    def _name(self, pk, state, name):
        words = words_of(name)
        for key in {*keys_of(words), *keys_of(shortened(words))}:
            self._named[state, key].add(pk)

    def place(self, state, zip_code, post_city):
        """The `Place` of an address; many records have the same."""
        key = state, zip_code, post_city
        if key not in self._told:
            self._told[key] = self._place(*key)
        return self._told[key]

    def _place(self, state, zip_code, post_city):
        if zip_code and zip_code[:PREFIX] not in self._prefixes[state]:
            return Place(None, Placed.NOWHERE)  # of another state: one of the two is wrong, who knows which
        by_zip = [pk for pk in self._served.get(zip_code, ()) if self._state[pk] == state]
        keys = keys_of(words_of(post_city)) if post_city else ()
        by_name = set().union(*(self._named.get((state, key), ()) for key in keys))
        if by_zip:
            agreeing = [pk for pk in by_zip if pk in by_name]
            if agreeing:
                is_whole = agreeing[0] in wholes_of(by_zip[0], self._wholes)
                return Place(by_zip[0] if is_whole else agreeing[0], Placed.BOTH)
            if not by_name:
                return Place(by_zip[0], Placed.ZIP_CODE)
            is_near = any(self._miles(by_zip[0], pk) <= FARTHEST for pk in by_name)
            return Place(by_zip[0] if is_near else None, Placed.DISAGREE)
        if len(by_name) == 1:
            return Place(*by_name, Placed.NAME)
        return self._near(state, zip_code, by_name, keys)

    def _miles(self, one, other):
        return great_circle_miles(self._points[one], self._points[other])

    def _near(self, state, zip_code, by_name, keys):
        point = self._areas.get(zip_code) or next(
            (self._elsewhere[state, key] for key in keys if (state, key) in self._elsewhere), None
        )
        if point is None:
            return Place(None, Placed.NOWHERE)
        if by_name:  # cities of one name: the nearer one
            points = (self._points[pk] for pk in by_name)
            return Place(min(points, key=lambda one: great_circle_miles(point, one)).key, Placed.NAME)
        near = (other.key for _, other in self._nearest.within(FARTHEST, point))
        found = next((pk for pk in near if self._state[pk] == state), None)
        return Place(found, Placed.NEAR if found else Placed.NOWHERE)
