"""Keeps the index that places are searched by in step with their names."""

from locations.models.cities import City
from locations.models.names import County, Misspelling, PlaceName
from locations.search.names import key_of, keys_of, misspellings, shortened, written_out
from therapydir.database.bulk import add_rows
from therapydir.pages.words import words_of

Kind = PlaceName.Kind
LONGEST_KEY = PlaceName._meta.get_field("key").max_length


def keys_for(names):
    """Every key that a city of these names is found by, with its kind; the best kind of each."""
    keys = {}
    for name in names:
        words = words_of(name)
        for key in keys_of(words):
            keys[key] = Kind.WHOLE
        if "point" in words:  # «pt» is a port as a rule
            keys[key_of("pt" if word == "point" else word for word in words)] = Kind.WHOLE
        for key in keys_of(shortened(written_out(words))) | keys_of(shortened(words)):
            keys.setdefault(key, Kind.SHORT)
        for begin in range(1, len(words)):
            keys.setdefault(key_of(written_out(words[begin:])), Kind.PART)
    return {key[:LONGEST_KEY]: kind for key, kind in keys.items() if key}


def index_names(cities):
    """Bring the index in step for these cities, at most a batch, read with their `state` and `aliases`.

    Writes only what differs.
    """
    _index("city_id", {city.pk: entries_of(city) for city in cities})


def index_other_names(places):
    """The same for places without a page: a mistake is forgiven in the names of those that are known."""
    known = {place.pk for place in places if place.population or place.source == place.Source.OURS}
    _index("other_id", {place.pk: entries_of_other(place) for place in places}, known)


def entries_of(city):
    """{key: (kind, population)} by which a city is found; read with its `state` and `aliases`."""
    if not city.is_visible:
        return {}
    names = [city.name, *(alias.name for alias in city.aliases.all())]
    return {key: (kind, city.population or 0) for key, kind in keys_for(names).items()}


def entries_of_other(place):
    """{key: (kind, population)} by which a place without a page is found: by its whole names."""
    keys = keys_for([place.name, *place.other_names.split(";")]).items()
    return {key: (kind, place.population or 0) for key, kind in keys if kind != Kind.PART}


def index_counties(states):
    """Bring the counties of those states, by primary key, in step with those of their published cities."""
    wanted, kept = _counties(states)
    County.objects.filter(pk__in=[pk for county, pk in kept.items() if county not in wanted]).delete()
    new = sorted(wanted - kept.keys())
    rows = ((state, name, key_of(written_out(words_of(name)))) for state, name in new)
    add_rows(County, ("state", "name", "key"), rows)


def wrong_counties(states):
    """Those of the states whose counties are not the ones that are kept."""
    wanted, kept = _counties(states)
    return sorted({state for state, _ in wanted ^ kept.keys()})


def _counties(states):
    cities = City.objects.published().filter(state__in=states).order_by()
    kept = {
        (state, name): pk
        for pk, state, name in County.objects.filter(state__in=states)
        .order_by()
        .values_list("pk", "state", "name")
    }
    return {*cities.values_list("state", "county").distinct()}, kept


def _index(owner, after, forgiving=None):
    before = {pk: {} for pk in after}
    names = PlaceName.objects.filter(**{f"{owner}__in": after}).values_list(
        owner, "key", "kind", "population"
    )
    for pk, key, *entry in names:
        before[pk][key] = tuple(entry)
    differing = [pk for pk, wanted in after.items() if before[pk] != wanted]
    PlaceName.objects.filter(**{f"{owner}__in": [pk for pk in differing if before[pk]]}).delete()
    rows = ((pk, key, *entry) for pk in differing for key, entry in after[pk].items())
    add_rows(PlaceName, (owner.removesuffix("_id"), "key", "kind", "population"), rows)
    _index_misspellings(owner, [pk for pk in differing if forgiving is None or pk in forgiving])


def _index_misspellings(owner, places):
    names = PlaceName.objects.filter(**{f"{owner}__in": places}).exclude(kind=Kind.PART)
    rows = list(names.order_by("pk").values_list("pk", "key"))
    add_rows(
        Misspelling, ("name", "text"), ((pk, text) for pk, key in rows for text in sorted(misspellings(key)))
    )
