"""Moves the dates of pages whose facts are not what they were, and no others.

Facts are what a page prints, best the objects that its template is given. Each part of a page has a digest
of its own, which begins with the number of its schema: a digest of another schema tells nothing, so it is
replaced and no date moves.
"""

from hashlib import sha256
from itertools import batched

from django.db import connection
from django.utils import timezone

from therapydir.database.bulk import change_rows
from therapydir.derived.models import DatedPage

BATCH = 500
LISTING = "listing"  # the part that other pages show, with a date of its own


def stamp(model, facts, schemas):
    """Take the digests of those facts, and move the dates of the records where they differ.

    `facts` are {primary key: {part: facts}}, whose `repr()` counts; `schemas` the numbers by part. A part
    that was never stamped moves no date. Only digests and dates are written. Returns the primary keys of
    those whose dates moved.
    """
    now, moved = timezone.now(), set()
    for keys in batched(sorted(facts), BATCH):
        writes = {}
        rows = model._base_manager.filter(pk__in=keys).values_list("pk", "digests")
        for pk, digests in rows:
            after, columns = _compared(digests, facts[pk], schemas)
            if after != digests:
                writes.setdefault(columns, []).append((pk, after))
            if columns:
                moved.add(pk)
        for columns, records in writes.items():
            _write(model, columns, records, now)
    return moved


def stamp_page(name, facts, schemas):
    """The same for the page of that name, which no record stands behind."""
    page, _ = DatedPage.objects.get_or_create(name=name)
    after, columns = _compared(page.digests, facts, schemas)
    if after != page.digests:
        page.digests, page.changed_at = after, timezone.now() if columns else page.changed_at
        page.save()


def page_changed_at(name):
    """When the words of that page last changed; None for one that was never stamped."""
    return DatedPage.objects.filter(name=name).values_list("changed_at", flat=True).first()


def out_of_step(model, facts, schemas):
    """(primary key, part) of every digest that is not that of those facts."""
    for keys in batched(sorted(facts), BATCH):
        for pk, digests in model._base_manager.filter(pk__in=keys).values_list("pk", "digests"):
            for part, value in facts[pk].items():
                if digests.get(part) != _digest(schemas[part], value):
                    yield pk, part


def page_is_out_of_step(name, facts, schemas):
    """Whether the digests of the page of that name are not those of the facts."""
    page = DatedPage.objects.filter(name=name).first()
    return page is None or _compared(page.digests, facts, schemas)[0] != page.digests


def _digest(schema, facts):
    return f"{schema}:{sha256(repr(facts).encode()).hexdigest()[:24]}"


def _compared(digests, facts, schemas):
    """(the digests after that, the date columns that move)."""
    after, columns = dict(digests), set()
    for part, value in facts.items():
        before, after[part] = digests.get(part, ""), _digest(schemas[part], value)
        is_known = before.startswith(f"{schemas[part]}:")
        if is_known and before != after[part]:
            columns.add("listing_changed_at" if part == LISTING else "content_changed_at")
    return after, tuple(sorted(columns))


def _write(model, columns, records, now):
    """Write digests, and `now` into the columns."""
    digests, *dated = (model._meta.get_field(name) for name in ("digests", *columns))
    dates = [field.get_db_prep_save(now, connection) for field in dated]
    rows = [(pk, digests.get_db_prep_save(after, connection), *dates) for pk, after in records]
    change_rows(model, ("digests", *columns), rows)
