"""The dates that pages had: an undo gives them back to those that read as they did.

An edit moves a date, and so does the edit that takes it back. An undo does not count as one: after it, the
site says of its pages what it said before. Triggers remember dates when they move.
"""

from itertools import batched

from django.apps import apps

from therapydir.database.bulk import change_rows
from therapydir.derived.stamps import BATCH
from therapydir.history.keeping import DATES
from therapydir.history.models import Redated


def dated_models():
    """The models of pages: their rows have digests, and dates that move with these."""
    return [model for model in apps.get_models() if dates_of(model) and _has(model, "digests")]


def dates_of(model):
    """The names of its dates, which are those of the columns."""
    return [name for name in DATES if _has(model, name)]


def told_by(model):
    """The columns that tell a page, also when its row is made anew."""
    names = getattr(model, "DATED_BY", ("id",))
    return [model._meta.get_field(name).column for name in names]


def is_made_anew(model):
    return told_by(model) != [model._meta.pk.column]


def _has(model, name):
    return name in {field.name for field in model._meta.local_concrete_fields}


def restore_dates(since):
    """Give pages that read as they did before that moment the dates which they had then."""
    moved = Redated.objects.filter(at__gte=since)
    for model in dated_models():
        of_model = moved.filter(table=model._meta.db_table)
        first = {one.key: one for one in of_model.order_by("-at", "-pk").iterator()}
        back = list(_that_read_so(model, first))
        names = dates_of(model)
        change_rows(model, names, [(pk, *(one.dates[name] for name in names)) for pk, one in back])
        for some in batched((one.key for _, one in back), BATCH):
            of_model.filter(key__in=some).delete()


def _that_read_so(model, remembered):
    """Yields (primary key, `Redated`) of the records whose digests are what they were."""
    names = told_by(model)
    for keys in batched(remembered, BATCH):
        among = {f"{names[0]}__in": {key.split()[0] for key in keys}}
        for pk, digests, *key in model._base_manager.filter(**among).values_list("pk", "digests", *names):
            one = remembered.get(" ".join(map(str, key)))
            if one and one.digests == digests:
                yield pk, one
