"""Keeps the index that places are searched by in step with their names."""

from locations.models.names import Misspelling, PlaceName
from locations.search.names import key_of, keys_of, misspellings, shortened, written_out
from therapydir.derived.stamps import BATCH
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
    before = {}
    for name in PlaceName.objects.filter(city__in=cities):
        before.setdefault(name.city_id, {})[name.key] = (name.kind, name.population)
    after = {city.pk: _entries_of(city) for city in cities}
    differing = [pk for pk, wanted in after.items() if before.get(pk, {}) != wanted]
    PlaceName.objects.filter(city__in=differing).delete()
    names = PlaceName.objects.bulk_create(
        PlaceName(city_id=pk, key=key, kind=kind, population=population)
        for pk in differing
        for key, (kind, population) in after[pk].items()
    )
    Misspelling.objects.bulk_create(
        (
            Misspelling(name=name, text=text)
            for name in names
            if name.kind != Kind.PART
            for text in sorted(misspellings(name.key))
        ),
        batch_size=BATCH,
    )


def _entries_of(city):
    if not city.is_visible:
        return {}
    names = [city.name, *(alias.name for alias in city.aliases.all())]
    return {key: (kind, city.population or 0) for key, kind in keys_for(names).items()}
