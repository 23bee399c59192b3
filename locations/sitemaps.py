"""What the sitemap says of the directory."""

from django.contrib.sitemaps import Sitemap
from django.db.models import Count, Max
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.functional import cached_property

from locations.city_lists import is_split
from locations.directory import directory_changed_at
from locations.models import City, State
from locations.offering import offered


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
    """The cities of one state that are offered: so many, of which the `newest` changed then."""

    limit = 50_000

    def __init__(self, state, count, newest):
        self.state, self.count, self.newest = state, count, newest

    def items(self):
        cities = offered(City.objects.published().filter(state=self.state)).select_related("state")
        return cities.only("slug", "content_changed_at", "state__slug").order_by("slug")

    def lastmod(self, city):
        return city.content_changed_at

    def get_latest_lastmod(self):
        return self.newest

    @property
    def paginator(self):
        paginator = super().paginator
        paginator.count = self.count  # for the list of sitemaps, without a query for each
        return paginator


def sitemaps():
    """The directory's sitemaps by section: one for the states, one of cities for each state."""
    states = State.objects.published().with_city_count()
    cities = offered(City.objects.published()).order_by().values_list("state")
    figures = {pk: numbers for pk, *numbers in cities.annotate(Count("pk"), Max("content_changed_at"))}
    split = [state for state in states if is_split(state.city_count)]
    letters = {"letters": LetterSitemap(split)} if split else {}
    return {
        "states": DirectorySitemap,
        **letters,
        **{f"cities-{state.slug}": CitySitemap(state, *figures.get(state.pk, (0, None))) for state in states},
    }
