"""The head of an article's page."""

from dataclasses import replace

from django.conf import settings

from therapydir.pages import HOME, Crumb, PageMeta

ARTICLES = Crumb("Articles", "/articles/")


def article_page(article):
    """The `PageMeta` of an article."""
    trail = (HOME, ARTICLES, Crumb(article.title, article.get_absolute_url()))
    page = PageMeta(
        title=article.short_title,
        description=article.summary,
        path=article.get_absolute_url(),
        changed_at=article.updated_at,
        published_at=article.published_at,
        trail=trail,
        kind="article",
    )
    publisher = {"@type": "Organization", "name": settings.SITE_NAME, "url": f"{settings.SITE_URL}/"}
    facts = {
        "@type": ["Article", "MedicalWebPage"],
        "headline": article.title,
        "description": article.summary,
        "url": page.canonical,
        "datePublished": article.published_at.isoformat(),
        "dateModified": article.updated_at.isoformat(),
        "author": publisher,
        "publisher": publisher,
        "inLanguage": "en-US",
    }
    if article.reviewed_by:
        facts["reviewedBy"] = {"@type": "Person", "name": article.reviewed_by}
        facts["lastReviewed"] = article.reviewed_at.isoformat()
    return replace(page, structured=(facts,))
