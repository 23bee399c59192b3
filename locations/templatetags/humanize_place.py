"""Numbers about a place in words."""

from django import template

from locations.distance import in_miles

register = template.Library()
register.filter("miles", in_miles)

OPPOSITE = {"N": "S", "E": "W"}
SIGNIFICANT_DIGITS = 2


@register.filter
def degrees(value, positive):
    """A coordinate in degrees with its direction: -117.9145 with "E" is «117.9145° W»."""
    direction = positive if value >= 0 else OPPOSITE[positive]
    return f"{abs(value):.4f}° {direction}"


@register.filter
def about(number):
    """A count to two significant digits, with commas: 350,742 is «350,000»."""
    step = 10 ** max(0, len(str(number)) - SIGNIFICANT_DIGITS)
    return f"{round(number / step) * step:,}"
