"""What the sitemap says of the articles."""

from django.contrib.sitemaps import Sitemap
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.functional import cached_property

from articles.models import Article
from articles.paths import list_path


class ArticleSitemap(Sitemap):
    """The articles, the list of them, and the pages about the site.

    `directory_changed_at` is when the directory that follows the explainer last changed: the
    explainer's page then changed with it.
    """

    def __init__(self, directory_changed_at=None):
        self.directory_changed_at = directory_changed_at

    def items(self):
        """The numbers of the list's pages, and the texts."""
        return [*Article.objects.on_pages().page_range, *Article.objects.published().defer("body")]

    def location(self, item):
        return list_path(item) if isinstance(item, int) else item.get_absolute_url()

    def lastmod(self, item):
        if isinstance(item, int):
            return self.list_changed_at
        dates = [item.updated_at, item.is_explainer and self.directory_changed_at]
        return max(filter(None, dates))

    @cached_property
    def list_changed_at(self):
        return list_changed_at()


def list_changed_at():
    """When the list of published articles last changed, by an edit or by a date that came."""
    now = timezone.now()
    seen = Article.objects.articles().filter(published_at__lte=now).exclude(status=Article.Status.DRAFT)
    newest = seen.aggregate(
        edit=Max("listing_changed_at"),
        publication=Max("published_at"),
        end=Max("expires_at", filter=Q(expires_at__lte=now)),
    )
    return max(filter(None, newest.values()), default=None)
