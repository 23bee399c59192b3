"""What pages of cities print of who can help there; as objects that templates and dates share."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache

from django.urls import reverse

from locations.heads import counted
from locations.models import City, Neighbor
from locations.models.cities import wholes_of
from providers.entries import Entry, entry_of, origin_of, printed, specialty_labels
from providers.kinds import BY_SLUG, LISTS, CareList
from providers.models import CityList, Provider
from providers.models.lists import AT_FIRST, list_path, page_count
from therapydir.pages.head import join_names

MOST_LINKED = 40  # pages of a list, to which the page of the city leads; the rest is a link further
NEAREST = 3  # places that a page leads to that has nobody
MOST_SPECIALTIES = 6  # of a list that the page of the city names


@dataclass(frozen=True)
class ShownList:
    """A list as the page of the city begins it."""

    slug: str
    count: int
    entries: tuple[Entry, ...]
    path: str  # of the whole list; "" where this is all of it
    specialties: tuple[tuple[str, str, int], ...]  # (slug, label, how many) of those that most have

    @property
    def kind(self) -> CareList:
        return BY_SLUG[self.slug]

    @property
    def counted(self):
        return self.kind.counted(self.count)

    @property
    def further(self):
        """(the number of a page behind the first, its path), so that each is three links from home."""
        last = min(page_count(self.count), MOST_LINKED) if self.path else 0
        return [(number, f"{self.path}{number}/") for number in range(2, last + 1)]


@dataclass(frozen=True)
class Elsewhere:
    """Another place, and who can help there."""

    name: str
    path: str
    miles: str
    direction: str
    counted: str  # who is there, in words


@dataclass(frozen=True)
class Lacked:
    """A list that a city lacks, and the nearest place that has it."""

    slug: str
    who: str  # «3 clinics», or the name of the only one there
    place: Elsewhere

    @property
    def kind(self) -> CareList:
        return BY_SLUG[self.slug]


@dataclass(frozen=True)
class Care:
    """Who can help in a city."""

    counts: tuple[tuple[str, str], ...]  # (slug of a list, «38 clinics»), with those in its parts
    lists: tuple[ShownList, ...]
    parts: tuple[Elsewhere, ...]  # of the city, which have a page and somebody
    nearby: dict[str, str]  # counts in words, by the paths of places that the page names
    nearest: tuple[Elsewhere, ...]  # where it has nobody itself
    lacked: tuple[Lacked, ...]  # where it has somebody, but not of each kind

    @property
    def is_empty(self):
        return not self.counts

    @property
    def in_words(self):
        """«38 clinics, 63 occupational therapists and 151 physical therapists»; "" for nobody."""
        return in_words([words for _, words in self.counts])

    @property
    def origin(self):
        return origin_of([entry for one in self.lists for entry in one.entries])

    @property
    def anchors(self):
        """(«38 clinics», the id of the part of the page where they stand) for each of the counts."""
        here = {one.slug for one in self.lists}
        return [(_whole(words), slug if slug in here else "parts") for slug, words in self.counts]


def _whole(words):
    """With a number that no end of a line parts from its noun."""
    return words.replace(" ", "\N{NO-BREAK SPACE}", 1)


def in_words(counts):
    return join_names(counts) if counts else ""


def care_in(cities):
    """{primary key: `Care`} of those `City` objects, with their states, in a constant number of queries."""
    keys = [city.pk for city in cities]
    parts, beside = _parts(keys), _beside(keys)
    counts = _Counts()
    counts.read({*keys, *(pk for found in (*parts.values(), *beside.values()) for pk, *_ in found)})
    lacked = {pk: counts.lacked(pk, [other for other, _ in beside[pk]]) for pk in keys if counts.totals(pk)}
    wanted = {
        pk: [other for other, _ in beside[pk] if counts.totals(other)][:NEAREST]
        for pk in keys
        if not counts.totals(pk)
    }
    links = _links(wanted | {pk: {one.city_id for one in found} for pk, found in lacked.items()})
    firsts = [pk for key in keys for one in counts.lists[key] for pk in one.first]
    firsts += [one.first[0] for found in lacked.values() for one in found if one.count == 1]
    rows = {row.pk: row for row in printed(Provider.objects.listed().filter(pk__in=firsts))}
    labels = specialty_labels()
    return {
        city.pk: Care(
            counts=counts.in_order(city.pk),
            lists=tuple(_shown(city, one, rows, labels) for one in counts.lists[city.pk]),
            parts=_somewhere(parts[city.pk], counts),
            nearby={path: words for pk, path in beside[city.pk] if (words := counts.in_short(pk))},
            nearest=_somewhere([links[city.pk, other] for other in wanted.get(city.pk, ())], counts),
            lacked=tuple(_lacked(one, links[city.pk, one.city_id], rows) for one in lacked.get(city.pk, ())),
        )
        for city in cities
    }


def counts_of(cities):
    """How many are in the lists of cities, by their primary keys; in two queries."""
    counts = _Counts()
    counts.read(cities)
    return counts


def _somewhere(found, counts):
    """Those of other places where somebody is."""
    return tuple(
        Elsewhere(name, path, miles, direction, words)
        for pk, name, path, miles, direction in found
        if (words := in_words([words for _, words in counts.in_order(pk)]))
    )


def _lacked(one, place, rows):
    """The `Lacked` of the list of another city."""
    only = rows.get(one.first[0]) if one.count == 1 else None
    counted_there = BY_SLUG[one.slug].counted(one.count)
    who = only.printed_name if only else counted_there
    return Lacked(one.slug, who, Elsewhere(*place[1:], counted_there))


class _Counts:
    """The lists of cities, and how many are in them and in those of all their parts."""

    def __init__(self):
        self._parts = defaultdict(set)
        wholes = City.objects.published().wholes()
        for part in wholes:
            for whole in wholes_of(part, wholes):
                self._parts[whole].add(part)
        self.lists = defaultdict(list)

    def read(self, cities):
        order = [one.slug for one in LISTS]
        family = cities.union(*(self._parts[city] for city in cities if city in self._parts))
        for one in CityList.objects.filter(city__in=family):
            self.lists[one.city_id].append(one)
        for lists in self.lists.values():
            lists.sort(key=lambda one: order.index(one.slug))

    def totals(self, city):
        """{slug: how many}, with those of its parts."""
        total = Counter()
        for one in (city, *self._parts.get(city, ())):
            total.update({kept.slug: kept.count for kept in self.lists.get(one, ())})
        return total

    def in_short(self, city):
        """«3 clinics and 12 therapists», or ""."""
        totals = self.totals(city)
        therapists = totals["occupational-therapists"] + totals["physical-therapists"]
        return in_words(
            [
                counted(number, one, many)
                for number, one, many in (
                    (totals["clinics"], "clinic", "clinics"),
                    (therapists, "therapist", "therapists"),
                )
                if number
            ]
        )

    def in_order(self, city):
        """((slug, «38 clinics»), …) in the order of the lists."""
        totals = self.totals(city)
        return tuple((one.slug, one.counted(totals[one.slug])) for one in LISTS if totals[one.slug])

    def lacked(self, city, others):
        """The lists that a city and its parts lack, each of the first of the others that has it."""
        totals = self.totals(city)
        nearest = {}
        for other in others:
            for one in self.lists.get(other, ()):
                nearest.setdefault(one.slug, one)
        return [nearest[one.slug] for one in LISTS if one.slug in nearest and not totals[one.slug]]


def _shown(city, one, rows, labels):
    is_long = one.count > AT_FIRST
    named = [(slug, labels[slug], count) for slug, count in one.specialties.items() if slug in labels]
    named.sort(key=lambda pair: -pair[2])
    return ShownList(
        slug=one.slug,
        count=one.count,
        entries=tuple(entry_of(rows[pk], labels) for pk in one.first if pk in rows),
        path=list_path(city.state.slug, city.slug, one.slug) if is_long else "",
        specialties=tuple(named[:MOST_SPECIALTIES]) if is_long else (),
    )


def _parts(keys):
    """{whole: [(part, its name, its path, "", "")]}."""
    found = defaultdict(list)
    cities = City.objects.published().select_related("state").filter(part_of__in=keys)
    for city in cities.order_by("slug"):
        found[city.part_of_id].append((city.pk, city.name, city.get_absolute_url(), "", ""))
    return found


def _beside(keys):
    """{city: [(another that its page names as near, its path)]}, the nearest first."""
    found, path = defaultdict(list), cache(lambda *slugs: reverse("locations:city", args=slugs))
    links = Neighbor.objects.shown().filter(city__in=keys, rank__gt=0).order_by("city", "rank")
    rows = links.values_list("city", "neighbor", "neighbor__state__slug", "neighbor__slug")
    for city, other, state_slug, slug in rows:
        found[city].append((other, path(state_slug, slug)))
    return found


def _links(wanted):
    """{(city, another): (another, its name, its path, miles, direction)} of {city: others}."""
    found, others = {}, {pk for some in wanted.values() for pk in some}
    links = Neighbor.objects.shown().filter(city__in=wanted, neighbor__in=others)
    for link in links.select_related("city__state") if others else ():
        if link.neighbor_id in wanted[link.city_id]:
            other, is_here = link.neighbor, link.neighbor.state_id == link.city.state_id
            found[link.city_id, other.pk] = (
                *(other.pk, other.name if is_here else str(other), other.get_absolute_url()),
                *(link.miles_shown, link.direction),
            )
    return found
