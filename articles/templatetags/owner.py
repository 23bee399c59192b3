"""What the owner of the site has still to say."""

from django import template

from articles.models import Owner

register = template.Library()


@register.simple_tag
def owner():
    """The `Owner` of the site."""
    return Owner.load()
