"""Answers whoever looks for a therapist or a place of care: how many there are, and which page lists them."""

from dataclasses import dataclass, replace

from locations.answering import found_for
from locations.models import City, Neighbor
from providers.asked import Asked, whom
from providers.entries import specialty_labels
from providers.facts import counts_of
from providers.kinds import BY_SLUG
from providers.models import CityList
from providers.models.lists import AT_FIRST, list_path

ANYBODY = Asked()


@dataclass(frozen=True)
class Listed:
    """A list of a city that was asked for, or those in it who have the specialty."""

    count: int
    counted: str  # «3 occupational therapists for hands»
    title: str  # «Occupational therapists for hands in Clifton, NJ»
    path: str


@dataclass(frozen=True)
class There:
    """Who is in a city, for somebody who looks for some of them.

    `lists` are those asked for that are not empty, the likeliest first. `only_in_parts` tells that its parts
    alone have such lists; `none` is said where nobody has: «no physical therapists», or "".
    """

    city: City
    lists: tuple[Listed, ...]
    in_short: str  # whoever is there: «3 clinics and 12 therapists»
    only_in_parts: bool
    none: str


@dataclass(frozen=True)
class Nobody:
    """That nobody of those is known in a city, and where the nearest are."""

    whom: str  # «occupational therapists for hands»
    nearest: Listed | None
    where: str
    miles: str


def who_is_in(cities, asked=ANYBODY):
    """{primary key: `There`} of those `City` objects, in a constant number of queries."""
    if not cities:
        return {}
    counts = counts_of({city.pk for city in cities})
    label = _label(asked)
    return {city.pk: _there(city, counts, asked, label) for city in cities}


def way_on(found, asked):
    """The path that a search leads on to, or "": where the place and who is asked for are beyond doubt.

    To the list; to the page of the city where several are asked for, or nobody is known. What is a topic,
    too, leads only to somebody.
    """
    city = found.meant
    if not isinstance(city, City) or asked.is_vague or not asked.says_all_of(found.rest):
        return ""
    there = who_is_in([city], asked)[city.pk]
    is_one = bool(asked.specialty) or len(asked.lists) == 1
    if there.lists and is_one:
        return there.lists[0].path
    if there.only_in_parts:
        return f"{city.get_absolute_url()}#parts"
    return city.get_absolute_url() if there.lists or found.certain or not asked.is_topic else ""


def nobody_there(found, city):
    """`Nobody`, for the page of a city to which a search led that asked for somebody; or None."""
    asked = whom(found.beside)
    if found.meant != city or asked.is_vague or not asked.says_all_of(found.rest):
        return None
    there = who_is_in([city], asked)[city.pk]
    if there.lists or there.only_in_parts:
        return None
    label = _label(asked)
    link, nearest = _nearest(city, asked, label)
    if link is None:
        return Nobody(_many(asked, label), None, "", "")
    other = link.neighbor
    where = other.name if other.state_id == city.state_id else str(other)
    return Nobody(_many(asked, label), nearest, where, link.miles_shown)


def other_lists(text, city, slug):
    """The `Listed` of a city for what somebody typed, beside the list of that name."""
    found = found_for(text)
    asked = whom(found.beside)
    if found.meant != city or slug not in asked.lists:
        return ()
    asked = replace(asked, lists=tuple(other for other in asked.lists if other != slug))
    return who_is_in([city], asked)[city.pk].lists


def _there(city, counts, asked, label):
    kept = {one.slug: one for one in counts.lists.get(city.pk, ())}
    lists = _listed(city, kept, asked, label)
    totals = counts.totals(city.pk)
    in_parts = not lists and not asked.specialty and any(totals[slug] for slug in asked.lists)
    return There(
        city=city,
        lists=lists,
        in_short=counts.in_short(city.pk),
        only_in_parts=in_parts,
        none="" if lists or in_parts or not asked.lists else f"no {_many(asked, label)}",
    )


def _listed(city, kept, asked, label):
    """The `Listed` of {slug: its list of the city}."""
    found = []
    for slug in asked.lists:
        one, kind = kept.get(slug), BY_SLUG[slug]
        count = _how_many(one, asked) if one else 0
        if not count:
            continue
        path = list_path(city.state.slug, city.slug, slug)
        if asked.specialty:
            path = f"{path}?specialty={asked.specialty}"
        elif count <= AT_FIRST:
            path = f"{city.get_absolute_url()}#{slug}"
        title = f"{kind.many.capitalize()}{label} in {city}"
        found.append(Listed(count, f"{kind.counted(count)}{label}", title, path))
    return tuple(found)


def _how_many(one, asked):
    return one.specialties.get(asked.specialty, 0) if asked.specialty else one.count


def _label(asked):
    """« for hands», or ""."""
    label = specialty_labels().get(asked.specialty) if asked.specialty else ""
    return f" for {label}" if label else ""


def _many(asked, label):
    """«occupational or physical therapists for hands»."""
    names = [BY_SLUG[slug].many for slug in asked.lists]
    if len(names) > 1 and all(name.endswith(" therapists") for name in names):
        names = [*(name.removesuffix(" therapists") for name in names[:-1]), names[-1]]
    return f"{' or '.join(names)}{label}"


def _nearest(city, asked, label):
    """(the `Neighbor` link, `Listed`) of the nearest place that has somebody asked for; or two times None."""
    links = list(Neighbor.objects.shown().filter(city=city, rank__gt=0).select_related("neighbor__state"))
    rows = CityList.objects.filter(city__in=[link.neighbor_id for link in links], slug__in=asked.lists)
    kept = {}
    for one in rows.defer("first"):
        kept.setdefault(one.city_id, {})[one.slug] = one
    for link in sorted(links, key=lambda link: link.rank):
        if lists := _listed(link.neighbor, kept.get(link.neighbor_id, {}), asked, label):
            return link, lists[0]
    return None, None
