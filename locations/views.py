"""The directory, its states and its cities, and the search for them."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from locations.addresses import city_at, state_at
from locations.models import State
from locations.pages import city_page, directory_page, search_page, state_page
from locations.search import find


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
            "letters": by_first_letter(state.listed_cities),
            "neighbors": state.neighbors.published(),
            "page": state_page(state),
        },
    )


@require_safe
def city_detail(request, state_slug, city_slug):
    """One city's landing page."""
    city = city_at(state_slug, city_slug)
    nearby = list(city.nearby())
    return render(
        request,
        "locations/city_detail.html",
        {
            "city": city,
            "state": city.state,
            "zip_codes": list(city.zip_codes.all()),
            "nearby": nearby,
            "some_are_vague": any(link.is_vague for link in nearby),
            "page": city_page(city, nearby),
        },
    )


@require_safe
def search(request):
    """The places that a query finds."""
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())
    return render(
        request,
        "locations/search.html",
        {"query": query, "found": find(query), "page": search_page(query)},
    )


def by_first_letter(cities):
    """(letter, cities) pairs of cities that are in the order of their names."""
    letters = {}
    for city in cities:
        letters.setdefault(city.sort_key()[0][:1].upper(), []).append(city)
    return list(letters.items())
