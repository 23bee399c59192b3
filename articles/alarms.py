"""Finds in what somebody typed that which cannot wait: the phrases of alarms.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from articles.models import WarningSign

TABLE = Path(__file__).with_name("alarms.toml")
SPREAD = 3  # other words that may stand between the words of a phrase
UNCOUNTED = frozenset("a am an and are at i im in is ive just my of really so that the to very".split())
SHORTEST_MISSPELLED = 6  # letters of a word that may have one wrong; the first one is right
SHORTEST_MISSPELLED_TWICE = 9


@dataclass(frozen=True)
class Alarm:
    """What tells of one danger: the slug of its warning sign, or "", whom to call, and the phrases.

    A phrase is a set of words of the table; `alone` are those that count only when nothing else was
    typed, and any of `unless` takes the alarm back.
    """

    sign: str
    urgency: str
    phrases: tuple[frozenset[str], ...]
    alone: tuple[frozenset[str], ...]
    unless: tuple[frozenset[str], ...]

    def is_in(self, query):
        found = any(map(query.has, self.phrases)) or any(map(query.is_all, self.alone))
        return found and not any(map(query.has, self.unless))


class Table:
    """The alarms, and what each form of a word stands for in them."""

    def __init__(self, text):
        entries = tomllib.loads(text)
        self.alarms = tuple(
            Alarm(
                entry["sign"],
                entry["urgency"],
                *(_phrases(entry.get(part, "")) for part in ("phrases", "alone", "unless")),
            )
            for entry in entries["alarm"]
        )
        self.ordinary = {}  # by their first words
        for run in map(str.split, filter(None, entries["ordinary"].splitlines())):
            self.ordinary.setdefault(run[0], []).append(run)
        self.spelled = frozenset(entries["spelled"].split()) | UNCOUNTED
        self.meanings = {}
        for alarm in self.alarms:
            for phrase in (*alarm.phrases, *alarm.alone, *alarm.unless):
                for word in phrase - entries["forms"].keys():
                    self.meanings[word] = frozenset([word])
        for word, forms in entries["forms"].items():
            for form in forms.split():
                self.meanings[form] = self.meanings.get(form, frozenset()) | {word}

    def meaning(self, word):
        """The words of the table that a typed one stands for, rightly spelled or not."""
        if word in self.meanings or word in self.spelled or len(word) < SHORTEST_MISSPELLED:
            return self.meanings.get(word, frozenset())
        wrong = 2 if len(word) >= SHORTEST_MISSPELLED_TWICE else 1
        near = [
            (distance, form)
            for form in self.meanings
            if form[0] == word[0]
            and len(form) >= SHORTEST_MISSPELLED
            and (distance := OSA.distance(word, form, score_cutoff=wrong)) <= wrong
        ]
        return self.meanings[min(near)[1]] if near else frozenset()

    def without_ordinary(self, words):
        """The words, without those that stand in an order of which nothing is to be feared."""
        kept, start = [], 0
        while start < len(words):
            runs = self.ordinary.get(words[start], ())
            taken = max((len(run) for run in runs if words[start : start + len(run)] == run), default=0)
            kept += [] if taken else [words[start]]
            start += taken or 1
        return kept


class Typed:
    """The words of a query, as what they stand for in the table."""

    def __init__(self, words, table):
        words = [word for word in table.without_ordinary(words) if word not in UNCOUNTED]
        self.meanings = [meaning_of(word) for word in words]
        self.all = frozenset().union(*self.meanings)

    def has(self, phrase):
        """Whether the words of a phrase stand close together, in any order."""
        if not phrase <= self.all:
            return False
        width = len(phrase) + SPREAD
        return any(
            phrase <= frozenset().union(*self.meanings[start : start + width])
            for start in range(max(len(self.meanings) - width, 0) + 1)
        )

    def is_all(self, phrase):
        """Whether nothing but the words of a phrase was typed."""
        return len(self.meanings) == len(phrase) and phrase <= self.all


def alarms_in(words):
    """The `Alarm`s that the words of a query raise, the most urgent first."""
    query = Typed(words, table())
    order = WarningSign.Urgency.values
    found = [alarm for alarm in table().alarms if alarm.is_in(query)] if query.all else []
    return sorted(found, key=lambda alarm: order.index(alarm.urgency))


@cache
def table():
    """The `Table` that comes with the code."""
    return Table(TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=10_000)
def meaning_of(word):
    return table().meaning(word)


def help_for(words):
    """What must be said first to whoever typed these words: [(urgency, its warning signs), …].

    The most urgent first; empty when nothing is alarming. The signs are those of the guide that are
    published: whom to call is said without them, too.
    """
    alarms = alarms_in(words)
    signs = WarningSign.objects.published().filter(slug__in=[alarm.sign for alarm in alarms])
    shown = list(signs) if alarms else []
    return [
        (urgency, [sign for sign in shown if sign.urgency == urgency])
        for urgency in dict.fromkeys(WarningSign.Urgency(alarm.urgency) for alarm in alarms)
    ]


def _phrases(text):
    return tuple(frozenset(line.split()) for line in text.splitlines() if line)
