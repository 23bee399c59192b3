"""The lists of words beside this file that the search reads, each once in the life of a process."""

from functools import cache
from pathlib import Path

from therapydir.pages.words import words_of

FOLDER = Path(__file__).parent


@cache
def ordinary_words():
    """Words of the language, which are taken for no beginning and no misspelling of a name."""
    return frozenset(_lines("ordinary.txt"))


@cache
def long_forms():
    """{short way to write a word in a name: the words that it may stand for, the usual one first}."""
    return {short: tuple(words.split(", ")) for short, words in _pairs("short_forms.txt")}


@cache
def spanish():
    """{words in Spanish: the same in English}, each a tuple of words."""
    return {tuple(words_of(one)): tuple(words_of(other)) for one, other in _pairs("spanish.txt")}


def _lines(name):
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def _pairs(name):
    return (line.split(" = ") for line in _lines(name))
