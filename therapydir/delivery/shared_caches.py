"""Who may keep an answer, and for how long: the site's own cache, a CDN, or the visitor's browser alone."""

from django.conf import settings
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware

from therapydir.pages.paths import is_for_staff

# What is the same for every visitor. All of it an editor can undo, so that browsers ask each time.
FOR_EVERYBODY = {200, 301, 304, 404, 410}


class LifetimeMiddleware:
    """Says how long an answer may be kept that does not say so itself, whoever made it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = lifetime(request, response)
        return response


def lifetime(request, response):
    """The `Cache-Control` of an answer that names none: shared, one visitor's own, or not to be kept."""
    if is_for_staff(request.path_info) or response.status_code not in FOR_EVERYBODY:
        return "no-store"
    is_private = bool(request.META.get("QUERY_STRING"))
    return "private, max-age=0" if is_private else settings.PUBLIC_CACHE_CONTROL


def is_kept_here(request, response):
    """Whether the page cache keeps the response, and so compresses and tags it."""
    control = response.get("Cache-Control") or lifetime(request, response)
    return response.status_code == 200 and "s-maxage" in control


class PrivateGZipMiddleware(GZipMiddleware):
    """Compresses what the page cache does not, but for pictures, which are compressed already."""

    def process_response(self, request, response):
        if is_kept_here(request, response) or response.get("Content-Type", "").startswith("image/"):
            return response
        return super().process_response(request, response)


class PrivateConditionalGetMiddleware(ConditionalGetMiddleware):
    """Answers 304 where the page cache does not."""

    def process_response(self, request, response):
        return response if is_kept_here(request, response) else super().process_response(request, response)
