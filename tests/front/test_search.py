"""The page of results: what it says, and to whom."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from articles.models import Concern
from articles.topics import Topics, _all_topics
from locations.models import City, CityAlias, Misspelling, PlaceName, State
from locations.search.finding import find
from tests.factories import make_article, make_city, make_state, save, withdraw
from tests.reading import links_of, page_of
from therapydir.derived.catching_up import catch_up
from therapydir.front.search import Position
from therapydir.pages.words import words_of


def words(client, query, **more):
    response = client.get("/search/", {"q": query, **more}, follow=True)
    assert response.status_code == 200
    return " ".join(page_of(client, response.wsgi_request.get_full_path()).text.split())


def results(client, query):
    return [link for link in links_of(client.get("/search/", {"q": query, "all": 1})) if link.count("/") == 4]


def test_a_certain_match_leads_there_and_the_rest_is_one_step_back(client, anaheim):
    response = client.get("/search/", {"q": "Anaheim, CA"})
    assert response.status_code == 302
    assert response["Location"] == "/locations/california/anaheim/?q=Anaheim%2C+CA"
    city = page_of(client, response["Location"])
    assert "You looked for “Anaheim, CA”" in city.text
    back = next(link for link in city.links if link.startswith("/search/?"))
    assert parse_qs(urlsplit(back).query)["all"]
    assert client.get(back).status_code == 200
    assert city.rel["canonical"].endswith("/locations/california/anaheim/")


def test_places_of_the_same_name_are_all_shown_with_their_state(client, db):
    for name in ("Lakewood", "Medford", "Union City", "Washington"):
        cities = City.objects.filter(name=name).select_related("state")
        assert len(cities) > 1
        shown = words(client, name)
        assert all(city.full_name in shown for city in cities)
        assert {city.get_absolute_url() for city in cities} <= set(results(client, name))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "Find your city"),
        ("x", "We don’t have a page for"),
        ("xyzzy", "We don’t have a page for"),
        ("00000", "No place in the USA has the ZIP code 00000"),
        ("60601", "ZIP code 60601 is in Illinois"),
        ("09001", "ZIP code 09001 is not in one of our states"),
        ("9280", "A ZIP code has five digits"),
        ("96161", "ZIP code 96161 is Truckee, which has no page here"),
        ("90210", "Beverly Hills has no page of its own here. Closest:"),
        ("33133", "more than one place could be meant"),
        ("austin tx", "Texas is not in the directory yet"),
        ("🦾", "We don’t have a page for"),
        ("x" * 10_000, "We don’t have a page for"),
        ("' OR 1=1 --", "We don’t have a page for"),
        ("<b>", "Nothing found for “<b>”"),
        ("xyz\0zy", "We don’t have a page for"),
        ("(((((((((((([a+]+)+$", "Nothing found for"),
        ("%", "We don’t have a page for"),
        ("new york", "Or did you mean the state?"),
        ("physical therapy near me", "To see what is near you, press “Use my location”"),
        ("cerca de mí", "To see what is near you"),
        ("Albany OR", "Oregon is not in the directory yet. Did you mean one of these?"),
        ("Anaheim 07030", "ZIP code 07030 is in Hoboken, New Jersey. Did you mean one of these?"),
        ("Hialeah California", "We have no page for Hialeah in California. Did you mean one of these?"),
        ("Seattle", "Seattle is in Washington. Washington is not in the directory yet"),
        ("Orange County", "Orange County, Florida"),
        ("Lodi CA", "Lodi has no page of its own here. Closest:"),
        ("hand therapy hoboken", "After a hand injury"),
    ],
)
def test_whatever_is_typed_gets_a_helpful_page(client, db, query, says):
    assert says in words(client, query)


def test_other_searches_alarm_nobody(client, db):
    for query in ("anaheim", "low back pain", "hand therapy hoboken", "stroke", "lakewood"):
        assert "tel:911" not in page_of(client, f"/search/?q={query}&all=1").links


def test_where_a_state_is_named_that_is_not_here_no_other_is_shown(client, db):
    assert "Massachusetts is not in the directory yet" in words(client, "springfield ma")
    assert "District of Columbia is not in the directory yet" in words(client, "Washington DC")


def test_results_are_neither_indexed_nor_kept_on_the_way(client, db):
    response = client.get("/search/", {"q": "lakewood"})
    assert page_of(client, "/search/?q=lakewood").meta["robots"] == "noindex"
    assert response["X-Robots-Tag"] == "noindex"
    assert "private" in response["Cache-Control"]


def test_a_withdrawn_place_is_not_found_and_a_published_one_is_again(db, anaheim):
    withdraw(anaheim)
    assert anaheim not in find("anaheim").cities
    City.objects.filter(pk=anaheim.pk).update(is_published=True)
    catch_up()
    assert find("anaheim").certain == anaheim


def test_a_withdrawn_state_takes_its_places_along(db, anaheim):
    state = anaheim.state
    state.is_published = False
    save(state)
    assert anaheim not in find("anaheim").cities
    assert find("fresno ca").elsewhere == "California"


def test_a_new_name_is_found_at_once_and_an_old_one_no_more(db):
    city = make_city(State.objects.get(code="CA"), "Quartzburg")
    assert find("quartzberg").cities == (city,)
    city.name = "Silverado"
    save(city)
    assert find("silverado").certain == city
    assert not find("quartzburg").cities
    alias = CityAlias.objects.create(city=city, name="Quicksilver")
    catch_up()
    assert find("quicksilver").certain == city
    alias.delete()
    catch_up()
    assert not find("quicksilver").cities


def test_the_index_is_written_only_where_it_differs(db):
    before = set(PlaceName.objects.values_list("pk")), Misspelling.objects.count()
    for city in City.objects.filter(name__startswith="San "):
        save(city)
    assert (set(PlaceName.objects.values_list("pk")), Misspelling.objects.count()) == before


def test_a_zip_code_tells_cities_of_one_name_apart(db):
    assert str(find("Lakewood 08701").certain) == "Lakewood, NJ"
    assert str(find("Lakewood 90712").certain) == "Lakewood, CA"


def test_a_state_that_becomes_part_of_the_directory_is_known_as_such(db):
    assert find("texas").elsewhere == "Texas"
    texas = make_state("Texas", code="TX")
    assert find("texas").certain == texas


def test_the_number_of_queries_is_the_same_whatever_is_typed(client, db, django_assert_max_num_queries):
    for query in ("anaheim", "anahiem", "zzzzqqqq", "90210", "hand therapy hoboken nj", "a b c d e f g h"):
        with django_assert_max_num_queries(16):
            client.get("/search/", {"q": query, "all": 1})


def near(client, position):
    response = client.get("/search/", {"near": position})
    assert response.status_code == 200
    return page_of(client, response.wsgi_request.get_full_path())


def test_near_me_lists_the_nearest_cities_with_their_distance(client, db):
    page = near(client, "40.74,-74.03")
    cities = [link for link in page.links if re.fullmatch("/locations/[^/]+/[^/]+/", link)]
    assert cities[0] == "/locations/new-jersey/hoboken/"
    assert len(cities) == 10
    assert "Cities near you" in page.text
    assert len(re.findall(r"(less than )?\d+ miles?", page.text)) == 10
    assert page.meta["robots"] == "noindex"


@pytest.mark.parametrize("position", ["", "here", "91,0", "0,181", "1e9,5", "nan,nan", "40.7,-74.0,3", "\0"])
def test_a_position_that_is_none_is_asked_for_otherwise(client, db, position):
    assert "Find your city" in near(client, position).text


def test_a_position_far_from_every_place_still_has_an_answer(client, db):
    page = near(client, "21.31,-157.86")  # Honolulu
    cities = [link for link in page.links if re.fullmatch("/locations/[^/]+/[^/]+/", link)]
    assert len(cities) == 10
    assert all(city.startswith("/locations/california/") for city in cities)


def suggested(client, query):
    response = client.get("/search/suggestions/", {"q": query})
    assert response["Content-Type"] == "application/json"
    return [row["words"] for row in json.loads(response.content)]


def test_suggestions_are_what_the_search_would_show(client, db):
    assert suggested(client, "hobok") == ["Hoboken, New Jersey"]
    assert suggested(client, "lakewo")[:2] == ["Lakewood, New Jersey", "Lakewood, California"]
    assert suggested(client, "stroke")[0] == "After a stroke"
    assert "New York" in suggested(client, "new york")
    assert len(suggested(client, "san")) == 8
    assert suggested(client, "") == []


def test_a_whole_name_hides_none_that_goes_on(client, db):
    found = suggested(client, "orange")
    assert found[0] == "Orange, California"
    assert {"Orange City, Florida", "Orange Park, Florida"} & set(found)
    assert suggested(client, "califor")[0] == "California"
    assert "Thousand Oaks, California" not in suggested(client, "hand th")


def test_suggestions_say_how_far_what_is_near_is_and_lead_to_places_without_a_page(client, db):
    [first, *_] = json.loads(client.get("/search/suggestions/", {"q": "33040"}).content)
    assert first["words"] == "Key Largo, Florida"
    assert first["distance"].endswith("miles")
    rows = json.loads(client.get("/search/suggestions/", {"q": "key wes"}).content)
    assert rows[0]["words"] == "Key West, Monroe County, Florida"
    assert "Closest:" in client.get(rows[0]["path"]).text


def test_a_visitors_position_is_rounded_to_about_a_kilometer():
    assert Position.read("40.744999,-74.034999") == Position(40.74, -74.03)
    assert Position.read("-0.005001,179.999") == Position(-0.01, 180.0)


def test_no_draft_and_no_withdrawn_line_is_a_topic(client, db):
    make_article("Zebrafish at home", body="## Zebrafish in water\n\nWords.", status="draft")
    make_article("Ocelots at home", published_at=timezone.now() + timedelta(days=1))
    Concern.objects.filter(slug="memory").update(is_published=False)
    for query in ("zebrafish", "ocelots"):
        assert topics_for(query) == []
    assert not [topic for topic in topics_for("memory") if "tick=memory" in topic.path]
    article = make_article("Quokkas at home", body="## Quokkas in water\n\nWords.")
    assert [topic.path for topic in topics_for("quokkas")] == [
        article.get_absolute_url(),
        f"{article.get_absolute_url()}#quokkas-in-water",
    ]


def test_what_stands_in_a_text_is_found_where_no_heading_says_it(client, db):
    article = make_article(
        "Quokkas at home", body="## Quokkas in water\n\nThey like bathtubs.\n\n## On land\n\nNo."
    )
    path = f"{article.get_absolute_url()}#quokkas-in-water"
    assert [topic.path for topic in topics_for("bathtubs")] == [path]
    assert path in links_of(client.get("/search/", {"q": "bathtubs"}))
    assert topics_for("zebras") == []


def topics_for(query):
    return Topics(_all_topics()).find(words_of(query))


@pytest.mark.parametrize("query", ["hoboken", "malibu", "orange county", "flordia"])
def test_nobody_is_told_of_nothing_where_something_is_found(client, db, query):
    assert "Nothing found" not in client.get("/search/", {"q": query, "all": 1}).text
    assert "Nothing found" in client.get("/search/", {"q": "qzxqzx", "all": 1}).text
