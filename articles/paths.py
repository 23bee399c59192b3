"""Addresses of texts that are no pages, or no longer."""

from django.urls import reverse

from articles.models import Article, FormerSlug


def list_path(number):
    """The path of a page of the list of articles, of which the first is 1."""
    return reverse("articles:list") if number == 1 else reverse("articles:list_page", args=[number])


def other_paths():
    """The paths of all texts in every section, published or not, under every slug that they had.

    A path may be a page all the same, or nothing.
    """
    slugs = {*Article.objects.values_list("slug", flat=True)}
    slugs.update(FormerSlug.objects.values_list("slug", flat=True))
    for slug in sorted(slugs):
        for name in ("articles:detail", "articles:about_page"):
            yield reverse(name, args=[slug])
