"""Maps as figures."""

from django import template
from django.utils.html import format_html

from locations.maps import city as city_maps
from locations.maps import state as state_maps
from locations.maps.outlines import county_around

register = template.Library()


@register.simple_tag
def state_map(state, counts=None):
    """The map of a state's listed cities, by `counts` of who is there; nothing without an outline."""
    sizes = "The larger a dot, the more are listed there; a ring: nobody yet. " if counts else ""
    return _figure(
        state_maps.state_map(state, state.mapped_cities, counts),
        f"{sizes}Names as far as they have room. All cities, A to Z, are below.",
    )


@register.simple_tag
def city_map(city, nearby):
    """The map of a city and of those `Link`s; nothing in a state without an outline."""
    shaded = f"{city.county} County is shaded. " if county_around(city) else ""
    return _figure(
        city_maps.city_map(city, nearby),
        f"{shaded}Small map: {city.state.name}.",
    )


def _figure(svg, caption):
    if not svg:
        return ""
    return format_html(
        '<figure class="map">{}<figcaption class="fine">{}</figcaption></figure>', svg, caption
    )
