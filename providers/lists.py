"""Keeps the lists of each city in step with the records: how long they are, and what their pages say."""

from collections import Counter, defaultdict
from itertools import groupby
from operator import itemgetter

from django.db.models import Count, Q

from locations.models import City
from providers.entries import printed_texts, specialty_labels
from providers.kinds import BY_SLUG, LISTS
from providers.models import CityList, ListPage, Provider
from providers.models.lists import AT_FIRST, PER_PAGE, page_count

ORDER = ("sort_name", "id")


def listed_in(city, slug, specialty=""):
    """The records of the list of that name in a city, in order; with a specialty, of who has that."""
    records = Provider.objects.listed().filter(BY_SLUG[slug].where, city=city)
    if specialty:
        records = records.filter(specialties__contains=f" {specialty} ")
    return records.order_by(*ORDER)


def some_of(records, begin, end):
    """Those of a list from one place in it to before another.

    An index alone tells which is the first, so that nothing else is read of all those before it.
    """
    if begin:
        first = next(iter(records.values_list(*ORDER)[begin : begin + 1]), None)
        if first is None:
            return records.none()
        name, pk = first
        records = records.filter(sort_name__gte=name).exclude(sort_name=name, pk__lt=pk)
    return records[: end - begin]


def wanted_lists(cities, lists=LISTS):
    """{(city, slug): (count, the first records, {specialty: how many})} of those lists that are not empty."""
    found = {}
    for one in lists:
        listed = Provider.objects.listed().filter(one.where, city__in=cities).order_by()
        specialties = defaultdict(Counter)
        special = listed.exclude(specialties="").values_list("city", "specialties").annotate(Count("pk"))
        for city, slugs, count in special:
            specialties[city].update(dict.fromkeys(slugs.split(), count))
        counts = dict(listed.values_list("city").annotate(Count("pk")))
        first = _first(one, listed, counts)
        for city, count in counts.items():
            found[city, one.slug] = (count, first[city], dict(sorted(specialties[city].items())))
    return found


def _first(one, listed, counts):
    """{city: its first records in a list}: all of a short one; of a long one no more than an index tells."""
    short = [city for city, count in counts.items() if count <= AT_FIRST]
    first = defaultdict(list)
    for city, pk in listed.filter(city__in=short).order_by("city", *ORDER).values_list("city", "pk"):
        first[city].append(pk)
    for city in counts.keys() - first.keys():
        first[city] = list(listed_in(city, one.slug).values_list("pk", flat=True)[:AT_FIRST])
    return first


def rebuild_lists(cities, lists=LISTS):
    """Bring those lists of those cities in step; write only what differs."""
    if not cities:
        return
    wanted, stale, gone = wanted_lists(cities, lists), [], []
    for kept in CityList.objects.filter(city__in=cities, slug__in=[one.slug for one in lists]):
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
    """Make the pages of those cities' long lists, or take them away; the primary keys of all there are."""
    if not cities:
        return set()
    long = CityList.objects.filter(city__in=cities, count__gt=AT_FIRST)
    wanted = {
        (one.city_id, one.slug, number) for one in long for number in range(1, page_count(one.count) + 1)
    }
    pages = ListPage.objects.filter(city__in=cities)
    kept = {tuple(key): pk for pk, *key in pages.values_list("pk", "city", "slug", "number")}
    ListPage.objects.filter(pk__in=[pk for key, pk in kept.items() if key not in wanted]).delete()
    ListPage.objects.bulk_create(
        ListPage(city_id=city, slug=slug, number=number)
        for city, slug, number in sorted(wanted - kept.keys())
    )
    return set(pages.values_list("pk", flat=True))


def pages_around(record, one):
    """(the pages of a list from the one with that record on, those before), as primary keys."""
    before = Q(sort_name__lt=record.sort_name) | Q(sort_name=record.sort_name, pk__lt=record.pk)
    number = listed_in(record.city_id, one.slug).filter(before).order_by().count() // PER_PAGE + 1
    pages = ListPage.objects.filter(city=record.city_id, slug=one.slug).order_by("number")
    keys = list(pages.values_list("pk", flat=True))
    return keys[number - 1 :], keys[: number - 1]


def facts_beside(keys):
    """{primary key: {part: facts}} of those pages of lists, of what they print beside their entries alone."""
    pages = list(ListPage.objects.filter(pk__in=keys).values_list("pk", "city", "slug"))
    around = _around({city for _, city, _ in pages})
    return {pk: {"around": around.get((city, slug))} for pk, city, slug in pages}


def facts_of_pages(keys):
    """{primary key: {part: facts}} of those pages of lists: each part in the words that it prints."""
    rows = ListPage.objects.filter(pk__in=keys).order_by("city", "slug", "number")
    pages = list(rows.values_list("city", "slug", "number", "pk"))
    around, found = _around({city for city, *_ in pages}), {}
    for (city, slug), some in groupby(pages, key=itemgetter(0, 1)):
        by_number = {number: pk for *_, number, pk in some}
        for number, entries in _entries(city, slug, by_number):
            found[by_number[number]] = {"entries": entries, "around": around.get((city, slug))}
    return found


def _entries(city, slug, numbers):
    """Yields (the number of a page, what it prints of each record), of those pages of a list."""
    first = min(numbers) - 1
    records = some_of(listed_in(city, slug), first * PER_PAGE, max(numbers) * PER_PAGE)
    texts = tuple(printed_texts(records))
    for number in numbers:
        begin = (number - 1 - first) * PER_PAGE
        yield number, texts[begin : begin + PER_PAGE]


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
