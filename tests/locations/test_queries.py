"""The number of queries that a page makes does not grow with the number of rows."""

from itertools import batched

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from locations.models import City, CityAlias, ZipCode
from therapydir.models import Noted

EXPLAINER = "/articles/occupational-therapy-vs-physical-therapy/"
BUDGETS = {
    "/locations/": 6,
    "/locations/california/": 8,
    "/locations/new-york/new-york/": 15,
    "/locations/new-york/manhattan/clinics/": 9,
    EXPLAINER: 7,
    "/": 4,
    "/articles/": 4,
    "/about/privacy/": 4,
    "/which-therapy/": 6,
    "/which-therapy/?tick=walking&tick=memory&sign=fever&state=florida": 10,
    "/search/?q=lake": 15,
}
MACHINES = ["/sitemap.xml", "/sitemap-cities-california.xml", "/sitemap-articles.xml", "/feed.xml"]
ADMIN = [
    "/admin/locations/city/",
    "/admin/locations/city/?q=anaheim",
    "/admin/locations/state/",
    "/admin/locations/zipcode/",
    "/admin/articles/article/",
    "/admin/articles/concern/",
    "/admin/articles/warningsign/",
]


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def make_ten_times_as_many():
    """Nine more of every city, ZIP code, alias and article, around those that are there."""
    cities = list(City.objects.all())
    zip_codes = list(ZipCode.objects.filter(cities__name="New York"))
    for n in range(1, 10):
        new = (
            City(
                state_id=city.state_id,
                name=f"{city.name} {n}",
                slug=f"{city.slug}-{n}",
                county=city.county,
                latitude=city.latitude,
                longitude=city.longitude,
                population=city.population,
            )
            for city in cities
        )
        for some in batched(new, 500):
            City.objects.bulk_create(some)
        new_york = City.objects.get(name="New York")
        more = ZipCode.objects.bulk_create(
            ZipCode(code=f"A{n}{k:03}", state_id=new_york.state_id, latitude=1, longitude=1)
            for k in range(len(zip_codes))
        )
        new_york.zip_codes.add(*more)
        CityAlias.objects.bulk_create(
            CityAlias(city=new_york, name=f"N{n}{k}", slug=f"n{n}{k}") for k in range(9)
        )
        for k in range(2):
            Article(
                title=f"Article {n}{k}",
                short_title=f"Article {n}{k}",
                slug=f"article-{n}{k}",
                summary=f"Summary {n}{k}",
                body="Words.",
                status=Article.Status.PUBLISHED,
                published_at=timezone.now(),
            ).save()
    Noted.objects.all().delete()  # to be in step would take long here, and makes no page ask for more


@pytest.fixture
def counts(client, admin_client, db):
    """The number of queries of each page, with the rows of a new site and with ten times as many."""
    addresses = {**dict.fromkeys([*BUDGETS, *MACHINES], client), **dict.fromkeys(ADMIN, admin_client)}
    before = {address: queries_of(who, address) for address, who in addresses.items()}
    make_ten_times_as_many()
    assert City.objects.count() == 9420
    assert Article.objects.articles().count() == 19
    after = {address: queries_of(who, address) for address, who in addresses.items()}
    return before, after


def test_pages_keep_their_number_of_queries_with_ten_times_the_rows(counts):
    before, after = counts
    # Lists are split by then, and the list of sitemaps asks for the letters.
    more = {"/sitemap.xml": 1}
    assert {page: n for page, n in after.items() if n > before[page] + more.get(page, 0)} == {}
    assert {address: before[address] for address, most in BUDGETS.items() if before[address] > most} == {}
