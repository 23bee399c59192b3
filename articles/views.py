"""The articles, the pages about the site, and the decision guide."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.drafting import day_of, drafted_text, read_token
from articles.drafting import preview as render_preview
from articles.guide import answer_for, in_groups, most_urgent_first, sources_of
from articles.heads import about_page, article_list_page, article_page, guide_page
from articles.models import Article, Concern, WarningSign
from articles.paths import list_path, text_at
from therapydir.pages.parameters import reads
from therapydir.pages.paths import Missing, Moved
from therapydir.pages.previewing import private


@require_safe
def article_list(request, number=1):
    """The published articles; so many on a page, and the others on further pages."""
    articles = Article.objects.on_pages()
    if number not in articles.page_range:
        raise Missing("The list of articles has no such page.", [(list_path(1), "Articles")])
    if request.path_info != list_path(number):
        raise Moved(list_path(number))
    return render(
        request,
        "articles/article_list.html",
        {
            "articles": articles.page(number),
            "pages": [(other, list_path(other)) for other in articles.page_range],
            "page": article_list_page(number),
        },
    )


@require_safe
def article_detail(request, slug):
    """One article; the explainer is followed by the whole directory."""
    article = text_at(Article.Section.ARTICLES, slug)
    return render(
        request, "articles/article_detail.html", {"article": article, "page": article_page(article)}
    )


@require_safe
def about(request, slug=Article.ABOUT_SLUG):
    """One page about the site, with what only its owner can say."""
    article = text_at(Article.Section.ABOUT, slug)
    if request.path_info != article.get_absolute_url():
        raise Moved(article.get_absolute_url())
    return render(
        request,
        "articles/about.html",
        {"article": article, "page": about_page(article)},
    )


@require_safe
def preview(request, token):
    """What is being written, for who has the link to it and no account; kept and listed nowhere."""
    record, until = read_token(token)
    if record is None or getattr(record, "status", None) == Article.Status.WITHDRAWN:
        raise Missing("This link shows nothing any more: ask who gave it to you for another.")
    if isinstance(record, Article) and record.is_visible:
        return private(HttpResponseRedirect(record.get_absolute_url()))
    article = record if isinstance(record, Article) else drafted_text(record)
    note = f"This is a draft, not the site: whoever has this link sees it, until {day_of(until)}."
    return render_preview(request, article, note)


@reads("tick", "sign", "show", also=["state"])
@require_safe
def guide(request):
    """What is hard, as lines to tick; with ticks in the query string, what they point to."""
    concerns, signs = Concern.objects.published(), WarningSign.objects.published()
    asked = request.GET.keys() & {"tick", "sign", "show"}
    ticks, ticked_signs = request.GET.getlist("tick"), request.GET.getlist("sign")
    state = request.GET.get("state", "")
    ticked = [concern for concern in concerns if concern.slug in ticks]
    answer = answer_for(ticked, asked=len(concerns))
    warnings = most_urgent_first(sign for sign in signs if sign.slug in ticked_signs)
    explainer = Article.objects.explainer() if answer else None
    for concern in ticked:
        concern.read_more = explainer and explainer.path_of(concern.section)
    return render(
        request,
        "articles/guide.html",
        {
            "asked": asked,
            "answer": answer,
            "warnings": warnings,
            "is_emergency": any(sign.is_emergency for sign in warnings),
            "without_signs": "?" + urlencode({"tick": ticks, "state": state}, doseq=True),
            "signs": signs,
            "sources": sources_of(signs),
            "groups": in_groups(concerns),
            "ticks": {*ticks, *ticked_signs},
            "state_slug": state,
            "page": guide_page(answer, warnings, asked, state),
        },
    )
