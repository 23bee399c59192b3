"""One search box for everything: places, ZIP codes, topics, and what is near a visitor."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.alarms import help_for
from articles.models import WarningSign
from articles.topics import current_topics
from locations.distance import in_miles
from locations.heads import search_page
from locations.nearby import around
from locations.search.finding import begun, find
from locations.search.query import read
from therapydir.pages.parameters import reads
from therapydir.pages.words import words_of

NEARBY_SHOWN = 10
MOST_SUGGESTED = 8
LONGEST_SHOWN = 100  # characters of a query that are repeated to the visitor
NEAR = re.compile(r"(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)")
CALL_988 = WarningSign.Urgency.CALL_988
DECIMALS = 2  # of a visitor's position: about a kilometer


@dataclass(frozen=True)
class Position:
    """Where a visitor is: degrees north and east (WGS 84), rounded."""

    latitude: float
    longitude: float

    @classmethod
    def read(cls, text):
        """The position written as «33.84,-117.91», or None."""
        found = NEAR.fullmatch(text.strip())
        if not found:
            return None
        position = cls(*(round(float(number), DECIMALS) for number in found.groups()))
        return position if abs(position.latitude) <= 90 and abs(position.longitude) <= 180 else None


@reads("q", "near", also=["all"])
@require_safe
def search(request):
    """What a query finds; the one page that it certainly means; or the cities near a position."""
    query = _typed(request)
    position = Position.read(request.GET.get("near", "")) if not query else None
    help_first, found, topics = _find(query, current_topics(request))
    if found.certain and not help_first and "all" not in request.GET:
        return _not_indexed(
            HttpResponseRedirect(f"{found.certain.get_absolute_url()}?{urlencode({'q': query})}")
        )
    near = around(position, NEARBY_SHOWN) if position else None
    context = {
        "query": query,
        "found": found,
        "topics": topics,
        "help_first": help_first,
        "around": near,
        "near": near.cities if near else found.near,
        "asks_for_near": _asks_for_near(found),
        "page": search_page(query),
    }
    return _not_indexed(render(request, "search.html", context))


@reads("q")
@require_safe
def suggestions(request):
    """Up to eight pages for what is typed so far, as JSON: `[{"words": …, "path": …, "distance": …}, …]`."""
    query = _typed(request)
    help_first, found, topics = _find(query, current_topics(request), is_begun=True)
    results = f"{reverse('search')}?{urlencode({'q': query, 'all': 1})}"
    rows = [_row(f"Help first: {urgency.label.lower()}", results) for urgency, _ in help_first]
    states = [_row(found.state.full_name, found.state.get_absolute_url())] if found.state else []
    places = [_row(city.full_name, city.get_absolute_url()) for city in found.cities]
    places += [_row(city.full_name, city.get_absolute_url(), in_miles(miles)) for miles, city in found.near]
    places += [
        _row(str(county), f"{county.state.get_absolute_url()}#{county.anchor}")
        for county, _ in found.counties
    ]
    rows += [*states, *places] if found.is_state_first else [*places, *states]
    rows += [
        _row(unlisted.place.full_name, f"{reverse('search')}?{urlencode({'q': unlisted.place.query})}")
        for unlisted in found.unlisted
    ]
    rows += [_row(topic.title, topic.path) for topic in topics]
    return _not_indexed(JsonResponse(rows[:MOST_SUGGESTED], safe=False))


def _asks_for_near(found):
    """Whether somebody typed «near me» and no place: a button of the form is what helps."""
    words = set(found.query.words)
    return (
        bool(words & {"near", "nearby", "nearest", "closest"}) and not found.has_place and not found.zip_code
    )


def _row(words, path, distance=""):
    return {"words": words, "path": path, "distance": distance}


def _typed(request):
    return " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST_SHOWN]


def _find(query, topics, *, is_begun=False):
    """What must be said first, the `Found` places for a query, and those of the `Topics` that it means."""
    words = words_of(query)
    help_first = help_for(words)
    asked = read(query).words
    topic_words = frozenset(word for word in asked if topics.meant(word))
    found = begun(query, topic_words) if is_begun else find(query, topic_words)
    if found.elsewhere or (found.zip_code and not found.rest):
        return help_first, found, []
    if found.certain and not is_begun:
        return help_first, found, []
    if CALL_988 in dict(help_first):  # whoever wants to die looks for no article
        return help_first, found, []
    return help_first, found, topics.find(found.rest if found.has_place and not found.is_topic else asked)


def _not_indexed(response):
    response["X-Robots-Tag"] = "noindex"
    return response
