"""Draws the mark, the icons and the pictures for sharing, with Pillow.

Colors are those of the light scheme in static/css/site.css. Everything is drawn larger than it
is needed and scaled down, because Pillow draws hard edges.
"""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

PAPER, INK, SOFT, LINE = "#fdfaf4", "#1f2226", "#4b5159", "#ddd5c7"
PT, OT, BOTH = "#3f3d9e", "#0a635c", "#17305c"
FONTS = Path(__file__).parent / "fonts"
FINER = 4  # times as large as needed

SHARED_SIZE = (1200, 630)  # pixels, as sharing sites ask for
MARGIN = 72
RADIUS = 138
TITLE_WIDTH = 590
TITLE_SIZES = range(68, 35, -4)
MOST_LINES = 4
NARROWER = 20  # pixels, from one try to balance lines to the next
ALIKE = str.maketrans("ʻʼ‑", "’’-")  # what the font lacks, and what looks the same
COLORS = 64  # in a picture's palette


def circles(radius, overlap=1.0):
    """The two overlapping circles as an RGBA image, `radius` pixels each.

    `overlap` is how far apart the centers are, in radii. The image is as large as they are.
    """
    r = radius * FINER
    width, height = round(r * (2 + overlap)), 2 * r
    left, right = Image.new("L", (width, height)), Image.new("L", (width, height))
    ImageDraw.Draw(left).ellipse((0, 0, 2 * r - 1, height - 1), fill=255)
    ImageDraw.Draw(right).ellipse((width - 2 * r, 0, width - 1, height - 1), fill=255)
    picture = Image.new("RGBA", (width, height))
    for color, mask in ((PT, left), (OT, right), (BOTH, ImageChops.multiply(left, right))):
        picture.paste(color, mask=mask)
    return picture.resize((width // FINER, height // FINER), Image.Resampling.LANCZOS)


def icon(size, fill=None, share=0.94):
    """The mark as a square image of `size` pixels, `share` of it wide, on `fill` or on nothing."""
    picture = Image.new("RGBA", (size, size), fill or (0, 0, 0, 0))
    mark = circles(max(1, round(size * share / 3)))
    picture.alpha_composite(mark, ((size - mark.width) // 2, (size - mark.height) // 2))
    return picture


def shared_picture(title):
    """The picture that stands for a page with that title when it is shared, as PNG bytes."""
    picture = _background().copy()
    draw = ImageDraw.Draw(picture)
    font, lines = _fit(drawable(title))
    step = round(font.size * 1.22)
    y = (SHARED_SIZE[1] - 60 - step * len(lines)) // 2
    for line in lines:
        draw.text((MARGIN, y), line, INK, font)
        y += step
    out = BytesIO()
    picture.quantize(COLORS, Image.Quantize.FASTOCTREE).save(out, "PNG")
    return out.getvalue()


@lru_cache(maxsize=1)
def _background():
    """All of a picture for sharing but its title."""
    picture = Image.new("RGB", SHARED_SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    both = circles(RADIUS)
    x, y = SHARED_SIZE[0] - MARGIN - both.width, (SHARED_SIZE[1] - 60 - both.height) // 2
    picture.paste(both, (x, y), both)
    for words, at in (("movement", 0.5), ("both", 1.5), ("daily life", 2.5)):
        draw.text((x + RADIUS * at, y + RADIUS), words, PAPER, _font("Caladea-Bold", 26), anchor="mm")
    draw.line((MARGIN, 540, SHARED_SIZE[0] - MARGIN, 540), LINE, 2)
    mark = circles(17)
    picture.paste(mark, (MARGIN, 568), mark)
    draw.text((MARGIN + mark.width + 14, 585), "TherapyDir", SOFT, _font("Caladea-Bold", 32), anchor="lm")
    return picture


@lru_cache
def _font(name, size):
    return ImageFont.truetype(FONTS / f"{name}.ttf", size, layout_engine=ImageFont.Layout.BASIC)


def _fit(title):
    """The largest font in which the title fits, and its lines; cut short if it fits in none."""
    for size in TITLE_SIZES:
        font = _font("Caladea-Bold", size)
        lines = _balanced(title.split(), font)
        if lines and len(lines) <= MOST_LINES:
            return font, lines
    words = [_shortened(word, font) for word in title.split()]
    lines = _balanced(words, font)
    while len(lines) > MOST_LINES:
        words.pop()
        lines = _balanced([*words, "…"], font)
    return font, lines


def _shortened(word, font):
    """The word, cut to the width of a line if it is wider."""
    if _length(font, word) <= TITLE_WIDTH:
        return word
    return next(
        cut for end in range(len(word), 0, -1) if _length(font, cut := f"{word[:end]}…") <= TITLE_WIDTH
    )


def drawable(title):
    """The title in letters that the font has; what it lacks and nothing replaces is left out."""
    return "".join(filter(_has, title.translate(ALIKE))).strip() or "TherapyDir"


@lru_cache(maxsize=1024)
def _has(letter):
    """Whether the font has that letter."""
    font = _font("Caladea-Bold", TITLE_SIZES[0])
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


@lru_cache(maxsize=4096)
def _length(font, text):
    """Pixels; the same beginnings of titles are measured again and again."""
    return font.getlength(text)


def _balanced(words, font):
    """The words on as few lines as hold them, and these as narrow as can be; empty if one is too wide."""
    if max(_length(font, word) for word in words) > TITLE_WIDTH:
        return []
    lines = _wrapped(words, font, TITLE_WIDTH)
    for width in range(TITLE_WIDTH, 0, -NARROWER):
        narrower = _wrapped(words, font, width)
        if len(narrower) > len(lines) or max(_length(font, line) for line in narrower) > width:
            break
        lines = narrower
    return lines


def _wrapped(words, font, width):
    """The words in lines, each as full as `width` pixels allow."""
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if _length(font, longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
