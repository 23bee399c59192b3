"""The addresses of a site for which a mail server is set."""

from django.urls import include, path

from therapydir import urls

urlpatterns = [path("admin/password_reset/", include("therapydir.accounts.urls")), *urls.urlpatterns]
handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500
