"""What the sitemap says of the directory."""

from django.contrib.sitemaps import Sitemap
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.functional import cached_property

from locations.city_lists import is_split
from locations.directory import directory_changed_at
from locations.models import City, State


class DirectorySitemap(Sitemap):
    """The directory and the states."""

    def items(self):
        return [None, *State.objects.published()]

    def location(self, state):
        return state.get_absolute_url() if state else reverse("locations:index")

    def lastmod(self, state):
        return state.content_changed_at if state else directory_changed_at()


class LetterSitemap(Sitemap):
    """The first letters of the cities of states that have too many cities for one page."""

    def __init__(self, states):
        self.states = {state.pk: state for state in states}

    @cached_property
    def letters(self):
        """(state, first letter) pairs; asked for once, though the list of sitemaps wants them twice."""
        cities = City.objects.published().filter(state__in=self.states).annotate(letter=Substr("slug", 1, 1))
        return list(cities.order_by("state", "letter").values_list("state", "letter").distinct())

    def items(self):
        return self.letters

    def location(self, item):
        state, letter = item
        return self.states[state].letter_path(letter)

    def lastmod(self, item):
        return self.states[item[0]].listing_changed_at


class CitySitemap(Sitemap):
    """The cities of one state, which is given with its `city_count` and their `newest` change."""

    limit = 50_000

    def __init__(self, state):
        self.state = state

    def items(self):
        cities = City.objects.published().filter(state=self.state).select_related("state")
        return cities.only("slug", "content_changed_at", "state__slug").order_by("slug")

    def lastmod(self, city):
        return city.content_changed_at

    def get_latest_lastmod(self):
        return self.state.newest

    @property
    def paginator(self):
        paginator = super().paginator
        paginator.count = self.state.city_count  # for the list of sitemaps, without a query for each
        return paginator


def sitemaps():
    """The directory's sitemaps by section: one for the states, one of cities for each state."""
    states = State.objects.published().with_city_count().with_newest_change()
    split = [state for state in states if is_split(state.city_count)]
    letters = {"letters": LetterSitemap(split)} if split else {}
    return {
        "states": DirectorySitemap,
        **letters,
        **{f"cities-{state.slug}": CitySitemap(state) for state in states},
    }
