"""Files of places as editors upload and download them: read and written as `import_places` does it."""

import copy
from collections import defaultdict
from functools import partial
from itertools import batched

from locations.consequences import TAKES_ADDRESS
from locations.imports.importing import apply, carry_out, facts_of_new
from locations.imports.matching import match, read_directory
from locations.imports.plans import ADDED, FilePlan, Step, left_out, step
from locations.imports.rows import MORE_PLACE_COLUMNS, PLACE_COLUMNS, read_places
from locations.models import City, CityRedirect, Serves, State
from locations.models.cities import wholes_of
from therapydir.derived.stamps import BATCH

COLUMNS = (*PLACE_COLUMNS, *(column for column in MORE_PLACE_COLUMNS if column != "intro"))
ADD_ZIP_CODES = "check the digits, or import that ZIP code first."
HELP = {
    "state": "Its name. A state that is new here is added, too.",
    "state_code": "Its USPS code, like CA.",
    "source_name": (
        "What it is called in the list that it came from. With the state, it tells which place is meant, so "
        "that name can change. Empty for one that was added here by hand: that is known by its name."
    ),
    "name": "As residents write it. With another name, the address changes, and the old one leads there.",
    "latitude": "Degrees north, WGS 84, like 33.8353.",
    "longitude": "Degrees east, WGS 84: negative in the Americas, like -117.9145.",
    "county": "Without the word “County”.",
    "population": "In digits alone; empty when unknown.",
    "zip_codes": "All of them, five digits each, with blanks between.",
    "data_source": f"Of the coordinates: {', '.join(City.DataSource.values)}.",
    "geonames_id": "The number in its GeoNames address; may be empty.",
    "kind": f"One of {', '.join(City.Kind.values)}; may be empty.",
    "part_of": "The name of the place that a borough or neighborhood belongs to; may be empty.",
    "census_geoid": "7 or 10 digits; may be empty.",
    "population_source": f"{' or '.join(City.PopulationSource.values)}.",
    "population_year": "When it was counted or estimated; may be empty.",
    "intro": "The editors’ own words, in Markdown, with which a new place begins; left alone in others.",
}


class Places:
    """Places, in files with the columns of `import_places`."""

    slug, title, model = "places", "Places", City
    needed, more = PLACE_COLUMNS, MORE_PLACE_COLUMNS
    needs = ("add", "change")

    @property
    def columns(self):
        """(name, what to write there, whether it must be there) of each column."""
        return [(name, HELP[name], name in self.needed) for name in (*self.needed, *self.more)]

    def plan(self, file):
        """The `FilePlan` of a file; writes nothing. Raises `Refused` when it cannot be read as a whole."""
        problems = []
        places = read_places(file, problems, may_lack_keys=True)
        plan = match(places, [], read_directory(), ADD_ZIP_CODES)
        _require_no_circle(plan)
        return FilePlan(
            [*_steps_of_states(plan), *_steps_of_cities(plan)],
            problems,
            partial(carry_out, plan),
            left_out([place.row for place in places], HELP),
            (State,) if plan.new_states else (),
        )

    def rows(self):
        """The first line of a file and then the cells of every place that there is."""
        yield COLUMNS
        codes = _zip_codes_of(Serves.objects.all())
        for city in City.objects.select_related("state", "part_of").order_by("state__code", "name"):
            yield tuple(_cells(city, codes[city.pk]).values())


def _zip_codes_of(links):
    """{primary key of a city: its ZIP codes}."""
    found = defaultdict(list)
    for city, code in links.order_by("zipcode__code").values_list("city", "zipcode__code"):
        found[city].append(code)
    return found


def _cells(city, zip_codes):
    """{column: what a file says of a city there}."""
    own = {
        "state": city.state.name,
        "state_code": city.state.code,
        "zip_codes": " ".join(sorted(zip_codes)),
        "part_of": city.part_of.name if city.part_of else "",
    }
    return {name: own[name] if name in own else _text(getattr(city, name)) for name in COLUMNS}


def _text(value):
    return "" if value is None else str(value)


def _require_no_circle(plan):
    """Complain about places that would be a part of what is a part of them."""
    wholes, said = City.objects.wholes(), []
    for place in plan.places:
        if place.row.is_sound and place.part_of is not None:
            whole = plan.named.get((place.code, place.part_of))
            wholes[_identity(place)] = whole and _identity(whole)
            said.append(place)
    for place in said:
        if _identity(place) in wholes_of(_identity(place), wholes):
            place.row.complain(f"part_of “{place.part_of}” is a part of this place, or this place itself.")


def _identity(record):
    """What tells a `Place` or a `KnownCity` from others: the primary key, or the key of one that is new."""
    known = getattr(record, "known", record)
    return known.pk if known else record.key


def _steps_of_states(plan):
    for code, name in plan.new_states.items():
        first = next(place for place in plan.places if place.code == code)
        yield Step(first.row.place, f"state “{name}”", ADDED, (("state_code", "", code),))


def _steps_of_cities(plan):
    """A step for each row that nothing is wrong with."""
    former = CityRedirect.objects.exclude(city=None).values_list("state__code", "slug", "city", "city__name")
    leading = {(code, slug): (city, name) for code, slug, city, name in former}
    for some in batched((place for place in plan.places if place.row.is_sound), BATCH):
        keys = [place.known.pk for place in some if place.known]
        cities = City.objects.select_related("state", "part_of").in_bulk(keys)
        codes = _zip_codes_of(Serves.objects.filter(city__in=keys))
        for place in some:
            city = cities.get(place.known.pk) if place.known else None
            yield _step(place, city, codes[city.pk] if city else (), plan, _takes(place, city, leading))


def _takes(place, city, leading):
    """A sentence if the address that it gets leads to another city now."""
    other, name = leading.get((place.code, place.slug), (None, ""))
    if other is None or (city and (city.slug == place.slug or city.pk == other)):
        return ""
    return TAKES_ADDRESS.format(place.slug, name)


def _step(place, city, zip_codes, plan, takes):
    if city is None:
        state = State(code=place.code, name=place.state)
        after = _cells(City(state=state, **facts_of_new(place)), place.zip_codes)
        after |= {"intro": place.intro, "part_of": _whole(place, plan).name if place.part_of else ""}
        return step(place.row.place, f"{place.name}, {place.code}", None, after, takes)
    before = {"address": city.slug, **_cells(city, zip_codes)}
    changed = copy.copy(city)
    apply(place, changed)
    after = {"address": changed.slug, **_cells(changed, place.zip_codes)}
    if place.part_of is not None:
        whole = _whole(place, plan)
        is_same = (whole and _identity(whole)) == city.part_of_id
        after["part_of"] = before["part_of"] if is_same else whole.name if whole else ""
    return step(place.row.place, str(city), before, after, takes)


def _whole(place, plan):
    return plan.named[place.code, place.part_of] if place.part_of else None
