"""Names beside dots: how much room they take, and where they fit."""

from dataclasses import dataclass, replace
from itertools import chain
from math import hypot

FONT_SIZE = 15.5  # units of the picture: 11 px and more on the narrowest phone
GAP = 3  # units between a dot and its name

# Widths as a part of the font size, generous for each of the fonts that the site asks for: the
# widest of them is taken for every letter, since a reader's own font is not known here.
NARROW, WIDE = frozenset("fijlrtI.,'’ -()"), frozenset("mwMW@%—")
NARROW_WIDTH, USUAL_WIDTH, CAPITAL_WIDTH, WIDE_WIDTH = 0.42, 0.63, 0.76, 0.97
BOLDER = 1.08
ASCENT, DESCENT = 0.85, 0.27  # above and below the line that letters stand on, accents included
MIDDLE = 0.32  # how far below a dot's center letters stand that are level with it
RAISED, LOWER = 0.18, 0.75  # how far above and below an edge they stand that keep clear of it

FAR = range(10, 91, 5)  # units from a dot at which a name may stand apart from it
NEAR = range(10, 41, 5)  # where a line across others' names would mislead
DIRECTIONS = ((-1, 0), (1, 0), (-1, 1), (1, 1), (-1, -1), (1, -1), (0, 1), (0, -1))


@dataclass(frozen=True)
class Box:
    """A rectangle in the picture; y runs down."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other):
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def is_inside(self, other):
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True)
class Dot:
    """What stands for a city, in whole units: its center and radius."""

    x: int
    y: int
    radius: int
    place: object  # with a name and a path
    is_bold: bool = False
    is_hollow: bool = False

    @property
    def box(self):
        reach = self.radius
        return Box(self.x - reach, self.y - reach, self.x + reach, self.y + reach)


@dataclass(frozen=True)
class Label:
    """A name: where its letters stand, from where they run, and the room that they may take.

    `leader` is the line from the dot to a name that stands apart from it: (x1, y1, x2, y2).
    """

    x: int
    y: int
    anchor: str
    box: Box
    leader: tuple = ()

    @property
    def boxes(self):
        """All the room that it takes: the name's, and small boxes along the leader."""
        if not self.leader:
            return [self.box]
        x1, y1, x2, y2 = self.leader
        steps = [(x1 + (x2 - x1) * part / 8, y1 + (y2 - y1) * part / 8) for part in range(9)]
        return [self.box, *(Box(x - 1, y - 1, x + 1, y + 1) for x, y in steps)]


def width_of(text, is_bold=False):
    """The room in units that a text takes in the widest of the site's fonts."""
    width = 0
    for letter in text:
        if letter in NARROW:
            width += NARROW_WIDTH
        elif letter in WIDE:
            width += WIDE_WIDTH
        else:
            width += CAPITAL_WIDTH if letter.isupper() or not letter.isascii() else USUAL_WIDTH
    return width * FONT_SIZE * (BOLDER if is_bold else 1)


def place_labels(dots, frame, taken=(), most=None, led=0):
    """Labels for those dots, in order of importance, that have room for a name: {dot: `Label`}.

    A name lies inside `frame`, on none of the boxes `taken`, on no other name and on no dot. It
    gets the first of the four places around its dot that is free. With none, the first `led` dots
    get a place farther off with a line to it, and the others stay without. `most` limits how many
    names there are.
    """
    names, labels = list(taken), {}
    dot_boxes = [dot.box for dot in dots]
    for index, dot in enumerate(dots):
        if most is not None and len(labels) == most:
            break
        places = chain(_places_beside(dot), _places_apart(dot) if index < led else ())
        for label in places:
            if label.box.is_inside(frame) and _is_free(label, names, dot_boxes):
                labels[dot] = label
                names.extend(label.boxes)
                break
    return labels


def choose(dots, frame, most, apart, is_western):
    """Those dots that get a name, at most so many, in order of importance: {dot: `Label`}.

    As `place_labels`, but that dots which get none are not drawn, and so cover nothing. A dot that is
    nearer than `apart` units to one that has a name gets none: names spread over the picture. A name covers
    as few people of other dots as it can, and runs outward, from a dot that `is_western` to the left.
    """
    labels, boxes, names = {}, [], []
    for dot in dots:
        if len(labels) == most:
            break
        if any(hypot(dot.x - other.x, dot.y - other.y) < apart for other in labels):
            continue
        if any(dot.box.overlaps(name) for name in names):
            continue
        beside = [
            label for label in _places_beside(dot, is_western(dot)) if _fits(label, frame, names, boxes)
        ]
        beside.sort(key=lambda label, own=dot: _people_under(label, dots, own))
        far = (label for label in _places_apart(dot, NEAR) if _fits(label, frame, names, [*boxes, dot.box]))
        if label := next(chain(beside, far), None):
            labels[dot] = label
            boxes.append(dot.box)
            names.extend(label.boxes)
    return labels


def _fits(label, frame, names, boxes):
    return label.box.is_inside(frame) and _is_free(label, names, boxes)


def _people_under(label, dots, own):
    """How many people live in the cities whose dots a name would cover, to the nearest 100,000."""
    covered = (dot.place.population or 0 for dot in dots if dot is not own and label.box.overlaps(dot.box))
    return round(sum(covered), -5)


def _is_free(label, names, dot_boxes):
    """Whether a name covers no dot, and neither it nor its leader another name."""
    return not any(map(label.box.overlaps, dot_boxes)) and not any(
        box.overlaps(name) for box in label.boxes for name in names
    )


def _places_beside(dot, is_left_first=False):
    """The labels that a dot may have: right of it, left of it, above, below."""
    reach, side = dot.radius + GAP, -1 if is_left_first else 1
    for x, y in ((side, 0), (-side, 0), (0, -1), (0, 1)):
        yield _label(dot, dot.x + x * reach, dot.y + y * reach, x, y)


def _places_apart(dot, distances=FAR):
    """Labels farther and farther from a dot, with a leader."""
    for distance in distances:
        for x, y in DIRECTIONS:
            reach = (dot.radius + distance) / hypot(x, y)
            end_x, end_y = round(dot.x + x * reach), round(dot.y + y * reach)
            yield replace(_label(dot, end_x + x * GAP, end_y + y, x, y), leader=(dot.x, dot.y, end_x, end_y))


def centered(text, x, y):
    """The label of what has no dot, around a point."""
    width = width_of(text)
    baseline = round(y + MIDDLE * FONT_SIZE)
    left = round(x) - width / 2
    box = Box(left, baseline - ASCENT * FONT_SIZE, left + width, baseline + DESCENT * FONT_SIZE)
    return Label(round(x), baseline, "middle", box)


def _label(dot, x, y, right, down):
    """The label of a dot that starts from a point and runs from there in a direction."""
    width = width_of(dot.place.name, dot.is_bold)
    ascent, descent = ASCENT * FONT_SIZE, DESCENT * FONT_SIZE
    if right:
        baseline = y + MIDDLE * FONT_SIZE
    else:
        baseline = y + LOWER * FONT_SIZE if down > 0 else y - RAISED * FONT_SIZE
    x, baseline = round(x), round(baseline)
    left = x - width * (1 - right) / 2
    box = Box(left, baseline - ascent, left + width, baseline + descent)
    return Label(x, baseline, {1: "start", 0: "middle", -1: "end"}[right], box)
