"""The Atom feed of articles."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from articles.models import Article
from therapydir.pages.words import without_controls

NEWEST = 20


class ArticleFeed(Feed):
    """The newest articles, each with the day its words last changed."""

    feed_type = Atom1Feed
    title = f"{settings.SITE_NAME}: articles on occupational and physical therapy"
    subtitle = "What each therapy does, how they differ, and how to tell which one you need."
    author_name = settings.SITE_NAME

    def link(self):
        return reverse("articles:list")

    def items(self):
        return Article.objects.published().articles().order_by("-published_at")[:NEWEST]

    def item_title(self, article):
        return without_controls(article.title)  # the feed escapes it, and Feed would do so once more

    def item_description(self, article):
        return escape(without_controls(article.summary))  # Atom calls it HTML

    def item_guid(self, article):
        # Stays the same when the address changes, so that readers do not see it as new.
        return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:article-{article.pk}"

    def item_pubdate(self, article):
        return article.published_at

    def item_updateddate(self, article):
        return article.updated_at
