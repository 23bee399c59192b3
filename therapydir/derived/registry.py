"""What each app works out from its rows: it registers that in its `derivations.py`, which is found by itself.

An app says which changes of its tables are noted (`Note`), in which parts its results come, and with which
number each part is made. Whoever adds a fact to a part, or works it out in another way, counts its number
up: after `migrate` the part is then worked out anew, and no date moves for that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.apps import apps

EVENTS = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Note:
    """A change of a table that is noted.

    `what` names it; `model` is whose rows change, `key` the field with the primary key of whom that concerns,
    before and after. With `fields`, a row that changes in none of them is not noted, and without `of_new`
    none that is added. What `spreads` is worked off first, and all of it at once: it is little but noted
    for others, or as much work for one as for all. What is `put_off` has no triggers, because an app notes
    it itself; it is worked off when nothing is left of a lower number. What `varies` may take a thousand
    times as long for one as for another. With `parts`, a new number of another part of the app is no reason
    to work it off for all.
    """

    what: str
    model: type
    key: str = "id"
    fields: tuple[str, ...] = ()
    of_new: bool = True
    spreads: bool = False
    put_off: int = 0
    varies: bool = False
    parts: tuple[str, ...] = ()

    @property
    def table(self):
        return self.model._meta.db_table

    @property
    def key_column(self):
        return self.model._meta.get_field(self.key).column

    @property
    def events(self):
        return EVENTS if self.of_new else EVENTS[1:]

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

    `catch_up(changes)` brings it in step with some of what changed, some hundred rows at most, or puts off
    what that entails; `verify()` yields a sentence for each thing that is not in step.
    `published_now(using)` is a number that differs when something appears by its date alone. `dated_pages()`
    yields the path of each page whose words its parts tell, and these parts with its date, as text: while
    that stays, so does the page, but for what is around the words of all pages, and for the day.
    `other_paths()` yields paths that are no pages, or no longer, and lead somewhere all the same.
    """

    app: str
    notes: tuple[Note, ...] = ()
    schemas: dict[str, int] = field(default_factory=dict)
    catch_up: Callable[["Changes"], None] = lambda changes: None
    verify: Callable[[], Iterator[str]] = lambda: iter(())
    published_now: Callable[[str], int] | None = None
    count_pages: Callable[[], int] = lambda: 0
    dated_pages: Callable[[], Iterator[tuple[str, str]]] = lambda: iter(())
    other_paths: Callable[[], Iterator[str]] = lambda: iter(())


class Changes:
    """What changed: `changes("city.own")` is whom that concerns, as primary keys.

    `put_off(what, keys)` notes what is to be worked off after that: others whom it concerns, too.
    """

    def __init__(self, keys):
        self._keys = keys
        self.later = set()

    def __call__(self, *whats):
        return set().union(*(self._keys.get(what, ()) for what in whats))

    def put_off(self, what, keys):
        self.later.update((what, key) for key in keys)


_registered: dict[str, Derivations] = {}


def register(derivations):
    """Make what an app works out known; once, from its `derivations.py`."""
    _registered[derivations.app] = derivations


def registered():
    """Every app's `Derivations`, in the order of INSTALLED_APPS."""
    return [_registered[label] for label in apps.app_configs if label in _registered]


def all_notes():
    return [note for derivations in registered() for note in derivations.notes]


def keys_of_all(what):
    """Whom the note of that name concerns, if it concerns all."""
    return next(note for note in all_notes() if note.what == what).all_keys()


def count_pages():
    """How many public pages there are: those of the apps, and the home page."""
    return 1 + sum(derivations.count_pages() for derivations in registered())


def dated_pages():
    """{path: what the page there was made of, as text}: see `Derivations`."""
    return dict(pair for derivations in registered() for pair in derivations.dated_pages())


def other_paths():
    return [path for derivations in registered() for path in derivations.other_paths()]


def content_tables():
    """The name of every table of an app that registered itself: a change there may change a page.

    But for models that say that they are no content, as those that visitors write.
    """
    models = [model for one in registered() for model in apps.get_app_config(one.app).get_models(True)]
    return sorted({model._meta.db_table for model in models if getattr(model, "IS_CONTENT", True)})
