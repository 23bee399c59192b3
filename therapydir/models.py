"""The project's own tables, each beside what it serves."""

from therapydir.accounts.models import FailedLogin
from therapydir.derived.models import ContentChange, DatedPage, Noted, Schema, TakenFile
from therapydir.history.models import Batch, Redated, Version
from therapydir.unsaved.models import OpenForm

__all__ = [
    "Batch",
    "ContentChange",
    "DatedPage",
    "FailedLogin",
    "Noted",
    "OpenForm",
    "Redated",
    "Schema",
    "TakenFile",
    "Version",
]
