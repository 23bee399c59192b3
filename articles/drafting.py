"""Writing in private: drafts of texts, and how they are shown to who has no account."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.core import signing
from django.forms import modelform_factory
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from articles.forms import ArticleForm
from articles.heads import about_page, article_page
from articles.models import Article, Draft
from therapydir.pages.previewing import private
from therapydir.unsaved.open_forms import as_data

SALT = "articles.preview"
SHOWN_FOR = timedelta(days=7)  # by a link
WRITTEN = (
    *("section", "position", "title", "short_title", "slug", "summary", "body", "published_at", "expires_at"),
    *("reviewed_by", "reviewed_at", "is_explainer"),
)  # the fields of a text that a draft has
UNNAMED = "not-named-yet"  # the slug of a text that has none


def draft_of(article, number=""):
    """The `Draft` of a text; of one that was never saved, the one with that number. None if there is none."""
    if article is not None:
        return Draft.objects.filter(article=article).first()
    return Draft.objects.filter(article=None, pk=number).first() if number.isdecimal() else None


def save_draft(form, article, who):
    """Save what stands in an `ArticleForm`, sound or not; gives the `Draft`."""
    draft = form.draft or Draft(article=article)
    draft.fields = form.to_be_drafted()
    draft.title = (form.cleaned_data.get("title") or form["title"].data or "").strip()[:200]
    draft.author, draft.changed_at = who, timezone.now()
    draft.save()
    return draft


def preview_token(record):
    """The end of a link that shows a `Draft`, or an `Article` that is not live, for `SHOWN_FOR`."""
    until = (timezone.now() + SHOWN_FOR).isoformat(timespec="minutes")
    return signing.dumps([record._meta.model_name, record.pk, until], salt=SALT, compress=True)


def read_token(token):
    """(the `Draft` or `Article`, until when the link shows it); (None, None) if it shows nothing any more."""
    try:
        kind, pk, until = signing.loads(token, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None, None
    until = datetime.fromisoformat(until)
    model = {"draft": Draft, "article": Article}[kind]
    return (model.objects.filter(pk=pk).first(), until) if until > timezone.now() else (None, None)


def day_of(moment):
    return date_format(localtime(moment), "MONTH_DAY_FORMAT")


def preview(request, article, note):
    """The page of a text as visitors would see it, whatever its standing, with a note above that says so."""
    article.published_at = article.published_at or timezone.now()
    article.slug = article.slug or UNNAMED
    article.title = article.title or "Untitled"
    is_about = article.section == Article.Section.ABOUT
    page = about_page(article) if is_about else article_page(article)
    page = replace(page, title=f"Preview: {article.title}", is_indexable=False, structured=())
    request.preview_note = note
    template = "articles/about.html" if is_about else "articles/article_detail.html"
    return private(render(request, template, {"article": article, "page": page}))


def drafted_text(draft):
    """The `Article` that a draft would be, not saved; what is unsound in it is left as it was."""
    form = form_of(draft)
    form.full_clean()
    return form.drafted()


def form_of(draft):
    """The `ArticleForm` with all that stands in a draft, as it is checked before it is published."""
    made = modelform_factory(Article, form=ArticleForm, fields=WRITTEN)
    form = made(as_data(draft.fields), instance=draft.article)
    form.is_draft = form.is_only_shown = True
    return form
