"""What the sitemap says of lists: a section for each state that has long ones."""

from django.contrib.sitemaps import Sitemap

from providers.models import ListPage


class ListSitemap(Sitemap):
    """The pages of lists of one state."""

    limit = 50_000

    def __init__(self, state_slug):
        self.state_slug = state_slug

    def items(self):
        pages = ListPage.objects.shown().filter(city__state__slug=self.state_slug)
        return pages.order_by("city__slug", "slug", "number")

    def lastmod(self, page):
        return page.content_changed_at


def sitemaps():
    """The sitemaps of lists by section."""
    slugs = ListPage.objects.shown().order_by().values_list("city__state__slug", flat=True).distinct()
    return {f"lists-{slug}": ListSitemap(slug) for slug in sorted(slugs)}
