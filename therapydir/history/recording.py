"""Ties what was changed together into a `Batch`, which says who did it, how, and why."""

from collections import Counter
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Min

from therapydir.derived.catching_up import one_writer_at_a_time, writing
from therapydir.history.keeping import kept
from therapydir.history.models import Batch, Version
from therapydir.history.rows import name_of

By = Batch.By
LONGEST = Batch._meta.get_field("what").max_length


@contextmanager
def recorded(by, *, who="", why="", undoes=None):
    """`writing()`, of which a batch remembers what it changed, if it changes anything.

    `by` is a `Batch.By`, `who` a name, `undoes` the batch that is taken back. Yields a list that holds the
    `Batch` in the end, if there is one. What fills a new site is not remembered: to undo it would empty it.
    """
    made = []
    with writing():
        _tie_what_was_left()
        yield made
        if fills := _fills_a_site():
            _pending().delete()
        elif _pending().exists():
            made.append(_tie(Batch(by=by, who=who, why=why[:LONGEST], undoes=undoes)))
    # What came after the commit, because it takes long, was still done by that.
    if fills:
        _pending().delete()
    elif made:
        _pending().update(batch=made[0])


def _pending():
    return Version.objects.filter(batch=None)


def _tie(batch):
    batch.what = _what(_pending())[:LONGEST] or batch.why or "nothing"
    batch.at = _pending().aggregate(Min("at"))["at__min"]  # before any date moved for it
    batch.save()
    _pending().update(batch=batch)
    return batch


def tie_what_was_left():
    """Give what programs and SQL changed a batch of its own, before anybody looks."""
    if _pending().exists():
        with transaction.atomic():
            one_writer_at_a_time()
            _tie_what_was_left()


def _tie_what_was_left():
    if _fills_a_site():  # by `loaddata`
        _pending().delete()
    elif _pending().exists():
        _tie(Batch(by=By.ELSEWHERE))


def _fills_a_site():
    """Whether what is pending is most of what there is, and nothing was remembered before."""
    if Batch.objects.exists() or not _pending().exists():
        return False
    added = _pending().filter(before__isnull=True).count()
    return added > sum(one.model._base_manager.count() for one in kept().values() if not one.fields) / 2


def _what(versions):
    """«city “Anaheim, CA”», or «3 cities»: on whose forms the rows of those versions are."""
    owners, named = set(), versions.order_by()
    for table, owner in named.exclude(owner=None).values_list("table", "owner").distinct().iterator():
        if one := kept().get(table):
            owners.add((one.owner_model, owner))
    for table, key in named.filter(owner=None).values_list("table", "key").distinct().iterator():
        if one := kept().get(table):  # of a row that is on nobody's form
            owners.add((one.model, key))
    if len(owners) == 1:
        [(model, key)] = owners
        own = versions.filter(table=model._meta.db_table, key=key).order_by("pk").first()
        return f"{model._meta.verbose_name} “{name_of(model, key, own and own.before)}”"
    counts = Counter(model for model, _ in owners)
    return ", ".join(
        f"{count:,} {model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural}"
        for model, count in counts.most_common()
    )
