"""Publishing and withdrawing cities together, so that none comes back that was withdrawn on purpose.

A city remembers whether it was withdrawn with many others. Who publishes a state's cities again means those:
what somebody withdrew before, by itself or with a few, stays withdrawn until it is selected with no others.
"""

from itertools import batched

from django.db.models import Exists, OuterRef

from locations.models import City
from therapydir.derived.stamps import BATCH

MOST_UNASKED = 10  # cities that are published or withdrawn without a question: a few


def staying_withdrawn(cities):
    """Of a queryset of cities that are selected to be published, those that stay withdrawn.

    None of them, if no others are selected.
    """
    alone = cities.withdrawn_alone()
    return alone if cities.exclude(pk__in=alone.values("pk")).exists() else alone.none()


def publish(rows):
    for some in _keys(rows):
        City.objects.filter(pk__in=some).update(is_published=True, withdrawn_among_many=False)


def withdraw(rows):
    """Withdraw cities. Several that are all of a state's are many, too."""
    are_many = len(rows) > MOST_UNASKED
    for some in _keys(rows):
        City.objects.filter(pk__in=some).update(is_published=False, withdrawn_among_many=are_many)
    if 1 < len(rows) <= MOST_UNASKED:
        left = City.objects.filter(state=OuterRef("state"), is_published=True)
        last = City.objects.filter(~Exists(left), pk__in=[city.pk for city in rows])
        last.update(withdrawn_among_many=True)


def _keys(rows):
    return batched((city.pk for city in rows), BATCH)
