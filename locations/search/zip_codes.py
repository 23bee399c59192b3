"""Finds places from a ZIP code: those that it serves, and whoever is much nearer to who lives there."""

from dataclasses import replace

from django.db.models import Q

from locations.distance import great_circle_miles
from locations.models import City, OtherPlace, ZipCode
from locations.models.names import PlaceName
from locations.nearby import cities_nearest_to
from locations.search.found import NEAREST, Found, parts_first, unlisted_with_closest, without_repeats
from locations.search.names import keys_of
from locations.search.query import Query, telling
from locations.us_states import NAMES, state_of_zip_code
from therapydir.pages.words import words_of

CLOSE = 3  # miles from the center of a ZIP code: whoever lives there may mean a city so close,
NEARER = 3  # if it is so many miles nearer than those that the ZIP code serves


def by_zip_code(query, reading=None):
    """The `Found` for the ZIP code of a query; `reading` tells which state is named beside it."""
    zip_code = ZipCode.objects.filter(code=query.zip_code).select_related("state").first()
    named = tuple(reading.spans()) if reading else ()
    rest = tuple(telling(query.without(*named)))
    found = Found(query, zip_code=zip_code or query.zip_code, named=named, rest=rest)
    if zip_code is None:
        return replace(found, elsewhere=state_of_zip_code(query.zip_code))
    if reading and reading.code and reading.code != zip_code.state.code:
        found = replace(
            found,
            contradiction=f"ZIP code {zip_code} is in {zip_code.state.name}, not in {NAMES[reading.code]}",
        )
    cities = _served_by(zip_code)
    if not cities:
        return replace(found, near=tuple(cities_nearest_to(zip_code, NEAREST)))
    cities = without_repeats([*cities, *_much_nearer(zip_code, cities)])
    found = replace(found, unlisted=unlisted_with_closest(_called(zip_code, cities)))
    is_sure = len(cities) == 1 and not (found.contradiction or found.unlisted)
    return replace(found, cities=tuple(cities), meant=cities[0] if is_sure else None)


def _called(zip_code, cities):
    """The places without a page that the post office calls a ZIP code after, if none of those cities is."""
    keys = keys_of(words_of(zip_code.place_name))
    names = PlaceName.objects.filter(key__in=keys, kind__lt=PlaceName.Kind.PART)
    rows = list(names.filter(Q(city__state=zip_code.state) | Q(other__state=zip_code.state)))
    if any(row.city_id for row in rows):
        return []
    return list(OtherPlace.objects.found().filter(pk__in=[row.other_id for row in rows])[:1])


def _served_by(zip_code):
    """The published cities of a ZIP code: a part before what contains it, then by their share."""
    links = zip_code.serves_set.select_related("city__state")
    links = sorted(links, key=lambda link: (link.rank, -(link.city.population or 0), link.city.sort_key()))
    cities = [link.city for link in links if link.city.is_visible]
    return parts_first(cities)


def _much_nearer(zip_code, cities):
    """Cities close to the center of a ZIP code that are much nearer than those that it serves."""
    least = min(great_circle_miles(zip_code, city) for city in cities)
    around = cities_nearest_to(zip_code, NEAREST)
    return [city for miles, city in around if miles <= CLOSE and miles + NEARER < least]


def with_zip_code(found, cities):
    """Those of the cities that the ZIP code serves, or with a contradiction both these and its own."""
    code = found.query.zip_code
    serving = set(City.objects.filter(zip_codes__code=code).values_list("pk", flat=True))
    there = [city for city in cities if city.pk in serving]
    if there:
        return found, there
    own = by_zip_code(Query((), zip_code=code))
    if isinstance(own.zip_code, ZipCode):
        place = f"{own.zip_code.place_name}, {own.zip_code.state.name}"
    else:
        place = state_of_zip_code(code) or "none of our states"
    its_own = [*own.cities, *(city for _, city in own.near)]
    contradiction = found.contradiction or f"ZIP code {code} is in {place}"
    return replace(found, contradiction=contradiction), without_repeats([*cities, *its_own])
