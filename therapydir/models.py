"""The project's own tables, each beside what it serves."""

from therapydir.accounts.models import FailedLogin
from therapydir.derived.models import ContentChange, DatedPage, Noted, Schema, TakenFile
from therapydir.history.models import Batch, Redated, Version

__all__ = [
    "Batch",
    "ContentChange",
    "DatedPage",
    "FailedLogin",
    "Noted",
    "Redated",
    "Schema",
    "TakenFile",
    "Version",
]
