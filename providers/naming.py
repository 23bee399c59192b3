"""Makes the name of a post office another name of the city that lists its records, where that is sure."""

from django.core.exceptions import ValidationError

from locations.models import CityAlias
from locations.models.names import PlaceName
from locations.search.names import keys_of
from providers.models import Placed
from therapydir.pages.words import words_of


def add_aliases(records):
    """Add another name, not shown, to the cities of those records that are placed by their ZIP code alone.

    Returns (the `CityAlias`es that were added, a sentence for each name that was not and why).
    """
    rows = records.order_by("post_city").exclude(city=None).select_related("city__state")
    added, refused, seen = [], [], set()
    for record in rows:
        if (pair := (record.city_id, record.post_city)) in seen:
            continue
        seen.add(pair)
        if reason := _why_not(record):
            refused.append(f"{record.post_city}: {reason}")
            continue
        alias = CityAlias(city=record.city, name=record.post_city, is_shown=False)
        try:
            alias.full_clean()
        except ValidationError as error:
            refused.append(f"{record.post_city}: {' '.join(error.messages)}")
            continue
        alias.save()
        added.append(alias)
    return added, refused


def _why_not(record):
    """Why the name of a record's post office does not become another name of its city, or ""."""
    if record.placed != Placed.ZIP_CODE:
        return "only where the ZIP code alone told the city is it sure that the name means it."
    state, keys = record.city.state, keys_of(words_of(record.post_city))
    names = PlaceName.objects.filter(key__in=keys, kind=PlaceName.Kind.WHOLE)
    if names.filter(other__state=state).exists():
        return f"that is another place in {state}."
    if other := names.filter(city__state=state).exclude(city=record.city).select_related("city").first():
        return f"that leads to {other.city.name} already."
    return ""
