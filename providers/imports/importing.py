"""Imports a file of the NPI registry: reads it as a stream, and takes it as a whole in one transaction."""

import zipfile
import zlib
from datetime import date
from itertools import batched

from locations.models import State
from providers import presentation
from providers.imports import lines
from providers.imports.deactivated import deactivated
from providers.imports.files import MAIN, NAMES, PLACES, Files, NotTaken, damaged
from providers.imports.records import five_digits, place_key
from providers.imports.registry import CODES, DOING_BUSINESS_AS, TEXTS, Reader, state_of
from providers.imports.sifting import sift
from providers.imports.staging import BATCH
from providers.models import ImportRun, Provider, Source
from providers.placing import Places
from therapydir.derived.catching_up import writing
from therapydir.history.models import Batch

MOST_WITHDRAWN = 0.1  # of what is listed, which a file may take away unasked


class Import:
    """One import: `read()` stages what the files say, `take()` makes it the site's.

    `progress` is called with a file's name, and how many of its bytes were read, of how many.
    """

    def __init__(self, paths, *, report=None, state_codes=None, is_whole=None, progress=lambda *_: None):
        self.paths, self.report, self.progress = paths, report, progress
        self.told, self.listed = lines.Told(), 0
        self.states = self._states(state_codes)
        self._is_whole, self._newest, self._mentioned = is_whole, None, set()
        self.file_name, self.file_date = "", None
        self._has_places = False

    @staticmethod
    def _states(codes):
        states = dict(State.objects.values_list("code", "pk"))
        if unknown := sorted(set(codes or ()) - states.keys()):
            raise NotTaken(f"{unknown[0]} is not a state of this site: it has {', '.join(sorted(states))}.")
        return {code: pk for code, pk in states.items() if not codes or code in codes}

    def read(self, staged):
        """Read all the files, and stage what they say. Raises `NotTaken`."""
        try:
            self._read(staged, deactivated(self.report) if self.report else {})
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise NotTaken(damaged(self.file_name, error)) from error
        self.file_date = self.file_date or self._newest
        self._require_newer(self.file_date)
        staged.mention(self._mentioned)
        staged.settle()

    def _read(self, staged, off):
        with Files(*self.paths) as files:
            main = files.get(MAIN)
            self.file_name, self.file_date = main.name, main.ends
            columns = lines.Columns(main, (*TEXTS, *CODES))
            if self._is_whole is None:
                self._is_whole = main.is_whole
            if self._is_whole is None:
                raise NotTaken(
                    f"The name of {main.name} does not tell whether it is the whole registry or one week: "
                    "say --whole or --weekly."
                )
            self._require_newer(self.file_date)
            taken = self._read_main(main, columns, staged, off)
            staged.index()
            if names := files.get(NAMES):
                self._read_names(names, staged, taken)
            if places := files.get(PLACES):
                self._has_places = True
                self._read_places(places, staged, taken)

    def _require_newer(self, day):
        last = ImportRun.objects.order_by("-file_date").first()
        if last and day and day < last.file_date:
            raise NotTaken(
                f"{self.file_name} tells of the registry up to {day}, the site has it up to "
                f"{last.file_date}: take a newer file."
            )

    def _read_main(self, source, columns, staged, off):
        """Stage the records of the main file; the NPIs of those that were."""
        kept = dict(Provider.objects.filter(source=Source.MEDICARE).values_list("npi", "kind"))
        known = {npi.encode() for npi in Provider.objects.order_by().values_list("npi", flat=True)}
        reader, taken, batch = Reader(columns, self.states, Places(), kept, self.told), set(), []
        for number, line, is_known in sift(source, known, self.told, self.progress):
            if (fields := lines.fields_of(line, number, columns, self.told)) is None:
                continue
            npi = reader.npi_of(fields)
            if is_known:
                self._mentioned.add(npi)
            if npi in taken:
                self.told("a second time", number)
                continue
            if (record := reader.read(fields, number)) is None or self._is_off(record, off, reader, fields):
                continue
            taken.add(npi)
            batch.append(record)
            if record.updated_on and (self._newest is None or record.updated_on > self._newest):
                self._newest = record.updated_on
            if len(batch) >= BATCH:
                staged.add(batch)
                batch = []
        staged.add(batch)
        self.listed = len(taken)
        return taken

    def _is_off(self, record, off, reader, fields):
        """Whether the report says that it is no longer valid, and it was not made so again since."""
        day = off.get(record.npi)
        if day is None or reader.reactivated_on(fields) >= day:
            return False
        self.told("deactivated")
        return True

    def _read_names(self, source, staged, taken):
        """Take the names by which people know organizations."""
        needed = ("NPI", "Provider Other Organization Name", "Provider Other Organization Name Type Code")
        names = {}
        for npi, name, kind in self._side_rows(source, needed, taken):
            if kind.strip() != DOING_BUSINESS_AS:
                self.told("other names by which nobody knows them")
            elif not presentation.text(name):
                self.told("other names that are none")
            elif npi in names:
                self.told("other names of records that have one")
            else:
                names[npi] = presentation.organization_name(name)[:200]
        staged.rename((name, presentation.organization_sort_name(name), npi) for npi, name in names.items())

    def _read_places(self, source, staged, taken):
        """Add the further places of practice in our states."""
        begin = "Provider Secondary Practice Location Address"
        needed = ("NPI", f"{begin}- Address Line 1", f"{begin}- Address Line 2", f"{begin} - City Name")
        needed += (f"{begin} - State Name", f"{begin} - Postal Code", f"{begin} - Telephone Number")
        cities, seen, found = Places(), set(), []
        for npi, street, street2, post_city, state_name, zip_code, phone in self._side_rows(
            source, needed, taken
        ):
            code = state_of(state_name)
            if code not in self.states:
                self.told("further places in other states")
                continue
            digits, shown = five_digits(zip_code, code), presentation.street(street, street2)[:200]
            key = npi, place_key(shown, digits)
            if key in seen:
                self.told("further places a second time")
                continue
            seen.add(key)
            city = cities.place(self.states[code], digits, post_city)
            found.append(
                (
                    *(key[1], shown, presentation.place_name(post_city)[:60], self.states[code], digits),
                    *(presentation.digits_of_phone(phone), city.city, str(city.how), npi),
                )
            )
        for some in batched(found, BATCH):
            staged.add_places(some)

    def _side_rows(self, source, needed, taken):
        """The fields of those names, of the rows of a file whose NPI was taken."""
        columns, npis = lines.Columns(source, needed), {npi.encode() for npi in taken}
        places = columns.at(*needed)
        others = f"in {source.name} of records that are not listed"
        for number, line, _ in sift(source, npis, self.told, self.progress, signs=(), others=others):
            if (fields := lines.fields_of(line, number, columns, self.told)) is not None:
                yield [fields[place] for place in places]

    @property
    def _scope(self):
        """Which records it withdraws if it does not have them, as an SQL condition."""
        parts = [f"p.state_id IN ({', '.join(str(pk) for pk in self.states.values())})"]
        if not self._is_whole:
            parts.append("p.npi IN (SELECT npi FROM mentioned_npis)")
        if not self._has_places:
            parts.append("p.place = ''")
        return " AND ".join(parts)

    def take(self, staged, *, may_shrink=False, is_dry=False):
        """Make what was staged the site's, and remember that; the `ImportRun`.

        One that is dry changes nothing. Raises `NotTaken` if that would withdraw more than a tenth of what is
        listed.
        """
        would = staged.compare(self._scope)
        if is_dry:
            return self._run(would)
        with writing():
            if staged.is_outdated:
                would = staged.compare(self._scope)
                self._require_newer(self.file_date)
            self._require_no_shrinking(would.withdrawn, may_shrink)
            run = self._run(staged.merge())
            run.save()
            Batch.objects.create(by=Batch.By.IMPORT, what=f"registry: {run.in_words}", why=run.file_name)
        return run

    def _run(self, merged):
        return ImportRun(
            file_name=self.file_name,
            file_date=self.file_date or date.today(),
            is_whole=self._is_whole,
            added=merged.added,
            changed=merged.changed,
            withdrawn=merged.withdrawn,
            told=dict(self.told.counts),
        )

    def _require_no_shrinking(self, lost, may_shrink):
        present = Provider.objects.filter(withdrawn_on=None, state__in=self.states.values()).count()
        if lost > present * MOST_WITHDRAWN and not may_shrink:
            raise NotTaken(
                f"{self.file_name} lacks {lost:,} of the {present:,} records that the site has: nothing was "
                "taken. If that is right, say --shrink."
            )
