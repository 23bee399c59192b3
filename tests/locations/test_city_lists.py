"""Lists of cities: what they show, and how they are split where one page cannot list all."""

import re

import pytest

from locations import city_lists as listing
from locations.maps.state import MOST_LABELS
from locations.models import City, State, ZipCode
from tests.factories import withdraw
from tests.reading import page_of

LINK = re.compile(r'href="([^"#?]+)')


def links_of(response):
    return set(LINK.findall(response.content.decode()))


@pytest.fixture
def few_on_a_page(db, monkeypatch):
    """Pages that list no more than 190 cities of a state, and 900 in all."""
    monkeypatch.setattr(listing, "MOST_IN_STATE", 190)
    monkeypatch.setattr(listing, "MOST_IN_DIRECTORY", 900)


def test_listed_cities_have_the_addresses_and_the_order_of_the_cities(db):
    for state in State.objects.published().with_cities():
        cities = sorted(state.cities.published().select_related("state"), key=City.sort_key)
        addresses = [city.get_absolute_url() for city in cities]
        assert [city.get_absolute_url() for city in state.listed_cities] == addresses


def test_a_state_with_too_many_cities_has_a_page_for_each_letter(client, few_on_a_page):
    california = State.objects.get(code="CA")
    state_page = client.get("/locations/california/")
    letters = {link for link in links_of(state_page) if "/a-z/" in link}
    assert len(letters) == len(california.cities_by_letter)
    listed = set()
    for letter in letters:
        response = client.get(letter)
        assert response.status_code == 200
        listed |= links_of(response)
    every = {city.get_absolute_url() for city in california.cities.published().select_related("state")}
    assert every <= listed
    assert letters <= {
        address.removeprefix("http://127.0.0.1:8000")
        for address in re.findall("<loc>([^<]+)", client.get("/sitemap-letters.xml").content.decode())
    }


def test_the_map_of_such_a_state_shows_the_largest_and_says_so(client, few_on_a_page):
    page = client.get("/locations/california/").content.decode()
    figure = page[page.index('<figure class="map">') : page.index("</figure>")]
    assert "Names as far as they have room." in figure
    assert 12 <= figure.count("<circle") <= MOST_LABELS
    assert "Los Angeles" in figure


def test_a_letter_leads_to_the_states_page_where_that_lists_all(client, db):
    response = client.get("/locations/california/a-z/s/")
    assert (response.status_code, response["Location"]) == (302, "/locations/california/#letter_s")
    assert client.get("/locations/california/a-z/0/").status_code == 404


@pytest.mark.parametrize("address", ["/locations/", "/articles/occupational-therapy-vs-physical-therapy/"])
def test_the_directory_lists_states_alone_where_it_would_be_too_long(client, few_on_a_page, address):
    found = links_of(client.get(address))
    assert {state.get_absolute_url() for state in State.objects.published()} <= found
    assert "/locations/california/anaheim/" not in found


def test_the_directory_lists_a_thousand_cities_and_with_one_more_states_alone(client, db):
    florida = State.objects.get(code="FL")

    def add(count, name):
        fields = {"state": florida, "latitude": 28, "longitude": -82}
        City.objects.bulk_create(City(name=f"{name} {n}", slug=f"{name}-{n}", **fields) for n in range(count))

    add(1000 - City.objects.published().count(), "x")
    assert "/locations/california/anaheim/" in links_of(client.get("/locations/"))
    add(1, "y")
    assert "/locations/california/anaheim/" not in links_of(client.get("/locations/"))


def test_a_city_that_does_not_show_is_not_named_among_those_that_share_a_zip_code(client, db):
    zip_code = ZipCode.objects.get(code="33311")
    one, other, *_ = zip_code.cities.order_by("name")
    assert str(other) in shared(client, one)
    withdraw(other)
    assert str(other) not in shared(client, one)


def shared(client, city):
    """What a city's page says of its ZIP codes."""
    return client.get(city.get_absolute_url()).text.partition("<dt>ZIP codes</dt>")[2].partition("</dd>")[0]


@pytest.mark.parametrize(
    ("address", "level"),
    [("/locations/", "h2"), ("/articles/occupational-therapy-vs-physical-therapy/", "h3")],
)
def test_the_names_of_states_are_headings_below_that_of_the_directory(client, db, address, level):
    [tag] = [tag for tag, text in page_of(client, address).headings if text.startswith("California")]
    assert tag == level
