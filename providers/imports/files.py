"""The files of the registry, as CMS publishes them: a zip each month and each week, or what is in it."""

import io
import re
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

MAIN, PLACES, NAMES = "npidata_pfile", "pl_pfile", "othername_pfile"
WHOLE_BEGINS = date(2005, 5, 23)  # the registry's first day, from which the files of each month begin
BUFFER = 1 << 20  # bytes
_NAMED = re.compile(r"(npidata_pfile|pl_pfile|othername_pfile)_?(?:(\d{8})-(\d{8}))?.*\.csv$", re.IGNORECASE)


class NotTaken(Exception):
    """The file cannot be imported; says in one sentence why, and what to do."""


@dataclass
class Source:
    """One of the files: its name, how many bytes it has as it lies there, and a stream of its bytes."""

    name: str
    size: int
    stream: io.BufferedReader
    begins: date | None
    ends: date | None
    position: object  # gives how many of these bytes were read

    @property
    def is_whole(self):
        """Whether it tells of the whole registry; None if its name does not say."""
        return None if self.begins is None else self.begins <= WHOLE_BEGINS


class Files:
    """The files in a zip of the registry, or one of them beside which the others may lie."""

    def __init__(self, path, *others):
        self._stack = ExitStack()
        self._sources = {}
        try:
            for one in (path, *others):
                self._open(Path(one))
        except BaseException:
            self._stack.close()
            raise
        if MAIN not in self._sources:
            self._stack.close()
            raise NotTaken(
                f"{Path(path).name} is no file of the NPI registry: take the zip of a month or a week from "
                "https://download.cms.gov/nppes/NPI_Files.html, or the npidata_pfile_….csv in it."
            )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._stack.close()

    def get(self, kind):
        """The `Source` of that kind, or None."""
        return self._sources.get(kind)

    def _open(self, path):
        try:
            if zipfile.is_zipfile(path):
                self._open_zip(path)
            elif path.suffix.lower() == ".zip":
                raise zipfile.BadZipFile("it has no end")
            else:
                self._open_csv(path)
        except zipfile.BadZipFile as error:
            raise NotTaken(damaged(path.name, error)) from error
        except OSError as error:
            raise NotTaken(f"{path} cannot be read ({error.strerror}): check the path.") from error

    def _open_zip(self, path):
        archive = self._stack.enter_context(zipfile.ZipFile(path))
        for info in archive.infolist():
            found = _NAMED.match(Path(info.filename).name)
            if found and "fileheader" not in info.filename.lower():
                raw = self._stack.enter_context(archive.open(info))
                stream = io.BufferedReader(raw, BUFFER)
                self._add(found, Path(info.filename).name, info.file_size, stream, raw.tell)

    def _open_csv(self, path):
        found = _NAMED.match(path.name)
        raw = self._stack.enter_context(path.open("rb", buffering=0))
        stream = io.BufferedReader(raw, BUFFER)
        kind = found or re.match(r"()()()", "")
        self._add(kind, path.name, path.stat().st_size, stream, raw.tell)

    def _add(self, found, name, size, stream, position):
        kind, begins, ends = found.groups()
        source = Source(name, size, stream, _day(begins), _day(ends), position)
        self._sources.setdefault((kind or MAIN).lower(), source)


def damaged(name, error):
    """What is said of a zip that cannot be read."""
    return f"{name} is damaged ({error}): nothing was taken; download it again."


def _day(text):
    try:
        return datetime.strptime(text, "%Y%m%d").date() if text else None
    except ValueError:
        return None
