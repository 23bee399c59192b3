"""Reads CSV files that people made: says in one sentence, with its line, what is wrong with a value."""

import codecs
import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from itertools import chain

from therapydir.pages.paths import slug_for

WHOLE_NUMBER = re.compile(r"[0-9]+")
SEPARATORS = ",;\t"
SEPARATOR_LINE = re.compile(r"sep=(.)[;,]*(\r\n|\r|\n)", re.IGNORECASE)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # as Excel writes “Unicode text”
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Refused(Exception):
    """What was given cannot be taken; `problems` are sentences, one for each reason."""

    def __init__(self, problems):
        super().__init__(*problems)
        self.problems = problems


class Problem(str):
    """What is wrong with a row, in a sentence that begins with its line.

    `line` is that line's number, `column` the name of the column that it is about, or "", and `words` the
    sentence without both.
    """

    def __new__(cls, place, line, column, words):
        problem = super().__new__(cls, f"{place[0].upper()}{place[1:]}: {words}")
        problem.line, problem.column = line, column
        problem.words = words.removeprefix(column).removeprefix(":").lstrip()
        return problem


@dataclass(frozen=True)
class FileInMemory:
    """A file that stands on no disk, with as much of a `Path` as `read_rows` asks for."""

    name: str
    data: bytes

    def open(self, mode="r", encoding=None, newline=None):
        raw = io.BytesIO(self.data)
        return raw if "b" in mode else io.TextIOWrapper(raw, encoding=encoding, newline=newline)

    def read_bytes(self):
        return self.data

    def __str__(self):
        return self.name


def read_rows(path, columns, problems, suffix=""):
    """Yields the rows of a CSV file as `Row`, whose problems are added to `problems`.

    `path` is a `Path` or a `FileInMemory`. `columns` must all be in its first line; others may be, and
    `suffix` follows each line number. Raises `Refused` when the file as a whole cannot be read.
    """
    try:
        with path.open(encoding=_encoding_of(path), newline="") as file:
            yield from _rows(path, _Lines(path, file), columns, problems, suffix)
    except OSError as error:
        raise Refused([f"{path} cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        line = _undecodable_line(path, error.encoding)
        raise Refused([f"{path} is not UTF-8, as line {line} shows: save it as CSV in UTF-8."]) from error


def _rows(path, lines, columns, problems, suffix):
    separator, skipped = lines.separator(columns)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    header, line, count, before = None, 1 + skipped, 0, len(problems)
    try:
        for cells in reader:
            if header is None:
                header = [cell.strip() for cell in cells]
                _require_columns(path, header, columns)
            elif any(cell.strip() for cell in cells):  # a line of nothing, or of separators alone, is none
                row = Row(line, dict(zip(header, cells, strict=False)), problems, suffix)
                count += 1
                if len(cells) != len(header):
                    row.complain(f"has {len(cells)} values, and the file {len(header)} columns.")
                else:
                    yield row
            line = reader.line_num + 1 + skipped
    except csv.Error as error:
        raise Refused([f"{path}, line {line}: is not written as CSV ({error})."]) from error
    if not count and len(problems) == before:
        raise Refused([f"{path} is empty." if header is None else f"{path} has no line below its first."])


class _Lines:
    """The lines of a file of text, one after the other, each letter written in one way."""

    def __init__(self, path, file):
        self._path, self._lines, self._first, self._number = path, iter(file), [], 0

    def separator(self, columns):
        """(what separates the values, how many lines say nothing but that).

        It is what the first line says, as some spreadsheets write and read it, or else whatever that line
        has most of the columns with, a comma in doubt.
        """
        first = next(self._lines, "")
        self._first = [first] if first else []
        if said := SEPARATOR_LINE.match(first):
            self._first, self._number = [], 1
            return said[1], 1
        while not first.strip("\r\n") and (more := next(self._lines, "")):
            self._first.append(first := more)
        cells = {one: {cell.strip(' "\r\n') for cell in first.split(one)} for one in SEPARATORS}
        return max(SEPARATORS, key=lambda one: len({*columns} & cells[one])), 0

    def __iter__(self):
        for line in chain(self._first, self._lines):
            self._number += 1
            if "\0" in line:
                raise Refused(
                    [f"{self._path} is no text: line {self._number} has a NUL byte. Save it as CSV in UTF-8."]
                )
            # The same letter can be written in two ways, of which files made on a Mac often have the other.
            yield unicodedata.normalize("NFC", line)


def _encoding_of(path):
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in UTF_16 else "utf-8-sig"


def _undecodable_line(path, encoding):
    """The number of the line with the first letter that cannot be read."""
    data = path.read_bytes()
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 1


def _require_columns(path, header, columns):
    if missing := [column for column in columns if column not in header]:
        raise Refused([f"{path} needs a first line with the columns that it lacks: {', '.join(missing)}."])
    if twice := [column for column in columns if header.count(column) > 1]:
        raise Refused([f"{path} has more than one column {', '.join(twice)}: keep one."])


class Row:
    """One row of a file. What is wrong with a value is added to the problems, and None given for it."""

    def __init__(self, line, cells, problems, suffix=""):
        self.line, self.place = line, f"line {line}{suffix}"
        self.is_sound = True  # until somebody complains
        self._cells = cells
        self._problems = problems

    def complain(self, sentence, column=""):
        """Add what is wrong with the row, said of its line.

        A sentence that does not begin with a column's name may be about that `column` all the same.
        """
        self.is_sound = False
        first = sentence.split(" ", 1)[0].removesuffix(":")
        column = first if first in self._cells else column
        self._problems.append(Problem(self.place, self.line, column, sentence))

    @property
    def columns(self):
        """The names of the file's columns."""
        return [*self._cells]

    def value(self, column):
        """The value without the space around it; empty where the file has no such column."""
        return self._cells.get(column, "").strip()

    def has(self, column):
        """Whether the file has that column."""
        return column in self._cells

    def text(self, field, column):
        """A text that is not empty and fits the model field."""
        value = self.value(column)
        if not value:
            return self.complain(f"{column} is empty.")
        if len(value) > field.max_length:
            return self.complain(f"{column} “{value[:40]}…” is longer than {field.max_length} characters.")
        if odd := next((letter for letter in value if not letter.isprintable()), None):
            return self.complain(f"{column} has a character that does not show, U+{ord(odd):04X}: remove it.")
        return value

    def name(self, field, column):
        """A text with a letter in it that an address can be made of."""
        value = self.text(field, column)
        if value and not any(letter.isalpha() for letter in slug_for(value)):
            return self.complain(f"{column} “{value}” has no letter from A to Z.")
        if value and len(slug_for(value)) > field.max_length:
            return self.complain(f"{column} “{value[:40]}…” is too long to make an address of.")
        return value

    def degrees(self, validators, column):
        """A decimal number between the limits of a pair of validators."""
        low, high = (validator.limit_value for validator in validators)
        value = self.value(column)
        if DECIMAL.fullmatch(value) and low <= float(value) <= high:
            return float(value)
        return self.complain(f"{column} “{value[:40]}” is not a number between {low} and {high}.")

    def count(self, column, most):
        """A whole number up to `most`; 0 and nothing are None, for both mean that it is not known."""
        value = self.value(column)
        if not value:
            return None
        if WHOLE_NUMBER.fullmatch(value) and len(value) <= len(str(most)) and int(value) <= most:
            return int(value) or None
        return self.complain(
            f"{column} “{value[:40]}” is not a whole number from 0 to {most}, in digits alone."
        )

    def choice(self, choices, column):
        """One of the values of a Django enumeration."""
        value = self.value(column)
        if value in choices.values:
            return value
        return self.complain(f"{column} “{value[:40]}” is none of {', '.join(choices.values)}.")
