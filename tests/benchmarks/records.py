"""Invents records of people and places who can help, to measure with: never for the site.

Names, streets and numbers are put together by chance from short lists; the same seed gives the same. Each
record has an address of a city that shows, the more of them the more people live there, so that a few lists
are very long and many are short. Some have an address that tells no city by itself, as real ones do. Needs
Django set up.
"""

import random
import time
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import accumulate, count, islice

from django.db import connection, transaction

from locations.models import City, OtherPlace, Serves
from providers.models import Kind, Provider, Source, Specialty
from providers.placing import Places
from providers.settling import settle
from therapydir.database.bulk import add_rows
from therapydir.derived.catching_up import catch_up
from therapydir.derived.models import Noted

SEED = 20261127
LEFT_ALONE = 30  # cities of middling size that get no invented records, to compare the very same page
UNKNOWN = 800  # people in a city whose population nobody knows
UNSURE, SECOND_PLACE, SPECIAL = 0.04, 0.06, 0.15  # the share of records
SHARES = {
    (Kind.THERAPIST, "PT"): 58,
    (Kind.THERAPIST, "OT"): 27,
    (Kind.CLINIC, ""): 9,
    (Kind.HOME_HEALTH, ""): 3,
    (Kind.NURSING, ""): 2,
    (Kind.REHABILITATION, ""): 1,
}
FIRST = "Ada Amir Ana Ben Carla Chen Dana Elena Emil Farah Grace Hugo Ines Ivan Jada Jonas Kira Lena".split()
FIRST += "Leo Lin Mara Milo Nadia Nora Omar Paula Quinn Rosa Sami Tara Theo Uma Vera Wes Yara Zoe".split()
FAMILY = "Abel Bauer Castro Diaz Egan Fox Garcia Haas Ito Jones Kim Lopez Meyer Nash Ortiz Park".split()
FAMILY += "Quist Reyes Singh Tran Ueda Vega Wong Xu Young Zito".split()
ENDS = ["", "man", "son", "ski", "berg", "ez", "ton", "well", "ford", "ley"]
TRADES = "Rehab|Physical Therapy|Hand Therapy|Home Care|Care Center|Wellness|Therapy Partners".split("|")
FORMS = ["", ", LLC", ", Inc", ", PC"]
STREETS = "Oak Elm Main Cedar Pine Lake Hill Park Mill Bay River Church School Spring Walnut".split()
WAYS = "St Ave Rd Blvd Dr Way Ln Pl".split()
CREDENTIALS = {"PT": ("PT", "PT, DPT", "PT, DPT, OCS"), "OT": ("OTR/L", "OTR/L, CHT", "MS, OTR/L")}
LAST_DAY = date(2026, 10, 31)
COLUMNS = (
    *("npi", "place", "is_organization", "kind", "is_ot", "is_pt", "specialties", "name", "sort_name"),
    *("credentials", "source", "enumerated_on", "updated_on"),
    *("street", "phone", "state", "zip_code", "post_city", "city", "placed", "is_listed"),
)


def fill(records):
    """Add invented records until there are so many, and bring all in step.

    Returns how many there are, and the seconds that it took.
    """
    begin = time.monotonic()
    with transaction.atomic():
        wanted = max(0, records - Provider.objects.count())
        add_rows(Provider, COLUMNS, islice(invented_records(), wanted))
        settle()  # of all, and each has its city: what was noted for that is done
        Noted.objects.filter(what="care.own").delete()
    with connection.cursor() as cursor:  # PostgreSQL does so by itself a minute later
        cursor.execute("ANALYZE")
    catch_up()
    return Provider.objects.count(), time.monotonic() - begin


def invented_records(seed=SEED):
    """An iterator over tuples of the values of COLUMNS, without an end; it has read before what it needs."""
    chance = random.Random(seed)
    addresses, unsure = _addresses()
    left_alone = set(cities_left_alone())
    people = dict(City.objects.order_by("pk").values_list("pk", "population"))
    cities = [pk for pk in people if pk in addresses and pk not in left_alone]
    weights = list(accumulate(people[pk] or UNKNOWN for pk in cities))
    kinds, shares = list(SHARES), list(SHARES.values())
    slugs, npis = _specialties(), _free_npis()

    def records():
        while True:
            city = chance.choices(cities, cum_weights=weights)[0]
            own = _own(chance, *chance.choices(kinds, shares)[0], slugs)
            npi, place = next(npis), chance.choice(addresses[city])
            yield npi, "", *own, *_at(chance, chance.choice(unsure) if chance.random() < UNSURE else place)
            if chance.random() < SECOND_PLACE:
                yield npi, "further", *own, *_at(chance, chance.choice(addresses[city]))

    return records()


def cities_by_size():
    """The primary keys of cities, the most records that a new site has first."""
    counts = Counter(Provider.objects.filter(source=Source.MEDICARE).values_list("city", flat=True))
    counts.pop(None, None)
    return sorted(counts, key=lambda city: (-counts[city], city))


def cities_left_alone():
    """The primary keys of some in the middle of these."""
    by_size = cities_by_size()
    return by_size[len(by_size) // 4 :][:LEFT_ALONE]


def _addresses():
    """{city: [(state, ZIP code, name, city, how it was told)]}, and addresses in places without a page."""
    places, found = Places(), defaultdict(list)
    rows = list(City.objects.published().order_by("pk").values_list("pk", "state", "name"))
    codes = defaultdict(list)
    for city, code in Serves.objects.order_by("city", "rank").values_list("city", "zipcode__code"):
        codes[city].append(code)
    for city, state, name in rows:
        for code in (*codes[city], ""):
            place = places.place(state, code, name)
            if place.city == city:
                found[city].append((state, code, name, city, str(place.how)))
    unsure = []
    for state, name in OtherPlace.objects.order_by("pk").values_list("state", "name"):
        place = places.place(state, "", name[:60])
        unsure.append((state, "", name[:60], place.city, str(place.how)))
    return found, unsure


def _specialties():
    found = {"PT": [], "OT": []}
    for slug, profession in Specialty.objects.order_by("code").values_list("slug", "profession"):
        if slug and profession:
            found[profession].append(slug)
    return found


def _free_npis():
    taken = set(Provider.objects.values_list("npi", flat=True))
    return (npi for npi in (str(number) for number in count(1_000_000_000)) if npi not in taken)


def _own(chance, kind, profession, slugs):
    """What a record says of whom it is: COLUMNS from the third to where the address begins."""
    family = chance.choice(FAMILY) + chance.choice(ENDS)
    since = LAST_DAY - timedelta(days=chance.randrange(30, 7000))
    until = since + timedelta(days=chance.randrange((LAST_DAY - since).days))
    dates = (Source.NPPES, since.isoformat(), until.isoformat())
    if kind != Kind.THERAPIST:
        name = f"{family} {chance.choice(FAMILY)} {chance.choice(TRADES)}"
        key = name.lower().replace(" ", "0")
        return True, kind, False, False, "", name + chance.choice(FORMS), key, "", *dates
    first = chance.choice(FIRST)
    special = f" {chance.choice(slugs[profession])} " if chance.random() < SPECIAL else ""
    name, key = f"{first} {family}", f"{family}0{first}".lower()
    credentials = chance.choice(CREDENTIALS[profession])
    return False, kind, profession == "OT", profession == "PT", special, name, key, credentials, *dates


def _at(chance, address):
    """What it says of where that is: the rest of COLUMNS."""
    street = f"{chance.randrange(1, 200) * 5} {chance.choice(STREETS)} {chance.choice(WAYS)}"
    if chance.random() < 0.5:
        street += f", Ste {chance.randrange(1, 40)}"
    phone = f"{chance.randrange(200, 999)}555{chance.randrange(10_000):04}"
    return street, phone, *address, address[3] is not None
