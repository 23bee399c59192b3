"""What every page's header and footer need."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from articles.models import Article
from locations.models import State


def site(request):
    """The site's name, and the explainer that the navigation leads to, if published."""
    return {
        "site_name": settings.SITE_NAME,
        "explainer": SimpleLazyObject(explainer),
        "states": State.objects.published(),  # asked for by error pages alone
    }


def explainer():
    """The published explainer, without its body; None when there is none."""
    return Article.objects.published().filter(is_explainer=True).defer("body").first()
