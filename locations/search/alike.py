"""Names that begin with what was typed, or nearly are that."""

from django.db.models import Q
from rapidfuzz.distance import OSA

from locations.models import City, OtherPlace
from locations.models.names import PlaceName
from locations.search.names import LAST_LETTERS, keys_of, misspellings
from locations.search.query import PROFESSIONAL, is_ordinary, telling
from therapydir.pages.words import words_of

MOST_SHOWN = 20
MOST_OTHERS = 5
MOST_LOOKED_AT = 400  # names with the same beginning, or nearly
SHORTEST_BEGINNING = 2  # letters
SHORTEST_AMONG_WORDS = 3  # letters of a beginning behind words that say what for
SHORTEST_MISSPELLED = 3
FAR = (9, 0)  # the rank of a name that is not meant


def alike(words, state, topic_words, *, is_begun=False):
    """(cities, places without a page) whose names begin with the words, or nearly are the words, best first.

    Words of the language are no misspelled name, and only whole the beginning of one: unless somebody has
    just begun to type, and the last of them may go on.
    """
    if not telling(words) and PROFESSIONAL & set(words):
        return (), ()
    attempts = [frozenset(keys_of(attempt)) for attempt in _attempts(words, topic_words)]
    keys = {key for attempt in attempts for key in attempt}
    if not keys:
        return (), ()
    names = _candidates(keys, state)
    is_said = is_ordinary(words)
    for attempt in dict.fromkeys(attempts):
        ranked = []
        for name in names:
            rank = min((_rank(key, name, not is_said) for key in attempt), default=FAR)
            if rank < FAR and (name.city_id or min(map(len, attempt)) >= SHORTEST_AMONG_WORDS):
                ranked.append((rank, name.other_id is not None, -name.population, name))
        if ranked:
            found = _best(ranked)
            return tuple(map(_beginning_with(words), found)) if is_said and not is_begun else found
    return (), ()


def _beginning_with(words):
    """Takes places that have the word, «spring», or begin with the words, as Palm Desert with «palm de»."""
    *first, last = words

    def is_meant(place):
        name = words_of(place.name)
        if not first:
            return last in name
        return name[: len(first)] == first and "".join(name[len(first) :]).startswith(last)

    return lambda places: tuple(filter(is_meant, places))


def _attempts(words, topic_words):
    """Which words may be a name: all of them, or those that tell something, if they are no sentence."""
    yield from (attempt for attempt in [words] if len("".join(attempt)) >= SHORTEST_BEGINNING)
    rest = telling(words)
    if rest == words:
        tried = [[word for word in rest if word not in topic_words]]
    else:
        tried = [rest, [word for word in rest if word not in topic_words]]
    for attempt in tried:
        if attempt and not is_ordinary(attempt) and len("".join(attempt)) >= SHORTEST_AMONG_WORDS:
            yield attempt


def _candidates(keys, state):
    """The names that begin with one of the keys, or with nearly the same letters, as plain rows."""
    beginning = Q()
    for key in keys:
        beginning |= Q(key__gte=key, key__lte=key + LAST_LETTERS)
    texts = {text for key in keys if len(key) >= SHORTEST_MISSPELLED for text in misspellings(key)}
    names = set()
    for which in (beginning, Q(misspellings__text__in=texts)):
        some = PlaceName.objects.filter(which)
        if state:
            some = some.filter(Q(city__state=state) | Q(other__state=state))
        # What an index holds, and no more: there may be thousands to choose the largest from.
        rows = some.values_list("pk", "key", "kind", "population", "city_id", "other_id", named=True)
        names.update(rows.order_by("-population", "pk").distinct()[:MOST_LOOKED_AT])
    return names


def _best(ranked):
    """The published places of (rank, is other, negative population, name) rows, best first, then by name."""
    ranked.sort(key=lambda row: (*row[:3], row[3].pk))
    cities = City.objects.published().select_related("state")
    others = OtherPlace.objects.found()
    return (
        _of_kind(ranked, "city_id", cities, MOST_SHOWN),
        _of_kind(ranked, "other_id", others, MOST_OTHERS),
    )


def _of_kind(ranked, owner, places, most):
    """The places of one kind. Whoever comes later than so many, and is worse, is not read."""
    rows = [(*merit, getattr(name, owner)) for *merit, name in ranked if getattr(name, owner)]
    wanted = set()
    for position, (*merit, pk) in enumerate(rows):
        if len(wanted) >= most and merit != list(rows[position - 1][:3]):
            break
        wanted.add(pk)
    there = places.in_bulk(wanted)
    found = [(*merit, str(there[pk]).lower(), there[pk]) for *merit, pk in rows if pk in there]
    return tuple({place.pk: place for *_, place in sorted(found, key=lambda row: row[:4])}.values())[:most]


def _rank(key, name, may_be_misspelled):
    """How near a name is to a key: (0, 0) when it begins so, (1, letters that differ), or `FAR`."""
    if name.key.startswith(key):
        return 0, 0
    if not may_be_misspelled or len(key) < SHORTEST_MISSPELLED or name.kind == PlaceName.Kind.PART:
        return FAR
    allowed = 1 if len(key) < 6 else 2 if len(key) < 10 else 3
    differing = OSA.distance(key, name.key, score_cutoff=allowed)
    if differing <= allowed:
        return 1, differing
    # The beginning of a name, with one mistake in it.
    if len(key) > SHORTEST_MISSPELLED and OSA.distance(key, name.key[: len(key)], score_cutoff=1) <= 1:
        return 2, 1
    return FAR
