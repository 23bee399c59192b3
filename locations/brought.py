"""Parts of a city's page that apps above this one bring: they register them, and no line here knows which."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class BroughtPart:
    """A part of the page: facts that its template is given, and what the page's head says of them.

    `facts_of` makes {primary key: facts} of cities that show. `lead` is a template for the beginning of the
    page, `template` one for the part itself; both are given the facts as `part`. `sentences` are for the
    description, `structured` are schema.org objects; `about` is what the list of places near it says of each,
    by path. `is_empty` tells whether there is nothing in it for anybody who comes.
    """

    facts_of: Callable[[list], dict]
    lead: str
    template: str
    sentences: Callable
    structured: Callable
    about: Callable
    is_empty: Callable


_brought: dict[str, BroughtPart] = {}


def bring(name, part):
    """Make a part of the pages of cities known; once, when its app is ready."""
    _brought[name] = part


class Brought:
    """All brought parts of the page of one city that shows."""

    def __init__(self, city):
        self._parts = [(part, part.facts_of([city])[city.pk]) for part in _brought.values()]

    @property
    def leads(self):
        return [(part.lead, facts) for part, facts in self._parts]

    @property
    def templates(self):
        return [(part.template, facts) for part, facts in self._parts]

    @property
    def sentences(self):
        return [sentence for part, facts in self._parts for sentence in part.sentences(facts)]

    @property
    def structured(self):
        return [one for part, facts in self._parts for one in part.structured(facts)]

    @property
    def about(self):
        """{path: what is said of the place there}."""
        return {path: words for part, facts in self._parts for path, words in part.about(facts).items()}

    @property
    def is_empty(self):
        return all(part.is_empty(facts) for part, facts in self._parts)
