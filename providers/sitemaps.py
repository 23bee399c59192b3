"""What the sitemap says of lists: a section for each state that has long ones."""

from django.contrib.sitemaps import Sitemap
from django.db.models import F, OuterRef, Subquery, Sum
from django.utils.functional import cached_property

from locations.models import City
from providers.models import CityList, ListPage
from providers.models.lists import AT_FIRST, PER_PAGE, list_path

STATE = "city__state__slug"


class _Newest:
    """When the newest page of lists of each state changed: read in one query, and only if asked for."""

    @cached_property
    def by_state(self):
        pages = ListPage.objects.filter(city=OuterRef("pk")).order_by("-content_changed_at")
        newest = Subquery(pages.values("content_changed_at")[:1])  # of an index, for each city
        rows = City.objects.published().annotate(newest=newest).exclude(newest=None).order_by("newest")
        return dict(rows.values_list("state__slug", "newest"))


class ListSitemap(Sitemap):
    """The pages of lists of one state, which are so many."""

    limit = 50_000

    def __init__(self, state_slug, count, newest):
        self.state_slug, self.count, self.newest = state_slug, count, newest

    def items(self):
        pages = ListPage.objects.filter(city__in=City.objects.published(), city__state__slug=self.state_slug)
        return pages.order_by("city__slug", "slug", "number").values_list(
            STATE, "city__slug", "slug", "number", "content_changed_at"
        )

    def location(self, page):
        *place, _ = page
        return list_path(*place)

    def lastmod(self, page):
        return page[-1]

    def get_latest_lastmod(self):
        return self.newest.by_state.get(self.state_slug)

    @property
    def paginator(self):
        paginator = super().paginator
        paginator.count = self.count  # for the list of sitemaps, without a query for each
        return paginator


def sitemaps():
    """The sitemaps of lists by section."""
    long = CityList.objects.filter(count__gt=AT_FIRST, city__in=City.objects.published()).order_by()
    counts = long.values_list(STATE).annotate(pages=Sum((F("count") + PER_PAGE - 1) / PER_PAGE))
    newest = _Newest()
    return {f"lists-{slug}": ListSitemap(slug, count, newest) for slug, count in sorted(counts)}
