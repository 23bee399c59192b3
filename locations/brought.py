"""Parts of pages that apps above this one bring: they register them, and no line here knows which."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q


@dataclass(frozen=True)
class BroughtPart:
    """A part of a city's page: facts that its template is given, and what the page's head says of them.

    `facts_of` makes {primary key: facts} of cities that show. `lead` is a template for the beginning of the
    page, `template` one for the part itself; both are given the facts as `part`. `sentences` are for the
    description, `structured` are schema.org objects; `about` is what the list of places near it says of each,
    by path. `is_empty` tells whether there is nothing in it for anybody who comes, `somebody` is the same as
    a condition on cities: that there is.
    """

    facts_of: Callable[[list], dict]
    lead: str
    template: str
    sentences: Callable
    structured: Callable
    about: Callable
    is_empty: Callable
    somebody: Callable[[], Q]


@dataclass(frozen=True)
class BroughtToState:
    """A part of a state's page, and what its lists and its map say of each city.

    `facts_of` makes {primary key: facts} of states that show. `lead` and `template` are as for a city.
    `sentences` are for the description; `counts` are {path of a city: how many are there}, `by_county`
    {county: how many}. `listed_of` makes {primary key: what lists of states say of it} of states.
    """

    facts_of: Callable[[list], dict]
    lead: str
    template: str
    sentences: Callable
    counts: Callable
    by_county: Callable
    listed_of: Callable[[list], dict]


_brought: dict[str, BroughtPart] = {}
_to_states: dict[str, BroughtToState] = {}


def bring(name, part, to_state):
    """Make a part of the pages of cities and of states known; once, when its app is ready."""
    _brought[name], _to_states[name] = part, to_state


def where_somebody_is():
    """The condition on cities that one of the brought parts has something for whoever comes."""
    return reduce(or_, (part.somebody() for part in _brought.values()), Q(pk__in=()))


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


class BroughtToStates:
    """All brought parts of the pages of some states that show, by their primary keys."""

    def __init__(self, states):
        self._parts = [(part, part.facts_of(states)) for part in _to_states.values()]

    def leads(self, pk):
        return [(part.lead, facts[pk]) for part, facts in self._parts]

    def templates(self, pk):
        return [(part.template, facts[pk]) for part, facts in self._parts]

    def sentences(self, pk):
        return [sentence for part, facts in self._parts for sentence in part.sentences(facts[pk])]

    def counts(self, pk):
        """{path of a city: how many are there}; empty where nobody is anywhere."""
        return _sums(part.counts(facts[pk]) for part, facts in self._parts)

    def by_county(self, pk):
        """{county: how many are there}."""
        return _sums(part.by_county(facts[pk]) for part, facts in self._parts)


def listed_of(states):
    """{primary key: what lists of states say of who is there}, "" for nobody."""
    found = [part.listed_of(states) for part in _to_states.values()]
    return {state.pk: "; ".join(words for each in found if (words := each.get(state.pk))) for state in states}


def _sums(counted):
    total = Counter()
    for counts in counted:
        total.update(counts)
    return dict(total)
