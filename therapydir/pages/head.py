"""What a page is: the one object from which base.html writes the whole head."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe

LONGEST_TITLE = 60  # characters that search engines show
SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION = 70, 160
DRAWING = 1  # count it up when drawing.py draws titles differently: kept pictures are then drawn anew
# JSON-LD sits inside a script element, which none of these may end.
SCRIPT_ESCAPES = {"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"}


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the home page: its words and its path."""

    name: str
    path: str


HOME = Crumb("Home", "/")


@dataclass(frozen=True)
class SocialPicture:
    """The picture that stands for the page of a record when it is shared: it shows the title."""

    kind: str
    pk: int
    title: str

    @property
    def digest(self):
        """Another one for another picture, so that it can be kept for ever under its address."""
        return hashlib.sha256(f"{DRAWING}:{self.title}".encode()).hexdigest()[:12]

    @property
    def file_name(self):
        return f"{self.kind}-{self.pk}-{self.digest}.png"

    @property
    def path(self):
        return reverse("social_picture", args=[self.kind, self.pk, self.digest])


@dataclass(frozen=True)
class PageMeta:
    """Title, description, address, dates, way from home, and structured data of one page.

    `path` is the canonical path; `structured` holds schema.org objects without @context,
    about nothing that the page does not show; `trail` leads from home to the page itself.
    """

    title: str
    description: str
    path: str
    changed_at: datetime | None = None
    published_at: datetime | None = None
    trail: tuple[Crumb, ...] = ()
    structured: tuple[dict, ...] = ()
    kind: str = "website"
    is_indexable: bool = True
    is_shared: bool = False  # by its address, though it is not indexed
    picture: SocialPicture | None = None

    @classmethod
    def for_error(cls, title):
        """The head of an error page, which is nobody's canonical address."""
        return cls(title=title, description="", path="", is_indexable=False)

    @property
    def canonical(self):
        return settings.SITE_URL + self.path

    @property
    def image(self):
        """The address of the picture to show where the page is shared."""
        return settings.SITE_URL + (self.picture.path if self.picture else static("img/social.png"))

    @property
    def image_alt(self):
        title = self.picture.title if self.picture else "Occupational therapy or physical therapy?"
        return f"“{title}” beside two overlapping circles: movement, daily life, and both in the middle."

    @cached_property
    def json_ld(self):
        """The page's structured data as JSON that is safe inside a script element."""
        graph = [*self.structured]
        if self.trail:
            graph.append(breadcrumb_list(self.trail))
        if not graph:
            return ""
        text = json.dumps(
            {"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":")
        )
        for character, escape in SCRIPT_ESCAPES.items():
            text = text.replace(character, escape)
        return mark_safe(text)


def breadcrumb_list(trail):
    """schema.org BreadcrumbList of a trail of crumbs."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": crumb.name, "item": settings.SITE_URL + crumb.path}
            for n, crumb in enumerate(trail, start=1)
        ],
    }


def item_list(name, places):
    """schema.org ItemList of states or cities, in the order in which the page shows them."""
    return {
        "@type": "ItemList",
        "name": name,
        "numberOfItems": len(places),
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": n,
                "name": place.name,
                "url": settings.SITE_URL + place.get_absolute_url(),
            }
            for n, place in enumerate(places, start=1)
        ],
    }


def first_that_fits(candidates, longest):
    """The first text of at most `longest` characters, else the last one."""
    texts = list(candidates)
    return next((text for text in texts if len(text) <= longest), texts[-1])


def sentences_that_fit(sentences, longest=LONGEST_DESCRIPTION):
    """As many of the sentences, in order, as fit into `longest` characters together."""
    text = ""
    for sentence in sentences:
        longer = f"{text} {sentence}".strip()
        if len(longer) <= longest:
            text = longer
    return text


def join_names(names):
    """Names as in a sentence: «A», «A and B», «A, B and C»."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
