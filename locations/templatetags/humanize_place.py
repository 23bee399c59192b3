"""Numbers about a place in words."""

from django import template

from locations.distance import in_miles

register = template.Library()
register.filter("miles", in_miles)

OPPOSITE = {"N": "S", "E": "W"}


@register.filter
def degrees(value, positive):
    """A coordinate in degrees with its direction: -117.9145 with "E" is «117.9145° W»."""
    direction = positive if value >= 0 else OPPOSITE[positive]
    return f"{abs(value):.4f}° {direction}"
