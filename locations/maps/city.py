"""The map of a city: the cities around it, its county, and where that is in its state."""

from functools import cache, lru_cache
from itertools import count
from math import cos, hypot, radians

from django.utils.html import format_html

from locations.distance import MILES_PER_DEGREE
from locations.maps.geometry import clipped, path, rounded, runs_inside
from locations.maps.labels import Box, Dot, place_labels
from locations.maps.outlines import arc_bounds, arcs, codes, county_around, joined, outline_of
from locations.maps.projection import bounds, trimmed, view_of
from locations.maps.state import (
    WIDTH,
    circle,
    dot_of,
    drawn_arcs,
    frame_of,
    layers,
    links,
    shore_of,
    svg,
    text,
)

HEIGHT = 300  # units
MARGIN = 34  # units left free around the outermost dots, for names and for what lies beyond
FEWEST_MILES = 18  # across: nearer, the simplified borders would look truer than they are
TOLERANCE = 0.5
BEYOND = 6  # units around the picture within which borders are kept: their cut ends stay unseen
RADIUS, OWN_RADIUS, RING = 4, 5, 10

INSET = 92  # units, the longer side of the small map
INSET_MARGIN = 5
FINER = 2  # the small map is drawn so much larger, in whole units, and then shrunk
GAP = 8  # units between it and the edge of the picture
WIDER = 0.94  # what the view is zoomed by, again and again, until a corner is free for the small map


def city_map(city, nearby):
    """The map of a city and of those near it, or "" when its state has no outline.

    Each has a name, a path, and degrees north and east (WGS 84); the city a state and a county, too.
    """
    return _drawn([city, *nearby]) if outline_of(city.state.code) else ""


def _drawn(cities):
    city = cities[0]
    view, dots, labels, inset_box = layout(cities)
    own, *others = dots
    return svg(
        view,
        format_html(
            '{}{}<g fill="none" stroke="currentColor">{}</g><g fill="currentColor">{}{}</g>{}',
            _ground(view, cities),
            links(others[::-1], labels),
            circle(own),
            circle(Dot(own.x, own.y, OWN_RADIUS, city)),
            text(own, labels.get(own)),
            _placed_inset(city, inset_box),
        ),
    )


def layout(cities):
    """(`View`, dots, labels by dot, box of the small map) for a city and its neighbors.

    The view is the nearest that has a corner free of dots for the small map.
    """
    nearest = view_of(_points(cities), WIDTH, HEIGHT, MARGIN, FEWEST_MILES)
    corners = _corners(_inset(cities[0].state.code)[0])
    for step in count():
        view = nearest.zoomed(WIDER**step)
        own = dot_of(cities[0], view, RING, is_bold=True)
        dots = [own, *(dot_of(city, view, RADIUS) for city in cities[1:])]
        free = [corner for corner in corners if not any(corner.overlaps(dot.box) for dot in dots)]
        if free:
            break
    labels = place_labels(dots, frame_of(view), taken=free[:1], led=1)
    return view, dots, labels, free[0]


def _points(cities):
    return [(city.longitude, city.latitude) for city in cities]


def _corners(inset):
    """Where the small map may lie."""
    width, height = inset.width // FINER, inset.height // FINER
    right, bottom = WIDTH - GAP - width, HEIGHT - GAP - height
    places = ((right, bottom), (GAP, bottom), (right, GAP), (GAP, GAP))
    return [Box(left, top, left + width, top + height) for left, top in places]


def _ground(view, cities):
    """What lies under the cities: all land in view, and the first city's county."""
    reach = _degrees_around(view, cities)
    outlines = [outline_of(code) for code in codes() if _meet(outline_of(code).bounds, reach)]
    county = county_around(cities[0])
    numbers = set(county.arcs if county else ())
    numbers.update(*(outline.state.arcs.union(outline.borders) for outline in outlines))
    near = {number for number in numbers if _meet(arc_bounds()[number], reach)}
    lines = drawn_arcs(view, TOLERANCE, near)
    # An arc that stays outside of the view may run straight: what it bounds in the view is the same.
    lines |= {number: [view(*arcs()[number][0]), view(*arcs()[number][-1])] for number in numbers - near}
    box = (-BEYOND, -BEYOND, view.width + BEYOND, view.height + BEYOND)
    land = [ring for outline in outlines for ring in _areas(outline.state, lines, box)]
    borders = [
        run
        for outline in outlines
        for number in outline.borders
        if number in near
        for run in runs_inside(lines[number], box)
    ]
    return layers(
        path(land, closed=True),
        path(borders, closed=False),
        path(_areas(county, lines, box), closed=True) if county else "",
    )


def _degrees_around(view, cities):
    """(west, south, east, north) of an area that holds the whole view, in degrees."""
    west, south, east, north = bounds(_points(cities))
    tall = hypot(view.width, view.height) / view.units_per_mile / MILES_PER_DEGREE
    wide = tall / cos(radians(north))
    return west - wide, south - tall, east + wide, north + tall


def _meet(one, other):
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _areas(area, lines, box):
    """The rings of a state or county in the picture."""
    return [rounded(clipped(joined(ring, lines), box)) for ring in area.rings]


def _placed_inset(city, box):
    """The small map of the city's state: its county filled, and a dot."""
    view, land = _inset(city.state.code)
    county = _inset_county(city.state.code, city.county)
    x, y = view(city.longitude, city.latitude)
    return format_html(
        '<g transform="translate({} {})scale({})" fill="currentColor" stroke="currentColor">'
        '<rect class="land" fill="#f2f2f2" width="{}" height="{}" rx="6" stroke-opacity=".3"/>'
        '<path class="home" fill="#ddd" d="{}"/>{}<circle cx="{}" cy="{}" r="6"/></g>',
        round(box.left),
        round(box.top),
        1 / FINER,
        view.width,
        view.height,
        land,
        format_html('<path fill-opacity=".5" d="{}"/>', county) if county else "",
        round(x),
        round(y),
    )


@cache
def _inset(code):
    """The `View` of a state's small map, FINER times its size, and the `d` of its land."""
    outline = outline_of(code)
    shore = shore_of(outline)
    view = view_of(shore, INSET * FINER, INSET * FINER, INSET_MARGIN * FINER)
    view = trimmed(view, shore, INSET_MARGIN * FINER)
    return view, _whole_area(view, outline.state)


@lru_cache(maxsize=1024)
def _inset_county(code, name):
    """The `d` of a county in its state's small map; empty for a county that has no outline."""
    county = outline_of(code).counties.get(name)
    return _whole_area(_inset(code)[0], county) if county else ""


def _whole_area(view, area):
    lines = drawn_arcs(view, 1, area.arcs)
    return path([joined(ring, lines) for ring in area.rings], closed=True)
