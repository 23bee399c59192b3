"""How names of places are written: what is the same name, and what may be meant for it."""

from itertools import islice, product

from locations.models.names import LOOKED_AT
from locations.search.tables import long_forms

LAST_LETTERS = "z" * 12  # sorts after whatever a key goes on with
MOST_WAYS = 8  # to write out one name
KIND_OF_PLACE = ("township", "village", "borough", "hamlet")  # at the end of a name, often left out
BEFORE_NAME = (("city", "of"), ("town", "of"), ("village", "of"), ("borough", "of"), ("the",))


def written_out(words):
    """The words, with those that have a long form in it: «ft lee» gives «fort lee»."""
    return [long_forms().get(word, (word,))[0] for word in words]


def key_of(words):
    """What names are compared by: «champions gate» and «ChampionsGate» have the same."""
    return "".join(words)


def keys_of(words):
    """The keys of a name as it is written, and in each way as it may be written out."""
    ways = islice(product(*(long_forms().get(word, (word,)) for word in words)), MOST_WAYS)
    return {key_of(words), *map(key_of, ways)}


def shortened(words):
    """The name without what is often left out: «city of orange» gives «orange». Itself if nothing is."""
    for begin in BEFORE_NAME:
        if tuple(words[: len(begin)]) == begin and len(words) > len(begin):
            return words[len(begin) :]
    return words[:-1] if len(words) > 1 and words[-1] in KIND_OF_PLACE else words


def misspellings(key):
    """What is left of a key's beginning with no letter, or any one, left out.

    Two keys that differ by one letter, or two letters swapped, have one of these in common.
    The method is Wolf Garbe's symmetric delete spelling correction (SymSpell, 2012).
    """
    begin = key[:LOOKED_AT]
    return {begin, *(begin[:gap] + begin[gap + 1 :] for gap in range(len(begin)))}
