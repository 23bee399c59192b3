"""Which drafts wait for somebody."""

from django import template

from articles.models import Draft

register = template.Library()


@register.simple_tag
def drafts_in_review():
    """How many drafts were submitted, and not yet published or sent back."""
    return Draft.objects.exclude(submitted_by="").count()
