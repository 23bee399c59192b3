"""What the pages of cities print, as objects that their templates and their dates share.

Values are as they are printed: rounded, worded, and left out where the page leaves them out. So a page reads
otherwise when its facts differ, and not otherwise. A change of these classes wants the number of its part in
`derivations.SCHEMAS` counted up.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects

from locations.distance import direction, in_miles
from locations.models import City, Neighbor, Serves, State
from locations.models.cities import wholes_of
from locations.rule_facts import rules_in_short
from locations.waters import water_between
from locations.where import place_in_county
from locations.words import about
from therapydir.pages.markdown import render_markdown

DECIMALS = 4  # of degrees: about ten meters


@dataclass(frozen=True)
class StateName:
    """As much of a state as its cities' pages print."""

    name: str
    code: str
    slug: str
    path: str


@dataclass(frozen=True)
class PlaceLink:
    """A city whose page this one leads to, because it is a part of it, or has it as a part."""

    name: str
    path: str


@dataclass(frozen=True)
class Own:
    """What a city's page prints of the city itself."""

    name: str
    path: str
    state: StateName
    kind: str  # «borough»; "" where nobody says
    whole: PlaceLink | None
    parts: tuple[PlaceLink, ...]
    county: str
    latitude: float
    longitude: float
    center_source: str
    geonames_id: int | None
    population: str  # about how many people, in words; "" where nobody knows
    population_year: int | None
    population_source: str
    aliases: tuple[str, ...]
    intro: str

    @property
    def intro_html(self):
        return render_markdown(self.intro).html


@dataclass(frozen=True)
class Link:
    """A city that another one's page names as near."""

    name: str
    label: str  # with its state, if that is another
    path: str
    latitude: float
    longitude: float
    miles_shown: str
    direction: str
    water: str  # that lies between the two: «the Hudson»; "" for none
    is_vague: bool


@dataclass(frozen=True)
class Near:
    """What a city's page prints of the cities around it."""

    links: tuple[Link, ...]
    position: str


MOST_ZIP_CODES = 12  # that are seen at once


@dataclass(frozen=True)
class Part:
    """One part of a city's page: what of the city is to be read for it, and what makes it of cities."""

    fields: tuple[str, ...]
    related: tuple
    facts_of: Callable[[list[City]], dict]


def parts(name, keys):
    """{primary key: the part of that name} of cities, None for one that does not show.

    In a constant number of queries.
    """
    part = PARTS[name]
    cities = list(City.objects.filter(pk__in=keys).only(*part.fields).order_by("pk"))
    states = State.objects.defer("digests").in_bulk({city.state_id for city in cities})
    for city in cities:
        city.state = states[city.state_id]
    prefetch_related_objects(cities, *part.related)
    visible = [city for city in cities if city.is_visible]
    return dict.fromkeys(city.pk for city in cities) | part.facts_of(visible)


def facts_of_city(city):
    """{name: facts} of all parts of the page of one city that shows."""
    prefetch_related_objects([city], *(related for part in PARTS.values() for related in part.related))
    return {name: part.facts_of([city])[city.pk] for name, part in PARTS.items()}


def state_name(state):
    return StateName(state.name, state.code, state.slug, state.get_absolute_url())


def _rules(cities):
    rules = {city.state_id: rules_in_short(city.state) for city in cities}
    return {city.pk: rules[city.state_id] for city in cities}


def _own(city):
    return Own(
        name=city.name,
        path=city.get_absolute_url(),
        state=state_name(city.state),
        kind=city.kind_shown,
        whole=_place_link(city.part_of) if city.part_of and city.part_of.is_visible else None,
        parts=tuple(
            _place_link(part) for part in sorted(city.parts.all(), key=City.sort_key) if part.is_visible
        ),
        county=city.county,
        latitude=round(city.latitude, DECIMALS),
        longitude=round(city.longitude, DECIMALS),
        center_source=city.get_data_source_display(),
        geonames_id=city.geonames_id,
        population=about(city.population) if city.population else "",
        population_year=city.population_year if city.population else None,
        population_source=city.get_population_source_display() if city.population else "",
        aliases=tuple(sorted(alias.name for alias in city.aliases.all() if alias.is_shown)),
        intro=city.intro,
    )


def _place_link(city):
    return PlaceLink(city.name, city.get_absolute_url())


@dataclass(frozen=True)
class ZipCodes:
    """A city's ZIP codes: ((names of the places that share them), (codes)) pairs, its own alone first."""

    shown: tuple
    folded: tuple  # where there are many
    count_folded: int


def _zip_codes(cities):
    """The `ZipCodes` of each. What contains a city, and what it contains, shares its own with it."""
    wholes = City.objects.wholes()
    there = Serves.objects.filter(city__in=cities).values("zipcode")
    codes, sharing = defaultdict(list), defaultdict(list)
    for city, code in Serves.objects.filter(zipcode__in=there).values_list("city", "zipcode__code"):
        codes[city].append(code)
        sharing[code].append(city)
    names = City.objects.published().filter(pk__in=codes).select_related("state").only("name", "state__code")
    names = {city.pk: str(city) for city in names.order_by()}
    return {city.pk: _zip_codes_of(city.pk, codes[city.pk], sharing, names, wholes) for city in cities}


def _zip_codes_of(city, own_codes, sharing, names, wholes):
    own = {city, *wholes_of(city, wholes)}
    groups = {}
    for code in own_codes:
        others = sorted(
            names[other]
            for other in sharing[code]
            if other in names and other not in own and city not in wholes_of(other, wholes)
        )
        groups.setdefault(tuple(others), []).append(code)
    pairs = [(others, code) for others, codes in sorted(groups.items()) for code in sorted(codes)]
    many = MOST_ZIP_CODES if len(pairs) > MOST_ZIP_CODES + 1 else len(pairs)  # to fold one saves nothing
    return ZipCodes(_grouped(pairs[:many]), _grouped(pairs[many:]), len(pairs[many:]))


def _grouped(pairs):
    groups = {}
    for others, code in pairs:
        groups.setdefault(others, []).append(code)
    return tuple((others, tuple(codes)) for others, codes in groups.items())


def _near(city):
    links = list(city.neighbor_links.all())
    return Near(
        links=tuple(_link(city, link) for link in links if link.rank),
        position=_position(city, links),
    )


def _link(city, link):
    other = link.neighbor
    return Link(
        name=other.name,
        label=_as_seen_from(city, other),
        path=other.path,
        latitude=round(other.latitude, DECIMALS),
        longitude=round(other.longitude, DECIMALS),
        miles_shown=link.miles_shown,
        direction=link.direction,
        water=water_between(city, other),
        is_vague=link.is_vague,
    )


def _position(city, links):
    """Where it is from a larger city, «12 miles northwest of Newark, NJ», or in its county; or ""."""
    anchor = next((link for link in links if link.is_anchor), None)
    if anchor is None:
        return "" if city.part_of_id else place_in_county(city)
    if anchor.is_vague:
        return f"close to {_as_seen_from(city, anchor.neighbor)}"
    way = direction(anchor.neighbor, city)
    about = "" if anchor.miles < 1 else "about "
    return f"{about}{in_miles(anchor.miles)} {way} of {_as_seen_from(city, anchor.neighbor)}"


def _as_seen_from(city, other):
    """The name of another city, with its state if that is another."""
    return other.name if other.state_id == city.state_id else str(other)


def _each(facts_of):
    return lambda cities: {city.pk: facts_of(city) for city in cities}


NAMED = ("name", "slug", "state", "is_published", "part_of")
WITH_STATE = City.objects.select_related("state")
PARTS = {
    "own": Part(
        (
            *(*NAMED, "kind", "county", "latitude", "longitude", "data_source", "geonames_id", "intro"),
            *("population", "population_year", "population_source"),
        ),
        ("aliases", *(Prefetch(one, WITH_STATE) for one in ("part_of", "parts"))),
        _each(_own),
    ),
    "rules": Part(NAMED, ("state__rules",), _rules),
    "zip codes": Part(NAMED, (), _zip_codes),
    "near": Part(
        (*NAMED, "county", "latitude", "longitude", "data_source"),
        (Prefetch("neighbor_links", Neighbor.objects.shown()),),
        _each(_near),
    ),
}
