"""What is answered while the database does not answer: at once, without asking it."""

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string

from therapydir.pages import PageMeta

REFUSED = "therapydir.refused"  # in the WSGI environ of a request that the page cache refuses
RETRY_AFTER = 5  # seconds


class OutageMiddleware:
    """Answers 503 to a request that the page cache marked as refused."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return unavailable() if request.META.get(REFUSED) else self.get_response(request)


def unavailable():
    """The page that says so. Nothing in it is from the database: not even the menu is whole."""
    context = {"page": PageMeta.for_error("This does not work right now"), "site_name": settings.SITE_NAME}
    headers = {"Retry-After": str(RETRY_AFTER)}
    return HttpResponse(render_to_string("503.html", context), status=503, headers=headers)
