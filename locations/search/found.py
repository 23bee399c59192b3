"""What a query found, and what belongs to a place without a page."""

from dataclasses import dataclass

from locations.distance import great_circle_miles
from locations.models import City, County, OtherPlace, State, ZipCode
from locations.models.cities import wholes_of
from locations.nearby import cities_nearest_to
from locations.search.elsewhere import LargerCity
from locations.search.query import Query

NEAREST = 3  # shown for a place that has no page
MOST_UNLISTED = 3  # shown with what is close to them


@dataclass(frozen=True)
class Unlisted:
    """A place that has no page, and (miles, city) of the closest that have one, or of those that it is in."""

    place: OtherPlace
    cities: tuple[tuple[float, City], ...]

    @property
    def is_inside(self):
        """Whether these cities are what it is in, or made of, and not just close."""
        return bool(self.place.leads_to.all())


@dataclass(frozen=True)
class Found:
    """What a query found.

    `cities` are published, best first. `near` are (miles, city) of the nearest to a ZIP code that
    serves none of them. `zip_code` is a `ZipCode`, or the digits of one that the directory does
    not know. `state` was named, too; `elsewhere` is the name of a state that is not in the
    directory, `larger` are cities elsewhere that have the name, too. `contradiction` says what cannot be
    true of what was typed. `unlisted` are places without a page, `counties` those that were named, with
    their cities. `certain` is the place that was meant beyond doubt, or None. `rest` are the words
    that say something else than where; `is_topic` says that all of them are a topic's, so that the
    cities are at most a guess.
    """

    query: Query
    cities: tuple[City, ...] = ()
    near: tuple[tuple[float, City], ...] = ()
    zip_code: ZipCode | str | None = None
    state: State | None = None
    is_state_first: bool = False
    elsewhere: str = ""
    larger: tuple[LargerCity, ...] = ()
    contradiction: str = ""
    unlisted: tuple[Unlisted, ...] = ()
    counties: tuple[tuple[County, tuple[City, ...]], ...] = ()
    meant: City | State | None = None
    named: tuple[tuple, ...] = ()
    rest: tuple[str, ...] = ()
    is_topic: bool = False

    @property
    def certain(self):
        """The place that was meant, if nothing else was typed; else None."""
        return None if self.rest else self.meant

    @property
    def beside(self):
        """All words beside those that name the place."""
        return self.query.without(*self.named)

    @property
    def has_place(self):
        return bool(self.cities or self.near or self.state or self.unlisted or self.counties)

    @property
    def every_city(self):
        """The cities that results show, but those near a ZIP code."""
        close = [city for unlisted in self.unlisted for _, city in unlisted.cities]
        in_counties = [city for _, cities in self.counties for city in cities]
        return [*self.cities, *close, *in_counties]

    @property
    def namesakes(self):
        """What else bears the name of the first city, as one names it: «Dallas, Texas»."""
        others = [unlisted.place.full_name for unlisted in self.unlisted]
        return [
            *(city.full_name for city in self.larger),
            *(city.full_name for city in self.cities[1:]),
            *others,
        ]


def parts_first(cities):
    """The cities in their order, but that a part comes before what contains it."""
    if len(cities) < 2:
        return cities
    wholes = City.objects.wholes()
    found = []
    for city in cities:
        around = set(wholes_of(city.pk, wholes))
        place = next((number for number, other in enumerate(found) if other.pk in around), len(found))
        found.insert(place, city)
    return found


def unlisted_with_closest(others):
    """`Unlisted` of places without a page; the nearest of each takes two queries, so of few."""
    return tuple(Unlisted(other, _closest(other)) for other in others[:MOST_UNLISTED])


def named_alone(others):
    """The same without what is close: places that only begin so, where there are others."""
    return tuple(Unlisted(other, ()) for other in others)


def _closest(other):
    if led_to := other.leads_to.all():
        largest_first = sorted(led_to, key=lambda city: (-(city.population or 0), city.sort_key()))
        return tuple((great_circle_miles(other, city), city) for city in parts_first(largest_first))
    return tuple(cities_nearest_to(other, NEAREST))


def without_repeats(places):
    return list({place.pk: place for place in places}.values())
