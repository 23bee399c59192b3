"""The map of a state, drawn as SVG from public outlines: its largest cities, as far as names have room.

Maps are hidden from assistive technology and the tab order: the list beside each has the same
cities in an order that can be read. For a mouse or a finger, their dots are links.
"""

from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise
from math import dist, sqrt

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from locations.maps.geometry import is_within, nearest_on, path, rounded, simplified
from locations.maps.labels import FONT_SIZE, Box, Dot, choose
from locations.maps.outlines import arcs, joined, outline_of
from locations.maps.projection import trimmed, view_of

WIDTH = 400  # units, for every map: so a letter is equally large on each
MARGIN = 10
HEADROOM = 24  # units more for a state that is wider than high, for names beyond its southern border
EDGE = 3  # units that names keep from the edge
TOLERANCE = 0.7  # units by which a simplified border may be off
MOST_LABELS = 18
APART = 10  # units between two dots: names that are to spread over the state
ROW = 20  # units above and below a dot, in which it is looked how far the land goes
WATER = 9  # units of water that are drawn along a shore

SMALLEST, LARGEST = 2.5, 8  # radius of a dot in units
HOLLOW = mark_safe(' fill="none" stroke="currentColor"')
PEOPLE_PER_SQUARE = 18_000  # people for each square unit of a dot's radius


def state_map(state, cities, counts=None):
    """The map of a state with a dot for each of those cities, or "" when it has no outline.

    With `counts`, {path: how many are there}, a dot's area goes with that; else with the population.
    """
    return _drawn(state.code, tuple(cities), _in_order(cities, counts)) if outline_of(state.code) else ""


@lru_cache(maxsize=64)  # a page of a state is made anew more often than its map looks otherwise
def _drawn(code, cities, counts):
    view, ground = _ground(code)
    dots, labels = _layout(code, cities, counts)
    return svg(view, format_html("{}{}", ground, links(dots, labels)))


def dots_of(code, cities, counts=None):
    """The dots on the map of the state with that code, of those of the cities that have a name on it."""
    return layout(code, cities, counts)[0] if outline_of(code) else []


def layout(code, cities, counts=None):
    """(dots, labels by dot) of cities on the map of the state with that code, undermost first."""
    return _layout(code, cities, _in_order(cities, counts))


def _in_order(cities, counts):
    """How many are in each of those cities, in their order; () without counts."""
    return tuple(counts.get(city.path, 0) for city in cities) if counts else ()


def _layout(code, cities, counts):
    view, _ = _ground(code)
    land = _land(code)
    dots = [
        ashore(replace(dot_of(city, view, radius), is_hollow=is_hollow), land)
        for city, (radius, is_hollow) in zip(cities, _sizes(cities, counts), strict=True)
    ]
    dots.sort(key=lambda dot: (-(dot.place.population or 0), dot.place.sort_key()))
    labels = choose(dots, frame_of(view), MOST_LABELS, APART, lambda dot: _is_western(dot, land))
    # Small dots over large ones; of one size by name, as in the list, which compresses better.
    return sorted(labels, key=lambda dot: (-dot.radius, dot.place.sort_key())), labels


def _is_western(dot, land):
    """Whether a dot is nearer to where the land ends in the west than in the east."""
    level = [x for ring in land for x, y in ring if abs(y - dot.y) < ROW]
    return bool(level) and dot.x - min(level) < max(level) - dot.x


@cache
def _ground(code):
    """The `View` of a state, and what lies under its cities: land, county borders, the outline."""
    outline, view = outline_of(code), _view(code)
    lines = drawn_arcs(view, TOLERANCE, outline.borders)
    borders = path([lines[number] for number in outline.borders], closed=False)
    shores = [rounded(simplified([view(*point) for point in line], TOLERANCE)) for line in outline.shores]
    return view, layers(path(_land(code), closed=True), borders, path(shores, closed=False))


@cache
def _view(code):
    points = points_of(outline_of(code))
    view = view_of(points, WIDTH, WIDTH, MARGIN)
    return replace(view, height=min(WIDTH, trimmed(view, points, MARGIN).height + HEADROOM))


@cache
def _land(code):
    """The rings of a state as they are drawn on its map."""
    outline = outline_of(code)
    lines = drawn_arcs(_view(code), TOLERANCE, outline.state.arcs)
    return [joined(ring, lines) for ring in outline.state.rings]


def points_of(outline):
    """The points of a state's outline in degrees, in no order that means anything."""
    return [point for number in outline.state.arcs for point in arcs()[number]]


def drawn_arcs(view, tolerance, numbers):
    """Those arcs in whole units of a view, simplified: {number: points}.

    Each is simplified by itself, ends fixed, so that areas on both sides of it still meet.
    """
    return {
        number: rounded(simplified([view(*point) for point in arcs()[number]], tolerance))
        for number in numbers
    }


def layers(land, borders, shores, county=""):
    """Water along shores, the land, borders of counties, the county that matters: from the `d` of paths."""
    water = format_html(
        '<path class="water" fill="none" stroke="#c9dfec" stroke-width="{}" d="{}"/>', 2 * WATER, shores
    )
    home = format_html('<path class="home" fill="#ddd" d="{}"/>', county) if county else ""
    return format_html(
        '{}<g stroke="#666" stroke-opacity=".6"><path class="land" fill="#f2f2f2" d="{}"/>'
        '<path fill="none" stroke-opacity=".3" d="{}"/>{}</g>',
        water if shores else "",
        land,
        borders,
        home,
    )


def ashore(dot, land):
    """The dot, or where it would lie in the water, for borders are simplified, at the nearest shore."""
    if any(is_within(ring, dot.x, dot.y) for ring in land):
        return dot
    sides = [side for ring in land if len(ring) > 2 for side in pairwise([ring[-1], *ring])]
    if not sides:
        return dot
    x, y = min((nearest_on(*side, (dot.x, dot.y)) for side in sides), key=lambda at: dist(at, (dot.x, dot.y)))
    return replace(dot, x=round(x), y=round(y))


def radius_of(population):
    """A dot's radius in whole units: its area goes with the population, within limits."""
    return max(SMALLEST, min(LARGEST, round(sqrt((population or 0) / PEOPLE_PER_SQUARE))))


def _sizes(cities, counts):
    """(a dot's radius, whether it is hollow) of each of those cities."""
    if not counts:
        return [(radius_of(city.population), False) for city in cities]
    most = max(counts)
    return [(max(SMALLEST, round(LARGEST * sqrt(count / most))), not count) for count in counts]


def frame_of(view):
    """Where names may stand in a view."""
    return Box(EDGE, EDGE, view.width - EDGE, view.height - EDGE)


def dot_of(city, view, radius, *, is_bold=False):
    """The `Dot` of a city in a view."""
    x, y = view(city.longitude, city.latitude)
    return Dot(round(x), round(y), radius, city, is_bold)


def links(dots, labels):
    """The dots as links to their cities, with their labels; the first lie undermost."""
    rows = ((dot.place.path, circle(dot), text(dot, labels[dot])) for dot in dots)
    row = '<a href="{}" tabindex="-1">{}{}</a>'
    return format_html('<g fill="currentColor">{}</g>', format_html_join("", row, rows))


def circle(dot):
    """The dot alone."""
    hollow = HOLLOW if dot.is_hollow else ""
    return format_html('<circle cx="{}" cy="{}" r="{}"{}/>', dot.x, dot.y, dot.radius, hollow)


def text(dot, label):
    """The name of a dot's city where its label says, or nothing without one."""
    if label is None:
        return ""
    leader = (
        format_html('<path stroke="currentColor" d="M{} {}L{} {}"/>', *label.leader) if label.leader else ""
    )
    anchor = format_html(' text-anchor="{}"', label.anchor) if label.anchor != "start" else ""
    weight = format_html(' font-weight="{}"', "bold") if dot.is_bold else ""
    return format_html(
        '{}<text x="{}" y="{}"{}{}>{}</text>', leader, label.x, label.y, anchor, weight, dot.place.name
    )


def svg(view, content):
    """The whole picture."""
    return format_html(
        '<svg viewBox="0 0 {} {}" font-size="{}" stroke-linejoin="round" paint-order="stroke"'
        ' aria-hidden="true" focusable="false">{}</svg>',
        view.width,
        view.height,
        FONT_SIZE,
        content,
    )
