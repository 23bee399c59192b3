"""Which pages of cities are offered to search engines; nobody else decides that.

With INDEX_EMPTY_CITIES all are; else not those on which nobody is listed and an editor wrote nothing.
"""

from django.conf import settings
from django.db.models import Q

from locations.brought import where_somebody_is


def offered(cities):
    """Those of a queryset of published cities whose pages are offered."""
    return cities if settings.INDEX_EMPTY_CITIES else cities.filter(~Q(intro="") | where_somebody_is())


def kept_back(cities):
    """The others of that queryset."""
    if settings.INDEX_EMPTY_CITIES:
        return cities.none()
    return cities.filter(intro="").exclude(where_somebody_is())


def is_offered(own, brought):
    """The same for one page, given the `Own` and the `Brought` of its city."""
    return settings.INDEX_EMPTY_CITIES or bool(own.intro) or not brought.is_empty
