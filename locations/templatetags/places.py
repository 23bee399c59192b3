"""The directory as a part of another page."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from locations.directory import whole_directory

register = template.Library()


@register.simple_tag
def chosen_state(states, slug):
    """The one of those states that has that slug, or None."""
    return next((state for state in states if state.slug == slug), None)


@register.simple_tag
def rules_for(state, likely):
    """The state's practice rules for the therapy that is likely: "PT", "OT", or "both"."""
    return [rule for rule in state.rules.all() if likely in (rule.profession, "both")] if state else []


@register.inclusion_tag("includes/directory.html")
def state_and_city_directory(level):
    """Every published state and city as links; the states' names are headings of that level."""
    return {"directory": whole_directory(), "level": level}


@register.simple_tag
def city_links(cities, counts=None):
    """List items that link to cities, with how many are listed there, {path: number}, beside those with any.

    Hundreds stand on a page, for which a loop takes long.
    """
    counts = counts or {}
    rows = ((city.path, _not_followed(city), city.name, _beside(counts.get(city.path))) for city in cities)
    return format_html_join("", '<li><a href="{}"{}>{}</a>{}', rows)


def _not_followed(city):
    return "" if city.is_offered else mark_safe(' rel="nofollow"')


def _beside(count):
    return format_html('&nbsp;<span class="count">{}</span>', f"{count:,}") if count else ""


@register.filter
def of(values, key):
    """What a dictionary has for that key, or ""."""
    return values.get(key, "")
