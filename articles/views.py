"""The articles and the list of them."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Article
from articles.pages import ARTICLES, article_page
from therapydir.pages import HOME, PageMeta


@require_safe
def article_list(request):
    """Every published article."""
    articles = Article.objects.published()
    page = PageMeta(
        title="Articles on Occupational and Physical Therapy",
        description=(
            "Plain-language articles on occupational and physical therapy: what each one does, "
            "how they differ, and how to tell which one you need."
        ),
        path=reverse("articles:list"),
        trail=(HOME, ARTICLES),
    )
    return render(request, "articles/article_list.html", {"articles": articles, "page": page})


@require_safe
def article_detail(request, slug):
    """One article; the explainer is followed by the whole directory."""
    article = Article.objects.at_address(slug)
    return render(
        request, "articles/article_detail.html", {"article": article, "page": article_page(article)}
    )
