"""What a file would do, row by row, before anything is done: to be looked at, and then done as it stands."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

ADDED, CHANGED, UNCHANGED = "added", "changed", "unchanged"


@dataclass(frozen=True)
class Step:
    """What one row does: to which record, and to which of its values.

    `cells` are (column, text before, text after) of what differs; of a new record, of all that is not empty.
    `takes` says what that takes away from others.
    """

    place: str  # «line 12»
    name: str
    verb: str
    cells: tuple[tuple[str, str, str], ...] = ()
    takes: str = ""


def step(place, name, before, after, takes=""):
    """The `Step` from the cells {column: text} of a record, None for a new one, to those that it gets."""
    old = before or {}
    cells = tuple((column, old.get(column, ""), text) for column, text in after.items())
    differing = tuple(cell for cell in cells if cell[1] != cell[2])
    if before is None:
        return Step(place, name, ADDED, differing, takes)
    return Step(place, name, CHANGED if differing else UNCHANGED, differing, takes)


@dataclass
class FilePlan:
    """What a file would do, and what is wrong with it: a `Problem` each.

    `carry_out` does it, in the transaction of the caller. `left_out` are columns that nobody reads. `adds`
    are the models, beside the file's own, of which records are added.
    """

    steps: list[Step]
    problems: list[str]
    carry_out: Callable[[], object]
    left_out: list[str]
    adds: tuple = ()

    @property
    def changes(self):
        """Whether it does anything."""
        return any(step.verb != UNCHANGED for step in self.steps)

    @property
    def digest(self):
        """Two plans with the same one do the same."""
        done = [step for step in self.steps if step.verb != UNCHANGED]
        return hashlib.sha256(repr((done, self.problems)).encode()).hexdigest()

    def of(self, verb):
        """The steps of that kind, in the order of the file."""
        return [step for step in self.steps if step.verb == verb]


def left_out(rows, columns):
    """The columns of the file of those rows that are none of `columns`, and not without a name."""
    return [name for name in rows[0].columns if name and name not in columns] if rows else []
