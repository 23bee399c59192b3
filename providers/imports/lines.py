"""Lines of the registry's files: which are sound, and their fields by the names of columns."""

import csv
import re
from collections import Counter

from providers.imports.files import NotTaken

MOST_TOLD = 5  # line numbers of each kind of fault


class Told:
    """What was left out, and why: counts, with the numbers of the first lines."""

    def __init__(self):
        self.counts, self.lines = Counter(), {}

    def __call__(self, reason, line=None):
        self.counts[reason] += 1
        some = self.lines.setdefault(reason, [])
        if line is not None and len(some) < MOST_TOLD:
            some.append(line)

    def sentences(self):
        """One for each reason, the most frequent first."""
        for reason, count in self.counts.most_common():
            some = self.lines[reason]
            more = ", …" if count > len(some) else ""
            where = f" (line {', '.join(map(str, some))}{more})" if some else ""
            yield f"{count:,} {reason}{where}"


class Columns:
    """Where the columns of a file are, by their names with blanks and dashes made even.

    Raises `NotTaken` where one that is needed is missing.
    """

    def __init__(self, source, needed):
        line = source.stream.readline()
        names = next(csv.reader([line.decode("utf-8-sig", "replace")]), [])
        places = {plain(name): place for place, name in enumerate(names)}
        missing = [name for name in needed if plain(name) not in places]
        if missing:
            raise NotTaken(
                f"{source.name} is not a file of the registry as we know it: it has no column “{missing[0]}”"
                + (f" and lacks {len(missing) - 1} more." if len(missing) > 1 else ".")
            )
        self.count, self._places = len(names), places
        self.needed = 1 + max(self.at(*needed))  # the number of the first columns that hold them all

    def at(self, *names):
        """The places of columns of these names."""
        return [self._places[plain(name)] for name in names]


def plain(name):
    return re.sub(r"[\s-]+", " ", name).strip().lower()


def fields_of(line, number, columns, told):
    """The fields of a line as far as they are needed, or None for one that is not sound, which is told."""
    try:
        text = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        told("in another encoding than UTF-8", number)
        return None
    within, between = text[1:-1], columns.count - 1
    if within.count('","') == between and within.count('"') == 2 * between:
        return within.split('","', columns.needed)  # as the csv module would read it, in a third of the time
    try:
        fields = next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration):
        told("wrongly quoted", number)
        return None
    if len(fields) != columns.count:
        told(f"without its {columns.count} fields", number)
        return None
    return fields
