"""What every page's header and footer need."""

from django.conf import settings
from django.db.models import Q
from django.utils.functional import SimpleLazyObject

from articles.models import Article
from locations.models import State
from therapydir.derived.per_version import once_per_version


def site(request):
    """The site's name, what the navigation and the foot of the page lead to, and the states."""
    texts = SimpleLazyObject(lambda: navigation(request))
    return {
        "site_name": settings.SITE_NAME,
        "preview_note": getattr(request, "preview_note", ""),
        "explainer": SimpleLazyObject(lambda: next((text for text in texts if text.is_explainer), None)),
        "about_pages": SimpleLazyObject(lambda: [text for text in texts if not text.is_explainer]),
        "states": SimpleLazyObject(lambda: listed_states(request)),  # asked for only where they are shown
    }


@once_per_version
def listed_states():
    """The published states by name."""
    return list(State.objects.published())


@once_per_version
def navigation():
    """The published explainer and pages about the site, without their bodies, in one query."""
    wanted = Q(is_explainer=True) | Q(section=Article.Section.ABOUT)
    return list(Article.objects.published().filter(wanted).defer("body"))
