"""The project's own tables, each beside what it serves."""

from therapydir.accounts.models import FailedLogin
from therapydir.derived.models import ContentChange

__all__ = ["ContentChange", "FailedLogin"]
