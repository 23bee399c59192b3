"""Finds places from what somebody typed."""

import re
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, Value, When

from locations.models import City, State, ZipCode
from therapydir.addresses import slug_for

LONGEST_QUERY = 100  # characters that are looked at
MOST_SHOWN = 50
ZIP_CODE = re.compile(r"\d{5}(?:-\d{4})?")


@dataclass(frozen=True)
class Found:
    """What a query found: published cities, best first, and the ZIP code that it was, if any.

    `zip_code` is a `ZipCode`, or the five digits of one that the directory does not know.
    """

    cities: tuple[City, ...] = ()
    states: tuple[State, ...] = ()
    zip_code: ZipCode | str | None = None


def find(query):
    """The places for a query: a ZIP code, or a city's name with or without its state."""
    query = " ".join(query[:LONGEST_QUERY].split())
    if ZIP_CODE.fullmatch(query):
        return _by_zip_code(query[:5])
    words = slug_for(query)
    if not words:
        return Found()
    return _by_name(words)


def _by_zip_code(digits):
    zip_code = ZipCode.objects.filter(code=digits).first()
    cities = City.objects.published().filter(zip_codes__code=digits).select_related("state")
    return Found(cities=tuple(cities.order_by("name")), zip_code=zip_code or digits)


def _by_name(words):
    states = list(State.objects.published())
    name, state = _without_state(words, states)
    matching = Q(slug__startswith=name) | Q(aliases__slug__startswith=name)
    matching |= Q(slug__contains=f"-{name}") | Q(aliases__slug__contains=f"-{name}")
    cities = City.objects.published().filter(matching).select_related("state")
    if state:
        cities = cities.filter(state=state)
    nearness = Case(
        When(Q(slug=name) | Q(aliases__slug=name), then=Value(0)),
        When(slug__startswith=name, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    ranked = cities.annotate(nearness=nearness).order_by(
        "nearness", F("population").desc(nulls_last=True), "slug", "pk"
    )
    best = {}
    for city in ranked[: 2 * MOST_SHOWN]:
        best.setdefault(city.pk, city)  # an alias may find it again
    named = tuple(state for state in states if words in (state.slug, state.code.lower()))
    return Found(cities=tuple(best.values())[:MOST_SHOWN], states=named)


def _without_state(words, states):
    """The words without the state's name or USPS code at their end, and the state or None."""
    for state in states:
        for ending in (f"-{state.slug}", f"-{state.code.lower()}"):
            if words.endswith(ending):
                return words.removesuffix(ending), state
    return words, None
