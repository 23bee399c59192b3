"""What the data that comes with the code may change in a site that runs: what no editor changed.

`fixtures/former/` keeps each file as an earlier version of the code had it. A row that still reads as
it did there was never edited, and takes what the present file says; any other stays as it is.
"""

from enum import Enum
from hashlib import sha256

from therapydir.derived.models import TakenFile


class Standing(Enum):
    """How a stored row stands to the present one of the fixtures."""

    CURRENT = "reads as the present fixture does"
    OUTDATED = "reads as an earlier fixture did: may be corrected"
    EDITED = "reads as neither: somebody changed it"


def standing(stored, present, formers):
    """The `Standing` of a row.

    `stored` and `present` are its values by field, `formers` the same of earlier fixtures, oldest first
    or not. A former row may lack fields that were added since: those are not compared.
    """
    if all(stored[field] == value for field, value in present.items()):
        return Standing.CURRENT
    for former in formers:
        if all(stored[field] == value for field, value in former.items()):
            return Standing.OUTDATED
    return Standing.EDITED


def former_files(folder, name):
    """The paths of that fixture file as earlier versions of the code had it, oldest first."""
    return sorted((folder / "former").glob(f"*/{name}"))


def is_new(file):
    """Whether the site has not taken yet what this file of fixtures says."""
    return not TakenFile.objects.filter(name=file.name, digest=_digest(file)).exists()


def mark_taken(file):
    """Remember that it has: what an editor makes of it from now on stays, whatever that is."""
    TakenFile.objects.update_or_create(name=file.name, defaults={"digest": _digest(file)})


def _digest(file):
    return sha256(file.read_bytes()).hexdigest()
