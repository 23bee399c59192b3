"""What an address below /locations/ leads to, and how an old one goes on leading there."""

from collections import defaultdict

from django.urls import reverse

from locations.models import City, CityAlias, CityRedirect, State, StateRedirect
from therapydir.pages.paths import Gone, Missing, Moved


def state_at(state_slug):
    """The published state at that address.

    Raises `Moved` for a slug it once had, `Gone` for a withdrawn state, `Missing` otherwise.
    """
    state = _any_state(state_slug)
    _require_visible(state)
    if state.slug != state_slug:
        raise Moved(state.get_absolute_url())
    return state


def city_at(state_slug, city_slug):
    """The published city at that address, with its state.

    Raises `Moved` for another name or a slug it once had, `Gone` for a withdrawn city,
    `Missing` otherwise.
    """
    cities = City.objects.published().select_related("state")
    city = cities.filter(state__slug=state_slug, slug=city_slug).first()
    if city:
        return city
    state = _any_state(state_slug)
    place = _any_place(state, city_slug)
    if place is None:
        instead = [(state.get_absolute_url(), f"All cities in {state.name}")] if state.is_visible else []
        raise Missing(f"There is no such city in {state.name}.", instead)
    _require_visible(place)
    raise Moved(place.get_absolute_url())


def _any_state(slug):
    state = State.objects.filter(slug=slug).first()
    if state is None or not state.is_visible:
        former = StateRedirect.objects.filter(slug=slug).select_related("state").first()
        state = former.state if former else state
    if state is None:
        raise Missing("There is no such state in the directory.")
    return state


def _any_place(state, slug):
    """The city, or the state itself, that a slug below the state means; None if nothing.

    A page that shows comes first, then names, then old addresses, then a page that does not show.
    """
    city = state.cities.select_related("state").filter(slug=slug).first()
    if city and city.is_visible:
        return city
    # A name that two cities share leads to neither: better no answer than a wrong one.
    aliases = CityAlias.objects.filter(city__state=state, slug=slug).select_related("city__state")[:2]
    if len(aliases) == 1:
        return aliases[0].city
    redirect = CityRedirect.objects.filter(state=state, slug=slug).select_related("city__state").first()
    if redirect:
        return redirect.city or state
    return city


def _require_visible(place):
    if place.is_visible:
        return
    state = place.state if isinstance(place, City) else place
    instead = [(state.get_absolute_url(), f"All cities in {state.name}")] if state.is_visible else []
    if place.was_visible:
        raise Gone(f"There is no longer a page about {place.name}.", instead)
    raise Missing("There is no such page in the directory.", instead)


def is_gone_without(redirect):
    """Whether a withdrawn page answers at an old address of a state or a city once that is removed."""
    pages = State.objects.filter(slug=redirect.slug)
    if isinstance(redirect, CityRedirect):
        pages = City.objects.filter(state=redirect.state_id, slug=redirect.slug).select_related("state")
    page = pages.first()
    return page is not None and page.was_visible


def other_paths():
    """The paths of all states and cities, published or not, under every name and slug that they had.

    A path may be a page all the same, or nothing.
    """
    below = defaultdict(set)
    for rows in (
        City.objects.values_list("state", "slug"),
        CityAlias.objects.values_list("city__state", "slug"),
        CityRedirect.objects.values_list("state", "slug"),
    ):
        for state, slug in rows:
            below[state].add(slug)
    slugs = [*State.objects.values_list("pk", "slug"), *StateRedirect.objects.values_list("state", "slug")]
    for state, state_slug in slugs:
        yield reverse("locations:state", args=[state_slug])
        for slug in sorted(below[state]):
            yield reverse("locations:city", args=[state_slug, slug])
