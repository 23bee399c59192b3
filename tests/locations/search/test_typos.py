"""Names with one typing mistake in them still find their city."""

import random
import string

import pytest

from locations.models import City
from locations.search.finding import find
from therapydir.pages.words import words_of

TYPOS, SEED = 200, 1
AT_LEAST = 0.97


def one_mistake(name, dice):
    """The name with one letter swapped with the next, missing, doubled, or wrong."""
    letters = list(name)
    at = dice.choice([position for position, letter in enumerate(letters[:-1]) if letter.isalpha()])
    match dice.choice(["swapped", "missing", "doubled", "wrong"]):
        case "swapped":
            letters[at : at + 2] = reversed(letters[at : at + 2])
        case "missing":
            del letters[at]
        case "doubled":
            letters.insert(at, letters[at])
        case "wrong":
            letters[at] = dice.choice(string.ascii_lowercase.replace(letters[at], ""))
    return "".join(letters)


def typos():
    dice = random.Random(SEED)
    cities = dice.sample(list(City.objects.published().order_by("pk")), TYPOS)
    return [(one_mistake(" ".join(words_of(city.name)), dice), city) for city in cities]


def misses():
    return [
        (typed, str(city), [str(found) for found in find(typed).cities[:3]])
        for typed, city in typos()
        if city not in find(typed).cities[:3]
    ]


def test_a_name_with_one_mistake_finds_its_city_among_the_first_three(db):
    assert len(misses()) <= TYPOS * (1 - AT_LEAST)


@pytest.mark.parametrize("with_state", [False, True])
def test_every_city_finds_itself_by_its_own_name(db, with_state):
    lost = []
    for city in City.objects.published().select_related("state"):
        found = find(city.full_name if with_state else city.name)
        first = found.cities[:1] if with_state else found.cities
        if city not in first:
            lost.append((str(city), [str(other) for other in found.cities[:3]]))
    assert lost == []
