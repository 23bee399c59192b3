"""Reads what somebody typed for whom they look for: by the words of the table asked.toml beside this file."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz.distance import OSA

from providers.kinds import BY_SLUG
from therapydir.pages.words import words_of

FILE = Path(__file__).with_name("asked.toml")
SHORTEST_MISSPELLED = 8  # letters of a word of the table that may have one wrong


@dataclass(frozen=True)
class Asked:
    """Whom somebody looks for.

    `lists` are the slugs of those that are meant, the likeliest first; with a `specialty`, of those in
    them who have that. `words` say so, or nothing else besides. `is_topic` tells that the same words are a
    topic, too («hand therapy»), and `is_vague` that they name nobody at all («hand injury»).
    """

    lists: tuple[str, ...] = ()
    specialty: str = ""
    words: frozenset[str] = frozenset()
    is_topic: bool = False
    is_vague: bool = False

    @property
    def said(self):
        """The words, where they name somebody."""
        return frozenset() if self.is_vague else self.words

    def says_all_of(self, words):
        """Whether none of those words says more than whom somebody looks for."""
        return bool(self.lists) and not set(words) - self.words - table().besides


class Table:
    """The table, by the phrases in it."""

    def __init__(self, text):
        entries = tomllib.loads(text)
        self.specialties = {slug: tuple(entry["lists"]) for slug, entry in entries["specialties"].items()}
        self.besides = frozenset(words_of(entries["besides"]["words"]))
        self.phrases = {
            phrase: (section, meant)
            for section in ("therapists", "places", "therapies", "either")
            for meant, phrases in entries[section].items()
            for phrase in _phrases(phrases)
        } | {
            phrase: ("specialties", slug)
            for slug, entry in entries["specialties"].items()
            for phrase in _phrases(entry["words"])
        }
        self.longest = max(map(len, self.phrases))
        words = {word for phrase in self.phrases for word in phrase}
        self.words = words | self.besides
        self._misspelled = sorted(word for word in words if len(word) >= SHORTEST_MISSPELLED)

    def word(self, typed):
        """The word of the table that a typed one stands for, or itself."""
        if typed in self.words or len(typed) < SHORTEST_MISSPELLED - 1:
            return typed
        near = (word for word in self._misspelled if OSA.distance(typed, word, score_cutoff=1) <= 1)
        return next(near, typed)

    def runs(self, words):
        """(section, what is meant, the words as they were typed) of each phrase in them."""
        known, start = [self.word(word) for word in words], 0
        while start < len(words):
            ends = range(min(len(words), start + self.longest), start, -1)
            end = next((end for end in ends if tuple(known[start:end]) in self.phrases), None)
            if end:
                yield *self.phrases[tuple(known[start:end])], words[start:end]
            start = end or start + 1


@cache
def table():
    return Table(FILE.read_text(encoding="utf-8"))


def whom(words):
    """The `Asked` of the words of a query, without those of a place."""
    runs = list(table().runs(list(words)))
    sections = {section for section, *_ in runs}
    named = {section: [meant for its, meant, _ in runs if its == section] for section in sections}
    specialty = _only(named.get("specialties", ()))
    lists = _lists(named, specialty)
    if not lists:
        return Asked()
    able = [slug for slug in lists if slug in table().specialties[specialty]] if specialty else []
    said = {word for section, _, run in runs for word in run if able or section != "specialties"}
    is_named = bool(sections & {"therapists", "places"}) or "therapist" in named.get("either", ())
    return Asked(
        lists=tuple(dict.fromkeys(able or lists)),
        specialty=specialty if able else "",
        words=frozenset(said),
        is_topic=not is_named,
        is_vague=sections == {"specialties"},
    )


def _lists(named, specialty):
    """The lists that are named, or those of the professions that may have a specialty."""
    if "places" in named:
        return named["places"]
    if "therapists" in named:
        return named["therapists"]
    if "therapies" in named:
        return [*named["therapies"], *([] if specialty else ["clinics"])]
    if specialty:
        return [slug for slug in table().specialties[specialty] if BY_SLUG[slug].profession]
    return []


def _only(found):
    """What was found, if it is one thing; what somebody with two specialties is in, no list tells."""
    return found[0] if len(set(found)) == 1 else ""


def _phrases(text):
    return [tuple(words_of(phrase)) for phrase in text.split(",")]
