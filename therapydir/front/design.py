"""Every component of the site's look on one page, for the people who build it."""

from datetime import date
from types import SimpleNamespace

from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.guide import Answer
from articles.models import Concern, PointsTo, WarningSign
from therapydir.pages.head import HOME, Crumb, PageMeta
from therapydir.pages.markdown import render_markdown

COLORS = (
    "paper card ink soft line pt pt-tint ot ot-tint both both-tint act act-strong on-act alarm alarm-tint"
).split()
SAMPLE = """
## A heading of the second level

Text with **strong words**, a [link](/locations/), a [link that leads away](https://www.usa.gov/) and a
footnote.[^1]

::: compare A comparison
Words for both.

PT: What physical therapy does.

OT: What occupational therapy does, in a text that is longer than the one beside it, so that it can be
seen how the two stand side by side when they are not of the same length.
:::

| | Physical therapy | Occupational therapy |
|---|---|---|
| Works on | Movement | Daily life |
| Looks at | Joints and muscles | The whole day |

| A table | of anything |
|---|--:|
| else | 12 |

### A heading of the third level

- A list
- of two lines

Term
:   Its explanation.

> Words of somebody else.

::: next
[The next step](/which-therapy/)

[Another one](/locations/)
:::

[^1]: A source.
"""


def design(request):
    """The components in all their states: for staff, and for everybody while DEBUG is on."""
    return (_design if settings.DEBUG else staff_member_required(_design))(request)


@never_cache
@require_safe
def _design(request):
    rendered = render_markdown(SAMPLE)
    concerns = [
        Concern(text=f"Something that points to {side}", why="Because it does.", points_to=side)
        for side in PointsTo
    ]
    for concern in concerns:
        concern.read_more = "#prose"
    signs = [WarningSign(text="A warning sign", slug=f"sign-{u}", urgency=u) for u in WarningSign.Urgency]
    page = PageMeta(
        title="The design of this site",
        description="",
        path=reverse("design"),
        is_indexable=False,
        trail=(HOME, Crumb("The design of this site", reverse("design"))),
    )
    context = {
        "page": page,
        "colors": COLORS,
        "circles": {"pt": "#circles", "ot": "#circles", "both": "#circles"},
        "rendered": rendered,
        "answers": [Answer(tuple(concerns), side, "even") for side in PointsTo],
        "signs": signs,
        "sources": [("A source", "#chips")],
        "groups": [("A group of lines", concerns)],
        "ticks": {"sign-911"},
        "sample_states": [
            SimpleNamespace(name=f"State {n}", get_absolute_url="#chips", city_count=n) for n in (1, 213)
        ],
        "names": ["Setauket-East Setauket", "March Air Reserve Base", "Rye"],
        "day": date(2026, 11, 23),
    }
    return render(request, "design.html", context)
