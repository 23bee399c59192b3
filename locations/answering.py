"""What apps above this one say to whom a search led to the page of a city: they register it."""

from collections.abc import Callable
from dataclasses import dataclass

from locations.search.finding import find
from locations.search.query import read


@dataclass(frozen=True)
class Answering:
    """How an app answers.

    `words` gives the words of a `Query` that say whom somebody looks for. `answer` takes what the search
    found and the city whose page it is, and gives what the template prints as `answer`, or None.
    """

    words: Callable
    answer: Callable
    template: str


_ways: list[Answering] = []


def answer_searches_by(way):
    """Make a way to answer known; once, when its app is ready."""
    _ways.append(way)


def found_for(text):
    """The `Found` for what somebody typed, where these apps tell what is no name."""
    query = read(text)
    return find(text, said=frozenset().union(*(way.words(query) for way in _ways)))


def answers_for(found, city):
    """(template, what it prints) of every answer."""
    return [(way.template, answer) for way in _ways if (answer := way.answer(found, city)) is not None]
