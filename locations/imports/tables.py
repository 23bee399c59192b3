"""Files whose rows are records of one model: which columns they have, and how each is read and written."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import batched

from django.core.exceptions import ValidationError
from django.db.models import Model

from locations.imports.csv_files import read_rows
from locations.imports.importing import create
from locations.imports.plans import ADDED, CHANGED, FilePlan, left_out, step
from locations.models import City, CityAlias, CityRedirect, State
from therapydir.derived.stamps import BATCH

AS_IT_IS = object()  # what a reader gives where the record keeps what it has


class Directory:
    """What is there that rows of files name, each kind of it read when it is first asked for."""

    @cached_property
    def states(self):
        """{USPS code: `State`}."""
        return {state.code: state for state in State.objects.all()}

    @cached_property
    def cities(self):
        """{(USPS code, name or key in a list): `City`}; a name comes before another's key."""
        cities = list(City.objects.select_related("state"))
        by_key = {(city.state.code, city.source_name): city for city in cities if city.source_name}
        return by_key | {(city.state.code, city.name): city for city in cities}

    @cached_property
    def pages(self):
        """{(primary key of a state, last part of an address below it): the `City` with that page}."""
        return {(city.state_id, city.slug): city for city in self.cities.values()}

    @cached_property
    def aliases(self):
        """{(primary key of a state, address of a name below it): {primary key: name} of cities with it}."""
        return _by_address(CityAlias.objects.order_by(), "city__state", "slug", "city", "city__name")

    @cached_property
    def redirects(self):
        """The same of cities that old addresses lead to."""
        return _by_address(CityRedirect.objects.exclude(city=None), "state", "slug", "city", "city__name")


def _by_address(rows, *fields):
    found = {}
    for state, slug, city, name in rows.values_list(*fields):
        found.setdefault((state, slug), {})[city] = name
    return found


@dataclass(frozen=True)
class Column:
    """A column: `read(row, name, directory)` gives the value for `field` of the record, or complains.

    `write(record)` gives the cell. One without a `field` only tells another reader which record is meant.
    """

    name: str
    help: str
    write: Callable[[Model], str]
    field: str
    read: Callable
    is_needed: bool = True


def written(field):
    """How a plain value is written: as it stands, nothing for None."""

    def write(record):
        value = getattr(record, field)
        return "" if value is None else str(value)

    return write


def text(row, name, directory):
    """The text of a cell; whether it is right, the model's field says."""
    return row.value(name)


@dataclass(frozen=True)
class Table:
    """A kind of file.

    `key(record)` tells which record a row means, `names(record)` calls it by name. `records()` are those
    that are there, `given()` those that a file is made of. `check(row, record, directory)` complains about
    what the model does not know of. `also` are fields that follow from others, `after(records)` writes what
    is no field. `needs` is what somebody must be allowed to do with such records.
    """

    slug: str
    title: str
    model: type[Model]
    columns_read: tuple[Column, ...]
    key: Callable
    names: Callable
    records: Callable
    given: Callable
    check: Callable = lambda row, record, directory: None
    also: tuple[str, ...] = ()
    after: Callable = lambda records: None
    needs: tuple[str, ...] = ("add", "change")

    @property
    def columns(self):
        """(name, what to write there, whether it must be there) of each column."""
        return [(column.name, column.help, column.is_needed) for column in self.columns_read]

    def plan(self, file):
        """The `FilePlan` of a file; writes nothing. Raises `Refused` when it cannot be read as a whole."""
        problems, needed = [], [column.name for column in self.columns_read if column.is_needed]
        rows = list(read_rows(file, needed, problems))
        directory, first = Directory(), {}
        known = {self.key(record): record for record in self.records()}
        planned = [self._planned(row, known, first, directory) for row in rows]
        planned = [one for one in planned if one]
        return FilePlan(
            [step for step, _ in planned],
            problems,
            partial(self._carry_out, planned),
            left_out(rows, [column.name for column in self.columns_read]),
        )

    def rows(self):
        """The first line of a file and then the cells of every record that there is."""
        yield tuple(column.name for column in self.columns_read)
        for record in self.given():
            yield tuple(self._cells(record).values())

    def _cells(self, record):
        return {column.name: column.write(record) for column in self.columns_read}

    def _planned(self, row, known, first, directory):
        """(the step of a row, its record as it would be saved); None for one that something is wrong with."""
        values = self._values(row, directory)
        if not row.is_sound:
            return None
        new = self.model()
        _give(new, values)
        key = self.key(new)
        if key in first:
            return row.complain(f"{self.names(new)} is in {first[key]} already: keep one.")
        first[key] = row.place
        record = known.get(key, new)
        before = None if record is new else self._cells(record)
        _give(record, values)
        if before != self._cells(record):
            self._require_valid(row, record, directory)
        done = step(row.place, self.names(record), before, self._cells(record))
        return (done, record) if row.is_sound else None

    def _values(self, row, directory):
        """{field: value} of what the row says."""
        values = {
            column.field: column.read(row, column.name, directory)
            for column in self.columns_read
            if column.is_needed or row.has(column.name)
        }
        return {field: value for field, value in values.items() if field and value is not AS_IT_IS}

    def _require_valid(self, row, record, directory):
        """Complain as the model's own fields do, by column."""
        columns = {column.field: column.name for column in self.columns_read if column.field}
        plain = {field.name for field in self._fields if not field.is_relation}
        others = {field.name for field in self.model._meta.get_fields()} - plain
        try:
            record.full_clean(exclude=others)
        except ValidationError as error:
            for field, (sentence, *_) in error.message_dict.items():
                row.complain(f"{columns[field]}: {sentence}" if field in columns else sentence)
        if row.is_sound:
            self.check(row, record, directory)

    @property
    def _fields(self):
        """Those of the model that a file tells."""
        there = {field.name: field for field in self.model._meta.concrete_fields}
        return [there[column.field] for column in self.columns_read if column.field in there]

    def _carry_out(self, planned):
        changed = [record for step, record in planned if step.verb == CHANGED]
        added = [record for step, record in planned if step.verb == ADDED]
        create(self.model, added)
        fields = [*(field.name for field in self._fields), *self.also]
        for some in batched(changed, BATCH):
            self.model.objects.bulk_update(some, fields)
        self.after([*added, *changed])


def _give(record, values):
    for field, value in values.items():
        setattr(record, field, value)
