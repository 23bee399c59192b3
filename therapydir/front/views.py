"""The home page, what machines ask for, and what is shown when something is wrong."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import locations.sitemaps
import providers.sitemaps
from articles.models import Article
from articles.sitemaps import ArticleSitemap
from locations.models import State
from therapydir.derived.stamps import page_changed_at
from therapydir.front.readiness import what_is_missing
from therapydir.pages.head import PageMeta
from therapydir.pages.parameters import reads
from therapydir.pages.site_url import with_canonical_origin


@require_safe
def home(request):
    """The question, the ways in, and the states."""
    explainer = Article.objects.explainer()
    page = PageMeta(
        title="Occupational or Physical Therapy? | TherapyDir",
        description=(
            "Told you need rehab? Learn in plain words what occupational and physical therapy do, "
            "which one you need, and what is near you in your own city."
        ),
        path=reverse("home"),
        structured=({"@type": "WebSite", "name": settings.SITE_NAME, "url": f"{settings.SITE_URL}/"},),
    )
    return render(
        request,
        "home.html",
        {
            "circles": explainer and explainer.circles,
            "situations": explainer.rendered.compared if explainer else (),
            "states": State.objects.published().with_city_count(),
            "page": page,
        },
    )


class PageSitemap(Sitemap):
    """The pages that no one record stands behind.

    Those without words of their own that are kept give no date rather than a wrong one.
    """

    def items(self):
        return ["home", "articles:guide", "open_data"]

    def location(self, name):
        return reverse(name)

    def lastmod(self, name):
        return page_changed_at("guide") if name == "articles:guide" else None


def all_sitemaps():
    """Every sitemap by its section name."""
    return {
        "pages": PageSitemap,
        "articles": ArticleSitemap(locations.sitemaps.directory_changed_at()),
        **locations.sitemaps.sitemaps(),
        **providers.sitemaps.sitemaps(),
    }


@require_safe
@with_canonical_origin
def sitemap_index(request):
    """The list of sitemaps."""
    return sitemap_views.index(request, all_sitemaps(), sitemap_url_name="sitemap")


@reads(also=["p"])
@require_safe
@with_canonical_origin
def sitemap(request, section):
    """The sitemap of one section."""
    return sitemap_views.sitemap(request, all_sitemaps(), section)


@require_safe
def robots_txt(request):
    """All may be read; the admin is nobody's to index."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap_index')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def healthz(request):
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    """The process can serve pages; else in one sentence why not, and what to do."""
    missing = what_is_missing()
    return HttpResponse(
        f"{missing or 'ready'}\n", status=503 if missing else 200, content_type="text/plain; charset=utf-8"
    )


def bad_request(request, exception=None):
    """400, without a look at the database: the request may be anything."""
    return render(
        request, "400.html", {"page": PageMeta.for_error("That request makes no sense")}, status=400
    )


def not_found(request, exception):
    """404, with ways on."""
    context = {
        "page": PageMeta.for_error("There is no page at this address"),
        "exception": exception,
    }
    return render(request, "404.html", context, status=404)
