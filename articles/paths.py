"""Addresses of texts that are no pages, or no longer."""

from django.urls import reverse

from articles.models import Article, FormerSlug
from therapydir.pages.paths import Gone, Missing, Moved


def list_path(number):
    """The path of a page of the list of articles, of which the first is 1."""
    return reverse("articles:list") if number == 1 else reverse("articles:list_page", args=[number])


def text_at(section, slug):
    """The published text of that section at that slug.

    Raises `Moved` for a slug or a section it once had, `Gone` for one that was withdrawn or has expired,
    `Missing` otherwise.
    """
    texts = Article.objects
    text = texts.published().filter(slug=slug).first()
    if text and text.section == section:
        return text
    if text:
        raise Moved(text.get_absolute_url())
    lost = texts.filter(former_slugs__slug=slug).first() or texts.filter(slug=slug).first()
    if lost and lost.is_visible:
        raise Moved(lost.get_absolute_url())
    if lost and _is_gone(lost):
        raise Gone("It is no longer offered here.")
    raise Missing("There is no article at this address.")


def is_gone_without(redirect):
    """Whether a withdrawn text answers at an old address once that is removed."""
    text = Article.objects.filter(slug=redirect.slug).first()
    return text is not None and _is_gone(text)


def _is_gone(text):
    # Postponed, or a draft again, is not gone: only an editor says that, by withdrawing it or by its end.
    return text.was_visible and (text.status == Article.Status.WITHDRAWN or text.has_expired)


def other_paths():
    """The paths of all texts in every section, published or not, under every slug that they had.

    A path may be a page all the same, or nothing.
    """
    slugs = {*Article.objects.values_list("slug", flat=True)}
    slugs.update(FormerSlug.objects.values_list("slug", flat=True))
    for slug in sorted(slugs):
        for name in ("articles:detail", "articles:about_page"):
            yield reverse(name, args=[slug])
