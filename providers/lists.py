"""Keeps the lists of each city in step with the records: how long they are, and what their pages say."""

from collections import Counter, defaultdict
from itertools import groupby

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from locations.models import City
from providers.entries import COLUMNS, entry_of, specialty_labels
from providers.kinds import BY_SLUG, LISTS
from providers.models import CityList, ListPage, Provider
from providers.models.lists import AT_FIRST, PER_PAGE, page_count

ORDER = ("sort_name", "id")


def wanted_lists(cities):
    """{(city, slug): (count, the first records, {specialty: how many})} of the lists that are not empty."""
    found = {}
    for one in LISTS:
        listed = Provider.objects.listed().filter(one.where, city__in=cities).order_by()
        counts = dict(listed.values_list("city").annotate(Count("pk")))
        number = Window(RowNumber(), partition_by=F("city"), order_by=ORDER)
        first = defaultdict(list)
        for city, pk in (
            listed.annotate(number=number).filter(number__lte=AT_FIRST).order_by("city", *ORDER)
        ).values_list("city", "pk"):
            first[city].append(pk)
        specialties = defaultdict(Counter)
        for city, slugs in listed.exclude(specialties="").values_list("city", "specialties"):
            specialties[city].update(set(slugs.split()))
        for city, count in counts.items():
            found[city, one.slug] = (count, first[city], dict(sorted(specialties[city].items())))
    return found


def rebuild_lists(cities):
    """Bring the lists of those cities in step; write only what differs."""
    if not cities:
        return
    wanted, stale, gone = wanted_lists(cities), [], []
    for kept in CityList.objects.filter(city__in=cities):
        values = wanted.pop((kept.city_id, kept.slug), None)
        if values is None:
            gone.append(kept.pk)
        elif (kept.count, kept.first, kept.specialties) != values:
            kept.count, kept.first, kept.specialties = values
            stale.append(kept)
    CityList.objects.filter(pk__in=gone).delete()
    CityList.objects.bulk_update(stale, ["count", "first", "specialties"], batch_size=200)
    CityList.objects.bulk_create(
        CityList(city_id=city, slug=slug, count=count, first=first, specialties=specialties)
        for (city, slug), (count, first, specialties) in wanted.items()
    )


def rebuild_pages(cities):
    """Make the pages of those cities' long lists, or take them away; {primary key: its parts}."""
    long = CityList.objects.filter(city__in=cities, count__gt=AT_FIRST)
    wanted = {
        (one.city_id, one.slug, number) for one in long for number in range(1, page_count(one.count) + 1)
    }
    kept = {(page.city_id, page.slug, page.number): page.pk for page in _pages_of(cities)}
    ListPage.objects.filter(pk__in=[pk for key, pk in kept.items() if key not in wanted]).delete()
    ListPage.objects.bulk_create(
        ListPage(city_id=city, slug=slug, number=number)
        for city, slug, number in sorted(wanted - kept.keys())
    )
    return facts_of_pages(cities)


def _pages_of(cities):
    return ListPage.objects.filter(city__in=cities).only("city", "slug", "number")


def facts_of_pages(cities):
    """{primary key: {part: facts}} of the pages of those cities' long lists."""
    around, pages = _around(cities), defaultdict(dict)
    for page in _pages_of(cities):
        pages[page.slug].setdefault(page.city_id, {})[page.number] = page.pk
    labels, found = specialty_labels(), {}
    for slug, by_city in pages.items():
        rows = rows_of(slug, by_city).order_by("city", *ORDER)
        for city, some in groupby(rows.iterator(), key=lambda row: row.city):
            for number, row in enumerate(some):
                page = by_city[city].get(number // PER_PAGE + 1)
                if page is not None:
                    found.setdefault(page, []).append(entry_of(row, labels))
    return {
        page.pk: {"entries": tuple(found.get(page.pk, ())), "around": around.get((page.city_id, page.slug))}
        for page in _pages_of(cities)
    }


def _around(cities):
    """{(city, slug): what the pages of a list print beside its entries}; of cities that show."""
    kept = CityList.objects.filter(city__in=City.objects.published().filter(pk__in=cities))
    labels, found = specialty_labels(), {}
    for one in kept.select_related("city__state").prefetch_related("city__state__rules"):
        city, state = one.city, one.city.state
        specialties = [(slug, labels.get(slug), count) for slug, count in one.specialties.items()]
        found[city.pk, one.slug] = (
            *(one.count, specialties, city.name, city.get_absolute_url(), state.name, state.code),
            *look_ups(state, BY_SLUG[one.slug]),
        )
    return found


def look_ups(state, kind):
    """((profession, where the state tells who has its license), …), of that of a list, or of both."""
    rules = [rule for rule in state.rules.all() if kind.profession in ("", rule.profession)]
    return [(rule.profession, rule.license_lookup_url) for rule in rules]


def rows_of(slug, cities):
    """The rows of the list of that name in those cities, without an order."""
    listed = Provider.objects.listed().filter(BY_SLUG[slug].where, city__in=cities)
    return listed.order_by().values_list(*COLUMNS, named=True)
