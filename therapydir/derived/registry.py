"""What each app works out from its rows: it registers that in its `derivations.py`, which is found by itself.

An app says which changes of its tables are noted (`Note`), in which parts its results come, and with which
number each part is made. Whoever adds a fact to a part, or works it out in another way, counts its number
up: after `migrate` the part is then worked out anew, and no date moves for that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.apps import apps


@dataclass(frozen=True)
class Note:
    """A change of a table that is noted.

    `what` names it; `model` is whose rows change, `key` the field with the primary key of whom that concerns,
    before and after. With `fields`, a row that changes in none of them is not noted.
    """

    what: str
    model: type
    key: str = "id"
    fields: tuple[str, ...] = ()

    @property
    def table(self):
        return self.model._meta.db_table

    @property
    def key_column(self):
        return self.model._meta.get_field(self.key).column

    @property
    def columns(self):
        return [self.model._meta.get_field(name).column for name in self.fields]

    def all_keys(self):
        """Whom it concerns, if it concerns all."""
        column = self.model._meta.get_field(self.key).attname
        return set(self.model._base_manager.order_by().values_list(column, flat=True)) - {None}


@dataclass(frozen=True)
class Derivations:
    """What one app works out.

    `catch_up(changes)` brings it in step with what changed; `verify()` yields a sentence for each thing that
    is not in step. `published_now(using)` is a number that differs when something appears by its date alone.
    """

    app: str
    notes: tuple[Note, ...] = ()
    schemas: dict[str, int] = field(default_factory=dict)
    catch_up: Callable[["Changes"], None] = lambda changes: None
    verify: Callable[[], Iterator[str]] = lambda: iter(())
    published_now: Callable[[str], int] | None = None
    count_pages: Callable[[], int] = lambda: 0


class Changes:
    """What changed since the last time: `changes("city.own")` is whom that concerns, as primary keys."""

    def __init__(self, keys, everything=False):
        self._keys, self._everything = keys, everything

    def __call__(self, *whats):
        found = set()
        for what in whats:
            keys = self._keys.get(what, set())
            found |= note_named(what).all_keys() if self._everything or None in keys else keys
        return found

    def __bool__(self):
        return self._everything or bool(self._keys)


_registered: dict[str, Derivations] = {}


def register(derivations):
    """Make what an app works out known; once, from its `derivations.py`."""
    _registered[derivations.app] = derivations


def registered():
    """Every app's `Derivations`, in the order of INSTALLED_APPS."""
    return [_registered[label] for label in apps.app_configs if label in _registered]


def all_notes():
    return [note for derivations in registered() for note in derivations.notes]


def note_named(what):
    return next(note for note in all_notes() if note.what == what)


def count_pages():
    """How many public pages there are: those of the apps, and the home page."""
    return 1 + sum(derivations.count_pages() for derivations in registered())


def content_tables():
    """The name of every table of an app that registered itself: a change there may change a page."""
    models = [model for one in registered() for model in apps.get_app_config(one.app).get_models(True)]
    return sorted({model._meta.db_table for model in models})
