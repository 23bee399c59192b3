from django.urls import path, register_converter

from providers import views


class FurtherPage:
    """The number of a page behind the first, which has none."""

    regex = "[2-9]|[1-9][0-9]{1,6}"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return str(value)


register_converter(FurtherPage, "further_page")

app_name = "providers"
urlpatterns = [
    path("<segment:state_slug>/<segment:city_slug>/<segment:slug>/", views.care_list, name="list"),
    path(
        "<segment:state_slug>/<segment:city_slug>/<segment:slug>/<further_page:number>/",
        views.care_list,
        name="list",
    ),
]
