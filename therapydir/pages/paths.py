"""One address for each page: its canonical spelling, and what becomes of any other."""

from django.core.validators import RegexValidator
from django.db import models
from django.http import Http404, HttpResponseNotAllowed, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import Resolver404, is_valid_path, resolve
from django.utils.text import slugify

from therapydir.pages.head import PageMeta
from therapydir.pages.parameters import keep_what_is_read

SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
validate_slug = RegexValidator(
    f"^{SLUG}$", "An address is made of lower case letters, digits and single hyphens, like mount-dora."
)


class PathField(models.SlugField):
    """A slug that is spelled as `slug_for` would spell it, and says so when it is not."""

    default_validators = [validate_slug]

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.SlugField", args, kwargs  # for migrations, which know Django alone

    def formfield(self, **kwargs):
        # Past SlugField, whose form field would add a message about underscores.
        return models.CharField.formfield(self, **kwargs)


class SlugConverter:
    """A path segment as `slug_for` makes it: anything else is another spelling of it."""

    regex = SLUG

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


def slug_for(name):
    """The address segment for a name: «Mt. Dora» gives «mt-dora», «La Cañada» «la-canada»."""
    return slugify(name.replace("_", "-").replace("/", "-"))


class Missing(Http404):
    """There is no such page; `instead` lists (path, words) of pages that may help."""

    def __init__(self, message, instead=()):
        super().__init__(message)
        self.instead = instead


class Gone(Exception):
    """There was such a page, and an editor withdrew it."""

    def __init__(self, message, instead=()):
        super().__init__(message)
        self.instead = instead


class Moved(Exception):
    """The page lives at `path` now."""

    def __init__(self, path):
        super().__init__(path)
        self.path = path


def canonical_spelling(path):
    """The spelling of `path` that one of the site's addresses has, or `path` itself.

    Tried in this order: in lower case; with a slash at the end, or without; each segment
    turned into a slug, in which «+» is a blank. Paths with empty segments or unprintable characters
    are left alone, so that they are answered as what they are: mistakes.
    """
    segments = path.replace("+", " ").strip("/").split("/")
    if not path.isprintable() or "\ufffd" in path or "//" in path:
        return path
    lower = path.lower()
    slugs = "/".join(slug_for(segment) for segment in segments)
    for spelling in (lower, lower + "/", lower.rstrip("/"), f"/{slugs}/"):
        if spelling.startswith("/") and is_valid_path(spelling):
            return spelling
    return path


def takes_posts(view):
    """A decorator for a public view to which visitors send something."""
    view.takes_posts = True
    return view


def _takes_posts(path):
    try:
        return getattr(resolve(path).func, "takes_posts", False)
    except Resolver404:
        return False


FOR_STAFF = ("/admin/", "/about/design/")


def is_for_staff(path):
    """Whether people are known by their cookies there."""
    return f"{path}/".startswith(FOR_STAFF)


class OnePathMiddleware:
    """Keeps public pages to one address each, for reading only but for `takes_posts`, and alike for all.

    Answers any other spelling of an address with one permanent redirect to the right one.

    The view is asked under the canonical spelling first, so that a redirect of its own (an
    old name, an alias) is the only hop, and a page that is gone or unknown is no hop at all.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        asked = request.path_info
        if is_for_staff(asked):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD") and not (request.method == "POST" and _takes_posts(asked)):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        request.COOKIES = {}  # so that no part of Django can know, or answer, a visitor by one
        request.asked_query = request.META.get("QUERY_STRING", "")
        spelling = asked if is_valid_path(asked) else canonical_spelling(asked)
        keep_what_is_read(request, spelling)
        request.path_info = request.path = spelling
        response = self.get_response(request)
        if response.status_code == 200 and (spelling != asked or _has_escapes(request)):
            return _redirect(request, spelling)
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, Moved):
            return _redirect(request, exception.path)
        if isinstance(exception, Gone):
            return render(
                request,
                "410.html",
                {"page": PageMeta.for_error("This page was withdrawn"), "exception": exception},
                status=410,
            )
        return None


def _has_escapes(request):
    """Whether the path came with characters written as «%63», which no address of a page has."""
    return "%" in request.META.get("RAW_URI", "").partition("?")[0]


def _redirect(request, path):
    query = request.asked_query  # all of it, for it is not lost on the way to the page
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
