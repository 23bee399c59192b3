"""Measures how much of two cities' pages is the same, once names and numbers are left out.

    .venv/bin/python tests/benchmarks/alike.py

Reads pages of the site of the environment (`VAR_DIR`, `DATABASE_URL`), as `quickstart --no-serve` makes one,
and writes nothing. Of each page it takes the words in its main element. Names of places and waters, and of
those who are listed, their streets, and digits are all made alike; then two pages of a state are compared by
their sets of runs of five words. Two figures for each state, medians of so many random pairs: the share of
the runs that both have in all that either has, and in those that a page has, on average of both.
"""

import argparse
import csv
import os
import random
import re
import sys
from collections import defaultdict
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

from tests.benchmarks.sites import say  # noqa: E402

RUN = 5  # words
WORD = re.compile(r"[^\W\d_]+|\d+")
EMPTY = ("area", "br", "hr", "img", "input", "link", "meta", "source", "wbr")  # elements without an end


class Words(HTMLParser):
    """The text of the main element, without what screen readers are not told."""

    def __init__(self, html):
        super().__init__()
        self.text, self._open, self._hidden = [], 0, 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag in EMPTY:
            return
        if self._open or tag == "main":
            self._open += 1
        if self._hidden or ("aria-hidden", "true") in attributes:
            self._hidden += 1

    def handle_endtag(self, tag):
        if tag in EMPTY:
            return
        self._open, self._hidden = max(self._open - 1, 0), max(self._hidden - 1, 0)

    def handle_data(self, data):
        if self._open and not self._hidden:
            self.text.append(data)


class Mask:
    """Makes names and numbers alike: in a list of words, each name becomes one mark."""

    def __init__(self, names):
        self._by_first = defaultdict(set)
        for words in map(words_of, names):
            if words:
                self._by_first[words[0]].add(tuple(words))
        self._by_first = {
            first: sorted(some, key=len, reverse=True) for first, some in self._by_first.items()
        }

    def __call__(self, words):
        masked, place = [], 0
        while place < len(words):
            name = next(
                (
                    name
                    for name in self._by_first.get(words[place], ())
                    if tuple(words[place : place + len(name)]) == name
                ),
                None,
            )
            masked.append("*" if name else "0" if words[place].isdigit() else words[place].lower())
            place += len(name or " ")
        return masked


def words_of(text):
    return WORD.findall(text)


def names_in_site():
    """All names of places and waters, and of who is listed, and their streets."""
    from locations.models import City, CityAlias, State
    from providers.models import Provider

    yield from State.objects.values_list("name", flat=True)
    yield from State.objects.values_list("code", flat=True)
    yield from chain.from_iterable(City.objects.values_list("name", "source_name", "county"))
    yield from CityAlias.objects.values_list("name", flat=True)
    fields = ("name", "our_name", "legal_name", "street", "our_street", "post_city")
    yield from chain.from_iterable(Provider.objects.values_list(*fields))
    with (ROOT / "fixtures" / "waters.csv").open(encoding="utf-8") as file:
        yield from (row["water"] for row in csv.DictReader(file))


def runs_of(html, mask):
    """The set of runs of words of a page."""
    words = mask(words_of(" ".join(Words(html).text)))
    return frozenset(zip(*(words[begin:] for begin in range(RUN)), strict=False))


def alike(one, other):
    """(the share of common runs in all, their share in a page's own on average)."""
    common = len(one & other)
    return common / len(one | other), 2 * common / (len(one) + len(other))


def measure(state, pairs, chance, mask):
    from django.test import Client

    from locations.models import City

    paths = [city.get_absolute_url() for city in City.objects.published().filter(state=state)]
    chosen = [chance.sample(paths, 2) for _ in range(pairs)]
    client = Client(headers={"host": "127.0.0.1"})
    runs = {path: runs_of(client.get(path).text, mask) for path in sorted(set(chain(*chosen)))}
    shares = [alike(runs[one], runs[other]) for one, other in chosen]
    return [median(some) for some in zip(*shares, strict=True)], median(len(some) for some in runs.values())


def main():
    parser = argparse.ArgumentParser(description="Measure how much of two cities' pages is the same.")
    parser.add_argument("--pairs", type=int, default=300, help="of each state (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of what is chosen by chance (%(default)s)")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "therapydir.settings")
    os.environ.setdefault("DEBUG", "true")
    import django

    django.setup()
    from locations.models import State

    mask, chance = Mask(names_in_site()), random.Random(given.seed)
    say(f"{'':16}{'of all':>8}{'of own':>8}{'runs':>8}")
    found = []
    for state in State.objects.filter(is_published=True).order_by("name"):
        (of_all, of_own), runs = measure(state, given.pairs, chance, mask)
        found.append((of_all, of_own))
        say(f"{state.name:16}{of_all:8.1%}{of_own:8.1%}{runs:8.0f}")
    of_all, of_own = (median(some) for some in zip(*found, strict=True))
    say(f"{'median':16}{of_all:8.1%}{of_own:8.1%}")


if __name__ == "__main__":
    main()
