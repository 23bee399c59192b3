"""What the pages of states print, and lists of them: what their dates follow."""

from locations.brought import BroughtToStates, listed_of
from locations.heads import NAMED
from locations.maps.state import dots_of
from locations.models import State
from locations.rule_facts import rules_in_full


def state_parts(keys):
    """{primary key: {part: facts}} of the pages of those states, and of what lists show of them."""
    states = State.objects.filter(pk__in=keys).prefetch_related("neighbors", "rules").with_cities()
    shown = [state for state in states if state.is_published]
    brought, listed = BroughtToStates(shown), listed_of(shown)
    return {state.pk: facts_of_state(state, brought, listed.get(state.pk)) for state in states}


def facts_of_state(state, brought, said):
    """The parts of a state's page, given a `State` with its `listed_cities`; all None if it does not show."""
    if not state.is_published:
        return dict.fromkeys(("own", "rules", "cities", "map", "borders", "listing"))
    listed = tuple((city.name, city.path) for city in state.listed_cities)
    largest = [city.name for city in state.largest_cities[:NAMED]]
    dots = dots_of(state.code, state.mapped_cities, brought.counts(state.pk))
    counties = [
        (county, [(city.name, city.path) for city in cities]) for county, _, cities in state.cities_by_county
    ]
    borders = [other for other in state.neighbors.all() if other.is_published]
    return {
        "own": (state.name, state.get_absolute_url(), state.intro),
        "rules": rules_in_full(state),
        "cities": (_letters(state) if state.is_split else listed, largest, counties),
        "map": [(dot.x, dot.y, dot.radius, dot.is_hollow, dot.place.path) for dot in dots],
        "borders": sorted((other.name, other.get_absolute_url()) for other in borders),
        "listing": (state.name, state.code, state.get_absolute_url(), listed, said),
    }


def _letters(state):
    return [(letter, len(cities)) for letter, cities in state.cities_by_letter.items()]
