"""Who may keep a public page: the site's own cache, a CDN, or the visitor's browser alone."""

from django.conf import settings
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware

from therapydir.addresses import is_for_staff


class PublicPagesMiddleware:
    """Says who may keep a page that does not say so itself: shared caches, unless it answers a query."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        is_open = response.status_code == 200 and not response.has_header("Cache-Control")
        if is_open and not is_for_staff(request.path_info):
            is_private = bool(request.META.get("QUERY_STRING"))
            response["Cache-Control"] = "private, max-age=0" if is_private else settings.PUBLIC_CACHE_CONTROL
        return response


def is_for_everybody(response):
    """Whether shared caches may keep the response, the site's own among them."""
    return "s-maxage" in response.get("Cache-Control", "")


class PrivateGZipMiddleware(GZipMiddleware):
    """Compresses what the page cache does not."""

    def process_response(self, request, response):
        return response if is_for_everybody(response) else super().process_response(request, response)


class PrivateConditionalGetMiddleware(ConditionalGetMiddleware):
    """Answers 304 where the page cache does not."""

    def process_response(self, request, response):
        return response if is_for_everybody(response) else super().process_response(request, response)
