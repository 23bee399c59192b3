"""One search box for everything: places, ZIP codes, topics, and what is near a visitor."""

import re
from dataclasses import dataclass, replace
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
from locations.search.found import Found
from locations.search.query import read
from providers.answers import way_on, who_is_in
from providers.asked import Asked, whom
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


@dataclass(frozen=True)
class Answer:
    """What a query finds: what must be said first, the `Found` places, who is asked for, and topics."""

    help_first: list
    found: Found
    asked: Asked
    topics: list


@reads("q", "near", also=["all"])
@require_safe
def search(request):
    """What a query finds; the one page that it certainly means; or the cities near a position."""
    query = _typed(request)
    position = Position.read(request.GET.get("near", "")) if not query else None
    answer = _answer(query, current_topics(request))
    found = answer.found
    if not answer.help_first and "all" not in request.GET and (path := _way_on(found, answer.asked)):
        return _not_indexed(HttpResponseRedirect(_with_query(path, query)))
    around_here = around(position, NEARBY_SHOWN) if position else None
    near = around_here.cities if around_here else found.near
    context = {
        "query": query,
        "found": found,
        "topics": answer.topics,
        "help_first": answer.help_first,
        "around": around_here,
        "near": near,
        "who": who_is_in([*found.every_city, *(city for _, city in near)], answer.asked),
        "asks_for_near": _asks_for_near(found, answer.asked),
        "page": search_page(query),
    }
    return _not_indexed(render(request, "search.html", context))


@reads("q")
@require_safe
def suggestions(request):
    """Up to eight pages for what is typed so far, as JSON: lists that are asked for, places, topics.

    `[{"words": …, "path": …, "distance": …, "who": …}, …]`; `who` says who is there, or how many.
    """
    query = _typed(request)
    answer = _answer(query, current_topics(request), is_begun=True)
    found = answer.found
    results = f"{reverse('search')}?{urlencode({'q': query, 'all': 1})}"
    rows = [_row(f"Help first: {urgency.label.lower()}", results) for urgency, _ in answer.help_first]
    who = who_is_in([*found.cities, *(city for _, city in found.near)], answer.asked)
    if found.cities and not found.is_topic:
        rows += [_row(one.title, one.path, who=f"{one.count:,}") for one in who[found.cities[0].pk].lists]
    states = [_row(found.state.full_name, found.state.get_absolute_url())] if found.state else []
    places = [_row_of(city, who) for city in found.cities]
    places += [_row_of(city, who, in_miles(miles)) for miles, city in found.near]
    places += [
        _row(str(county), f"{county.state.get_absolute_url()}#{county.anchor}")
        for county, _ in found.counties
    ]
    rows += [*states, *places] if found.is_state_first else [*places, *states]
    rows += [
        _row(unlisted.place.full_name, f"{reverse('search')}?{urlencode({'q': unlisted.place.query})}")
        for unlisted in found.unlisted
    ]
    rows += [_row(topic.title, topic.path) for topic in answer.topics]
    return _not_indexed(JsonResponse(rows[:MOST_SUGGESTED], safe=False))


def _asks_for_near(found, asked):
    """Whether somebody typed «near me», or whom they look for, and no place: a button of the form helps."""
    if found.has_place or found.zip_code:
        return False
    return bool(set(found.query.words) & {"near", "nearby", "nearest", "closest"}) or _names_somebody(asked)


def _names_somebody(asked):
    return bool(asked.lists) and not (asked.is_topic or asked.is_vague)


def _row(words, path, distance="", who=""):
    return {"words": words, "path": path, "distance": distance, "who": who}


def _row_of(city, who, distance=""):
    return _row(city.full_name, city.get_absolute_url(), distance, who[city.pk].in_short)


def _typed(request):
    return " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST_SHOWN]


def _with_query(path, query):
    """The path, with what was typed, which the page there then repeats."""
    address, hash_sign, place = path.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'q': query})}{hash_sign}{place}"


def _answer(query, topics, *, is_begun=False):
    """The `Answer` to a query, with those of the `Topics` that it means."""
    help_first = help_for(words_of(query))
    words = read(query).words
    asked = whom(words)
    no_place = asked.words.union(word for word in words if topics.meant(word))
    found = (begun if is_begun else find)(query, no_place, asked.said)
    asked = whom(found.beside)
    answer = Answer(help_first, found, asked, [])
    if found.elsewhere or (found.zip_code and not found.rest) or (found.certain and not is_begun):
        return answer
    if CALL_988 in dict(help_first):  # whoever wants to die looks for no article
        return answer
    return replace(answer, topics=topics.find(_told(found, words)))


def _way_on(found, asked):
    """The path of the one page that is meant beyond doubt, or ""."""
    return way_on(found, asked) or (found.certain.get_absolute_url() if found.certain else "")


def _told(found, words):
    """The words that may tell a topic: beside a place, those that say something else."""
    return found.rest if found.has_place and not found.is_topic else words


def _not_indexed(response):
    response["X-Robots-Tag"] = "noindex"
    return response
