"""The directory, its states and its cities."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from locations.addresses import city_at, state_at
from locations.freshness import with_facts
from locations.models import State
from locations.pages import city_page, directory_page, state_page
from locations.query import LONGEST_QUERY


@require_safe
def index(request):
    """Every state and every city on one page."""
    states = list(State.objects.published().with_cities())
    return render(request, "locations/index.html", {"states": states, "page": directory_page(states)})


@require_safe
def state_detail(request, state_slug):
    """One state and all its cities."""
    state = state_at(state_slug)
    return render(
        request,
        "locations/state_detail.html",
        {
            "state": state,
            "looked_for": looked_for(request),
            "letters": by_first_letter(state.listed_cities),
            "neighbors": state.neighbors.published(),
            "rules": state.rules.all(),
            "page": state_page(state),
        },
    )


@require_safe
def city_detail(request, state_slug, city_slug):
    """One city's landing page."""
    [city] = with_facts([city_at(state_slug, city_slug)])
    links = city.nearby()
    nearby = [link for link in links if not link.is_big]
    return render(
        request,
        "locations/city_detail.html",
        {
            "city": city,
            "looked_for": looked_for(request),
            "state": city.state,
            "rules": city.state.rules.all(),
            "nearby": nearby,
            "big_cities": [link for link in links if link.is_big],
            "some_are_vague": any(link.is_vague for link in nearby),
            "page": city_page(city, nearby),
        },
    )


def looked_for(request):
    """What somebody typed whom the search led to this page, or ""."""
    return " ".join(request.GET.get("q", "").split())[:LONGEST_QUERY]


def by_first_letter(cities):
    """(letter, cities) pairs of cities that are in the order of their names."""
    letters = {}
    for city in cities:
        letters.setdefault(city.sort_key()[0][:1].upper(), []).append(city)
    return list(letters.items())
