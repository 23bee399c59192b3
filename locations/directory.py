"""The directory of all states and cities."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from locations import city_lists
from locations.brought import listed_of
from locations.models import State


@dataclass(frozen=True)
class Directory:
    """All published states by name, each with its `city_count` and `said` of who is there, and when the list
    last changed.

    When it `is_whole` they have their `listed_cities`, too; else there are too many for one page.
    """

    states: tuple[State, ...]
    changed_at: datetime | None

    @property
    def city_count(self):
        return sum(state.city_count for state in self.states)

    @property
    def is_whole(self):
        return self.city_count <= city_lists.MOST_IN_DIRECTORY


def whole_directory():
    """The `Directory` as it is now."""
    states = State.objects.published().with_city_count()
    directory = Directory(tuple(states), directory_changed_at())
    said = listed_of(directory.states)
    for state in directory.states:
        state.said = said[state.pk]
    if directory.is_whole:
        State.add_cities(directory.states)
    return directory


def directory_changed_at():
    """When any part of the directory, as a list of states and cities, last changed; None if never."""
    listed = State.objects.exclude(first_published_at=None)  # the withdrawn too: the list lost them
    return listed.aggregate(newest=Max("listing_changed_at"))["newest"]
