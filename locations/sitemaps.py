"""What the sitemap says of the directory."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from locations.freshness import directory_changed_at
from locations.models import City, State


class DirectorySitemap(Sitemap):
    """The directory and the states."""

    def items(self):
        return [None, *State.objects.published()]

    def location(self, state):
        return state.get_absolute_url() if state else reverse("locations:index")

    def lastmod(self, state):
        return state.content_changed_at if state else directory_changed_at()


class CitySitemap(Sitemap):
    """The cities of one state."""

    limit = 50_000

    def __init__(self, state):
        self.state = state

    def items(self):
        return City.objects.published().filter(state=self.state).select_related("state").order_by("slug")

    def lastmod(self, city):
        return city.content_changed_at


def sitemaps():
    """The directory's sitemaps by section: one for the states, one of cities for each state."""
    cities = {f"cities-{state.slug}": CitySitemap(state) for state in State.objects.published()}
    return {"states": DirectorySitemap, **cities}
