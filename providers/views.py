"""The long lists of who can help in a city."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.models import Article
from locations.facts import state_name
from locations.paths import city_at
from locations.views import looked_for
from providers.answers import other_lists
from providers.entries import entry_of, origin_of, printed, specialty_labels
from providers.heads import list_page
from providers.kinds import BY_SLUG, EXPLAINED
from providers.lists import listed_in, look_ups, some_of
from providers.models import CityList, ListPage
from providers.models.lists import AT_FIRST, PER_PAGE, list_path, page_count
from therapydir.pages.parameters import reads
from therapydir.pages.paths import Missing, Moved

AROUND = 20  # pages on each side of one that it leads to


@dataclass(frozen=True)
class Shown:
    """What a page of a list shows: which of how many entries, and the pages before and after."""

    entries: tuple
    first: int
    count: int
    number: int
    path: object  # what gives the path of a page by its number

    @property
    def pages(self):
        return page_count(self.count)

    @property
    def last(self):
        return self.first + len(self.entries) - 1

    @property
    def origin(self):
        return origin_of(self.entries)

    @property
    def numbers(self):
        """(the number of a page, its path) of some pages, so that no page is far; "" for what is left out."""
        paginator = Paginator(range(self.count), PER_PAGE)
        shown = paginator.get_elided_page_range(self.number, on_each_side=AROUND, on_ends=2)
        return [(page, self.path(page) if isinstance(page, int) else "") for page in shown]

    @property
    def before(self):
        return self.path(self.number - 1) if self.number > 1 else ""

    @property
    def after(self):
        return self.path(self.number + 1) if self.number < self.pages else ""


@reads("specialty", "page", also=["q"])
@require_safe
def care_list(request, state_slug, city_slug, slug, number=1):
    """One page of a list of a city; with a specialty, of those in it who have that."""
    city = _city_at(state_slug, city_slug, slug, number)
    whole = CityList.objects.filter(city=city, slug=slug).first()
    if slug not in BY_SLUG or whole is None:
        raise _missing(city)
    if request.GET.get("specialty"):
        return _with_specialty(request, city, whole)
    if whole.count <= AT_FIRST:  # not for ever: it may grow
        return HttpResponseRedirect(f"{city.get_absolute_url()}#{slug}")
    page = ListPage.objects.filter(city=city, slug=slug, number=number).first()
    if page is None:
        raise _missing(city)
    shown = _shown(listed_in(city, slug), whole.count, number, lambda other: _path(city, slug, other))
    return _render(request, city, whole, shown, changed_at=page.content_changed_at)


def _city_at(state_slug, city_slug, slug, number):
    """The city; one that moved takes its lists along."""
    try:
        return city_at(state_slug, city_slug)
    except Moved as moved:
        pages = "" if number == 1 else f"{number}/"
        raise Moved(f"{moved.path}{slug}/{pages}") from None


def _missing(city):
    return Missing("There is no such list.", [(city.get_absolute_url(), f"Who can help in {city.name}")])


def _with_specialty(request, city, whole):
    specialty = request.GET["specialty"]
    count = whole.specialties.get(specialty)
    if count is None:
        raise _missing(city)
    asked = request.GET.get("page", "1")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 7
    number = max(min(int(asked), page_count(count)), 1) if is_number else 1
    records, path = listed_in(city, whole.slug, specialty), _path(city, whole.slug, 1)
    shown = _shown(records, count, number, lambda other: f"{path}?specialty={specialty}&page={other}")
    return _render(request, city, whole, shown, specialty=specialty)


def _path(city, slug, number):
    return list_path(city.state.slug, city.slug, slug, number)


def _shown(records, count, number, path):
    begin, labels = (number - 1) * PER_PAGE, specialty_labels()
    rows = printed(some_of(records, begin, begin + PER_PAGE))
    entries = tuple(entry_of(row, labels) for row in rows)
    return Shown(entries, begin + 1, count, number, path)


def _render(request, city, whole, shown, *, changed_at=None, specialty=""):
    kind, labels, typed = BY_SLUG[whole.slug], specialty_labels(), looked_for(request)
    context = {
        "city": city,
        "state": state_name(city.state),
        "kind": kind,
        "counted": kind.counted(whole.count),
        "shown": shown,
        "specialty": labels.get(specialty, ""),
        "specialties": [
            (slug, labels[slug], count) for slug, count in whole.specialties.items() if slug in labels
        ],
        "explained": _explained(specialty),
        "look_ups": look_ups(city.state, kind),
        "whole_path": _path(city, whole.slug, 1),
        "looked_for": typed,
        "others": other_lists(typed, city, whole.slug) if typed else [],
        "page": list_page(city, kind, shown, changed_at, labels.get(specialty, "")),
    }
    return render(request, "providers/list.html", context)


def _explained(specialty):
    """The heading in the explainer under which that specialty is told of, and its address; or None."""
    wanted = EXPLAINED.get(specialty)
    explainer = Article.objects.explainer() if wanted else None
    headings = explainer.rendered.headings if explainer else ()
    heading = next((heading for heading in headings if heading.id == wanted), None)
    return heading and (heading.text, explainer.path_of(wanted))
