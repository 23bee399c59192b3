"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path, register_converter

from articles.feeds import ArticleFeed
from therapydir.accounts.resets import no_mail_server
from therapydir.front import views
from therapydir.front.design import design
from therapydir.front.open_data import open_data, open_data_file
from therapydir.front.reports import report
from therapydir.front.search import search, suggestions
from therapydir.front.social import social_picture
from therapydir.pages.paths import SlugConverter
from therapydir.pages.site_url import with_canonical_origin

register_converter(SlugConverter, "segment")

admin.site.site_header = "TherapyDir"
admin.site.site_title = "TherapyDir admin"
admin.site.index_title = "What to edit"

# The login page has a link to it if there is such an address.
forgotten_password = (
    path("admin/password_reset/", include("therapydir.accounts.urls"))
    if settings.MAILERS
    else re_path("^admin/password_reset/", no_mail_server)
)

urlpatterns = [
    path("", views.home, name="home"),
    path("about/design/", design, name="design"),  # before the pages about the site
    path("open-data/", open_data, name="open_data"),
    path("open-data/<segment:name>.csv", open_data_file, name="open_data_file"),
    path("", include("articles.urls")),
    path("locations/", include("locations.urls")),
    path("locations/", include("providers.urls")),  # what lies below a city
    path("report/", report, name="report"),
    path("search/", search, name="search"),
    path("search/suggestions/", suggestions, name="suggestions"),
    re_path(
        r"^social/(?P<kind>article|state|city)-(?P<pk>[0-9]{1,18})-(?P<digest>[0-9a-f]{12})\.png$",
        social_picture,
        name="social_picture",
    ),
    path("sitemap.xml", views.sitemap_index, name="sitemap_index"),
    path("sitemap-<segment:section>.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots_txt, name="robots"),
    path("feed.xml", with_canonical_origin(ArticleFeed()), name="feed"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    forgotten_password,
    path("admin/", admin.site.urls),
]

handler400 = "therapydir.front.views.bad_request"
handler404 = "therapydir.front.views.not_found"
handler500 = "therapydir.database.outages.server_error"
