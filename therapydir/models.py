"""The project's own tables, each beside what it serves."""

from therapydir.accounts.models import FailedLogin
from therapydir.derived.models import ContentChange, DatedPage, Noted, Schema, TakenFile

__all__ = ["ContentChange", "DatedPage", "FailedLogin", "Noted", "Schema", "TakenFile"]
