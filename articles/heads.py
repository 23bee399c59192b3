"""The heads of texts, of their list and of the decision guide."""

from dataclasses import replace

from django.conf import settings
from django.urls import reverse

from articles.models import Article
from articles.paths import list_path
from therapydir.derived.stamps import page_changed_at
from therapydir.pages.head import HOME, Crumb, PageMeta, SocialPicture

ARTICLES = Crumb("Articles", "/articles/")
GUIDE = Crumb("Which therapy do you need?", "/which-therapy/")
ANSWERS = {"PT": "Physical Therapy", "OT": "Occupational Therapy", "both": "Both Therapies"}


def article_list_page(number):
    """The `PageMeta` of a page of the list of articles, of which the first is 1."""
    page = PageMeta(
        title="Articles on Occupational and Physical Therapy",
        description=(
            "Plain-language articles on occupational and physical therapy: what each one does, "
            "how they differ, and how to tell which one you need."
        ),
        path=list_path(1),
        trail=(HOME, ARTICLES),
    )
    if number == 1:
        return page
    return replace(
        page,
        title=f"Articles on OT and PT, Page {number}",
        description=f"Page {number} of all articles: {page.description[0].lower()}{page.description[1:]}",
        path=list_path(number),
        trail=(*page.trail, Crumb(f"Page {number}", list_path(number))),
    )


def article_picture(article):
    """The `SocialPicture` of an article."""
    return SocialPicture("article", article.pk, article.title)


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
        picture=article_picture(article),
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


def about_page(article):
    """The `PageMeta` of a page about the site."""
    crumb = Crumb(article.title, article.get_absolute_url())
    first = Article.objects.published().filter(slug=Article.ABOUT_SLUG).exclude(pk=article.pk).first()
    above = (HOME, Crumb(first.title, first.get_absolute_url())) if first else (HOME,)
    return PageMeta(
        title=article.short_title,
        description=article.summary,
        path=article.get_absolute_url(),
        changed_at=article.updated_at,
        trail=(*above, crumb),
    )


def guide_page(answer, warnings, asked, state):
    """The `PageMeta` of the decision guide; of its answers, which nobody else should be shown.

    `answer` and `warnings` are what is answered, `asked` whether anything was asked, `state` the
    slug of the visitor's state, or empty.
    """
    page = PageMeta(
        title="Which Therapy Do You Need: OT, PT or Both?",
        description=(
            "Tick what is hard for you now, in plain words, and see whether it points to occupational "
            "therapy, physical therapy or both, and why. No account needed."
        ),
        path=reverse("articles:guide"),
        changed_at=page_changed_at("guide"),
        trail=(HOME, GUIDE),
    )
    if not asked:
        return replace(page, is_indexable=not state)
    if warnings:
        title = f"{warnings[0].get_urgency_display()} | Which Therapy?"
    elif answer and answer.is_doctor_first:
        title = "Your Doctor First | Which Therapy?"
    elif answer:
        title = f"Likely {ANSWERS[answer.likely]} | Which Therapy?"
    else:
        title = "Nothing Ticked Yet | Which Therapy?"
    return replace(page, title=title, is_indexable=False)
