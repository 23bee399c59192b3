"""Which pages of cities are offered to search engines, and that everything agrees on it."""

import re

import pytest

from locations.models import City
from locations.offering import kept_back, offered
from locations.sitemaps import CitySitemap
from providers.models import CityList
from therapydir.derived.catching_up import writing
from therapydir.front.views import all_sitemaps

NOINDEX = '<meta name="robots" content="noindex">'


@pytest.fixture
def empty(db):
    """A city on whose page nobody is listed, neither in it nor in a part of it."""
    cities = City.objects.published().filter(state__code="CA", intro="", parts=None)
    return cities.exclude(pk__in=CityList.objects.values("city")).order_by("slug").first()


def in_sitemap(client, city):
    return f"{city.get_absolute_url()}</loc>" in client.get(f"/sitemap-cities-{city.state.slug}.xml").text


def is_followed(client, city, path):
    [link] = re.findall(rf'<li><a href="{city.get_absolute_url()}"([^>]*)>', client.get(path).text)
    return "nofollow" not in link


def test_a_page_with_nobody_and_no_words_of_its_own_is_not_offered(client, empty):
    assert NOINDEX in client.get(empty.get_absolute_url()).text
    assert not in_sitemap(client, empty)
    for path in (empty.state.get_absolute_url(), "/locations/"):
        assert not is_followed(client, empty, path)


def test_it_is_when_an_editor_wrote_about_it_or_the_operator_says_so(client, empty, settings):
    settings.INDEX_EMPTY_CITIES = True
    assert NOINDEX not in client.get(empty.get_absolute_url()).text
    assert in_sitemap(client, empty)
    assert is_followed(client, empty, "/locations/")
    settings.INDEX_EMPTY_CITIES = False
    with writing():
        City.objects.filter(pk=empty.pk).update(intro="A word.")
    assert NOINDEX not in client.get(empty.get_absolute_url()).text
    assert in_sitemap(client, empty)
    assert is_followed(client, empty, empty.state.get_absolute_url())


def test_pages_and_sitemaps_agree_on_every_city(client, db):
    """Also on wholes with nobody of their own, which list who is in their parts."""
    cities = City.objects.published().select_related("state")
    not_offered = {city.pk for city in kept_back(cities)}
    assert {city.pk for city in offered(cities)} == {city.pk for city in cities} - not_offered
    assert 40 < len(not_offered) < 120
    wholes = cities.filter(parts__isnull=False).distinct()
    some = [*cities.filter(pk__in=not_offered)[:10], *wholes.filter(care_lists=None)[:5], *wholes[:3]]
    for city in some:
        assert (NOINDEX in client.get(city.get_absolute_url()).text) == (city.pk in not_offered), city


def test_the_list_of_sitemaps_counts_what_is_offered(db):
    for sitemap in all_sitemaps().values():
        if isinstance(sitemap, CitySitemap):
            assert sitemap.paginator.count == len(sitemap.items())
            assert sitemap.get_latest_lastmod() == max(sitemap.lastmod(city) for city in sitemap.items())
