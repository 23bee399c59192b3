"""What the first page of the admin says of what others did."""

from django import template

from therapydir.history.models import Batch
from therapydir.history.recording import tie_what_was_left

LATEST = 10

register = template.Library()


@register.simple_tag
def recent_changes():
    """The latest changes of everybody, as `Batch`es."""
    tie_what_was_left()
    return Batch.objects.prefetch_related("undoings__undoings")[:LATEST]
