"""What the sitemap says of the articles."""

from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from articles.models import Article


class ArticleSitemap(Sitemap):
    """The articles, the list of them, and the pages about the site.

    `directory_changed_at` is when the directory that follows the explainer last changed: the
    explainer's page then changed with it.
    """

    def __init__(self, directory_changed_at=None):
        self.directory_changed_at = directory_changed_at

    def items(self):
        return [None, *Article.objects.published()]

    def location(self, article):
        return article.get_absolute_url() if article else reverse("articles:list")

    def lastmod(self, article):
        if article is None:
            return list_changed_at()
        dates = [article.updated_at, article.is_explainer and self.directory_changed_at]
        return max(filter(None, dates))


def list_changed_at():
    """When the list of published articles last changed, by an edit or by a date that came."""
    seen = (
        Article.objects.articles()
        .filter(published_at__lte=timezone.now())
        .exclude(status=Article.Status.DRAFT)
    )
    newest = seen.aggregate(edit=Max("listing_changed_at"), publication=Max("published_at"))
    return max(filter(None, newest.values()), default=None)
