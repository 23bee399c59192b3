"""The registry's report of NPIs that are no longer valid: a spreadsheet, as it comes in a zip."""

import io
import re
import warnings
import zipfile
from datetime import date, datetime

from openpyxl import load_workbook

from providers.imports.files import NotTaken


def deactivated(path):
    """{NPI: the day since when it is not valid} of a report, `.xlsx` or a zip with one.

    Raises `NotTaken` for what is no such report.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Workbook contains no default style")  # as CMS publishes it
            book = load_workbook(_spreadsheet(path), read_only=True)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise NotTaken(
            f"{path} is no report of deactivated NPIs: it should be the zip that CMS offers."
        ) from error
    found = {}
    for row in book.active.iter_rows(values_only=True):
        npi, day = (str(row[0] or "").strip(), row[1] if len(row) > 1 else None)
        if re.fullmatch(r"\d{10}", npi):  # above stand a title and headings
            found[npi] = _day(day)
    book.close()
    if not found:
        raise NotTaken(f"{path} is no report of deactivated NPIs: there is no NPI in its first column.")
    return found


def _spreadsheet(path):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.lower().endswith(".xlsx"):
                return io.BytesIO(archive.read(name))
    return path


def _day(value):
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.strptime(str(value or "").strip(), "%m/%d/%Y").date()
    except ValueError:
        return date.min
