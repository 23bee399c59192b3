"""The map of a city: the cities around it, its county, and where that is in its state."""

from functools import cache, lru_cache
from itertools import count
from math import cos, hypot, radians

from django.utils.html import format_html, format_html_join

from locations.distance import MILES_PER_DEGREE
from locations.maps.geometry import area_of, clipped, is_within, path, rounded, runs_inside, simplified
from locations.maps.labels import Box, Dot, centered, place_labels
from locations.maps.outlines import arc_bounds, arcs, codes, county_around, joined, outline_of
from locations.maps.projection import bounds, trimmed, view_of
from locations.maps.state import (
    WIDTH,
    ashore,
    circle,
    dot_of,
    drawn_arcs,
    frame_of,
    layers,
    links,
    points_of,
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
    ground = Ground(view, cities)
    taken = [
        inset_box,
        *(box for label in labels.values() for box in label.boxes),
        *(dot.box for dot in dots),
    ]
    return svg(
        view,
        format_html(
            '{}{}{}<g fill="none" stroke="currentColor">{}</g><g fill="currentColor">{}{}</g>{}',
            ground.drawn(),
            _county_names(ground, frame_of(view), taken),
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
        land = Ground(view, cities).land
        own = ashore(dot_of(cities[0], view, RING, is_bold=True), land)
        dots = [own, *(ashore(dot_of(city, view, RADIUS), land) for city in cities[1:])]
        free = [corner for corner in corners if not any(corner.overlaps(dot.box) for dot in dots)]
        if free:
            break
    labels = place_labels(dots, frame_of(view), taken=free[:1], led=len(dots))
    return view, [own, *(dot for dot in dots[1:] if dot in labels)], labels, free[0]


def _points(cities):
    return [(city.longitude, city.latitude) for city in cities]


def _corners(inset):
    """Where the small map may lie."""
    width, height = inset.width // FINER, inset.height // FINER
    right, bottom = WIDTH - GAP - width, HEIGHT - GAP - height
    places = ((right, bottom), (GAP, bottom), (right, GAP), (GAP, GAP))
    return [Box(left, top, left + width, top + height) for left, top in places]


class Ground:
    """What lies under the cities in a view: water along shores, all land, the first city's county."""

    def __init__(self, view, cities):
        self.view = view
        self.box = (-BEYOND, -BEYOND, view.width + BEYOND, view.height + BEYOND)
        reach = _degrees_around(view, cities)
        self.outlines = [outline_of(code) for code in codes() if _meet(outline_of(code).bounds, reach)]
        self.county = county_around(cities[0])
        numbers = set(self.county.arcs if self.county else ())
        numbers.update(*(outline.state.arcs.union(outline.borders) for outline in self.outlines))
        self.near = {number for number in numbers if _meet(arc_bounds()[number], reach)}
        self.lines = drawn_arcs(view, TOLERANCE, self.near)
        # An arc that stays outside of the view may run straight: what it bounds in the view is the same.
        self.lines |= {n: [view(*arcs()[n][0]), view(*arcs()[n][-1])] for n in numbers - self.near}
        self.land = [ring for outline in self.outlines for ring in self.areas(outline.state)]
        self.shores = [
            run
            for outline in self.outlines
            for line in outline.shores
            if _meet(bounds(line), reach)
            for run in runs_inside(rounded(simplified([view(*point) for point in line], TOLERANCE)), self.box)
        ]

    def areas(self, area):
        """The rings of a state or county in the picture."""
        return [rounded(clipped(joined(ring, self.lines), self.box)) for ring in area.rings]

    def drawn(self):
        borders = [
            run
            for outline in self.outlines
            for number in outline.borders
            if number in self.near
            for run in runs_inside(self.lines[number], self.box)
        ]
        return layers(
            path(self.land, closed=True),
            path(borders, closed=False),
            path(self.shores, closed=False),
            path(self.areas(self.county), closed=True) if self.county else "",
        )

    def counties(self):
        """(name, largest ring in the picture) of the counties in view, the largest first."""
        found = []
        for outline in self.outlines:
            for county in outline.counties.values():
                if self.near.isdisjoint(county.arcs):
                    continue
                ring = max(self.areas(county), key=area_of, default=())
                if len(ring) > 2:
                    found.append((county.name, ring))
        return sorted(found, key=lambda pair: -area_of(pair[1]))


def _county_names(ground, frame, taken):
    """The names of counties that are wide enough for them, where nothing else is written."""
    taken, names = list(taken), []
    for name, ring in ground.counties():
        words = f"{name} County"
        for x, y in _inner_points(ring):
            label = centered(words, x, y)
            ends = (label.box.left, label.box.right)
            is_in_county = all(is_within(ring, end, y) for end in ends)
            if is_in_county and label.box.is_inside(frame) and not any(map(label.box.overlaps, taken)):
                taken.append(label.box)
                names.append((label.x, label.y, words))
                break
    text = '<text x="{}" y="{}">{}</text>'
    return format_html(
        '<g class="counties" fill="#666" font-style="italic" text-anchor="middle">{}</g>',
        format_html_join("", text, names),
    )


def _inner_points(ring):
    """Points well within a ring, from its middle to where it is wide: for a name."""
    west, north, east, south = bounds(ring)
    for down in (0.5, 0.35, 0.65, 0.2, 0.8):
        for across in (0.5, 0.35, 0.65):
            x, y = west + across * (east - west), north + down * (south - north)
            if is_within(ring, x, y):
                yield x, y


def _degrees_around(view, cities):
    """(west, south, east, north) of an area that holds the whole view, in degrees."""
    west, south, east, north = bounds(_points(cities))
    tall = hypot(view.width, view.height) / view.units_per_mile / MILES_PER_DEGREE
    wide = tall / cos(radians(north))
    return west - wide, south - tall, east + wide, north + tall


def _meet(one, other):
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


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
    points = points_of(outline)
    view = view_of(points, INSET * FINER, INSET * FINER, INSET_MARGIN * FINER)
    view = trimmed(view, points, INSET_MARGIN * FINER)
    return view, _whole_area(view, outline.state)


@lru_cache(maxsize=1024)
def _inset_county(code, name):
    """The `d` of a county in its state's small map; empty for a county that has no outline."""
    county = outline_of(code).counties.get(name)
    return _whole_area(_inset(code)[0], county) if county else ""


def _whole_area(view, area):
    lines = drawn_arcs(view, 1, area.arcs)
    return path([joined(ring, lines) for ring in area.rings], closed=True)
