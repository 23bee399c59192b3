"""The directory as a part of another page."""

from django import template

from locations.freshness import directory_changed_at
from locations.models import State

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
    states = State.objects.published().with_cities()
    return {"states": states, "level": level, "changed_at": directory_changed_at()}
