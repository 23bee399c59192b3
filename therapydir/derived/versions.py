"""The version of the content: what differs whenever any page may read differently."""

from django.db.models import Count, Sum
from django.utils import timezone

from therapydir.derived.models import ContentChange
from therapydir.derived.registry import registered


def content_version(using="default"):
    """The version, as a tuple that can be compared with `==`, in two queries of the database `using`.

    It changes with each write, which triggers note, when something is published by its date, and at
    midnight, because some pages say how long ago something was.
    """
    # Random numbers have another sum when there are others, in whatever order they were committed.
    changes = ContentChange.objects.using(using).aggregate(Sum("number"), Count("pk"))
    appeared = [one.published_now(using) for one in registered() if one.published_now]
    return (*changes.values(), *appeared, timezone.localdate())
