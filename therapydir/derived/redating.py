"""Remembers the dates that pages had, so that those which come to read as before can have them again.

An edit moves a date, and so does the edit that takes it back. An undo does not count as one: after it, the
site says of its pages what it said before.
"""

from datetime import datetime
from itertools import batched

from django.apps import apps
from django.db import connection

from therapydir.database.bulk import add_rows, change_rows
from therapydir.derived.models import Redated

DATES = ("content_changed_at", "listing_changed_at", "changed_at")
BATCH = 500


def remember_dates(records, now):
    """Remember the dates and digests of records, a queryset, before these change or the records go."""
    model = records.model
    dates, told_by = _dates(model), _told_by(model)
    rows = records.values_list("digests", *dates, *told_by)
    fields = [Redated._meta.get_field(name) for name in ("table", "key", "at", "digests", "dates")]
    found = (
        (
            model._meta.db_table,
            _key(row[len(dates) :]),
            now,
            digests,
            {name: date.isoformat() for name, date in zip(dates, row, strict=False)},
        )
        for digests, *row in rows
    )
    add_rows(
        Redated,
        [field.name for field in fields],
        [
            tuple(field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True))
            for row in found
        ],
    )


def restore_dates(since):
    """Give pages that read as they did before that moment the dates which they had then."""
    models = {model._meta.db_table: model for model in apps.get_models()}
    moved = Redated.objects.filter(at__gte=since)
    for table in moved.order_by("table").values_list("table", flat=True).distinct():
        first = {one.key: one for one in moved.filter(table=table).order_by("-at", "-pk").iterator()}
        back = list(_that_read_so(models[table], first))
        names = _dates(models[table])
        fields = [models[table]._meta.get_field(name) for name in names]
        change_rows(
            models[table],
            names,
            [(pk, *(_as_stored(field, one.dates[field.name]) for field in fields)) for pk, one in back],
        )
        for some in batched((one.key for _, one in back), BATCH):
            moved.filter(table=table, key__in=some).delete()


def _that_read_so(model, remembered):
    """Yields (primary key, `Redated`) of the records whose digests are what they were."""
    told_by = _told_by(model)
    for keys in batched(remembered, BATCH):
        among = {f"{told_by[0]}__in": {key.split()[0] for key in keys}}
        for pk, digests, *key in model._base_manager.filter(**among).values_list("pk", "digests", *told_by):
            one = remembered.get(_key(key))
            if one and one.digests == digests:
                yield pk, one


def _told_by(model):
    return getattr(model, "DATED_BY", ("pk",))


def _key(values):
    return " ".join(map(str, values))


def _dates(model):
    return [field.name for field in model._meta.local_concrete_fields if field.name in DATES]


def _as_stored(field, date):
    return field.get_db_prep_save(datetime.fromisoformat(date), connection)
