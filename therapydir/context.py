"""What every page's header and footer need."""

from django.conf import settings
from django.db.models import Q
from django.utils.functional import SimpleLazyObject

from articles.models import Article
from locations.models import State


def site(request):
    """The site's name, what the navigation and the foot of the page lead to, and the states."""
    texts = SimpleLazyObject(navigation)
    return {
        "site_name": settings.SITE_NAME,
        "explainer": SimpleLazyObject(lambda: next((text for text in texts if text.is_explainer), None)),
        "about_pages": SimpleLazyObject(lambda: [text for text in texts if not text.is_explainer]),
        "states": State.objects.published(),  # asked for only where they are shown
    }


def navigation():
    """The published explainer and pages about the site, without their bodies, in one query."""
    wanted = Q(is_explainer=True) | Q(section=Article.Section.ABOUT)
    return list(Article.objects.published().filter(wanted).defer("body"))
