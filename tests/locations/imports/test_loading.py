"""What a new site starts with, and that loading it again changes nothing."""

from collections import Counter

from django.core.management import call_command

from articles.models import Article
from locations.models import City, CityAlias, CityRedirect, OtherPlace, State, ZipCode
from tests.factories import make_article, make_city, save
from tests.whole import everything


def test_a_new_site_has_five_states_and_942_cities(db):
    assert Counter(City.objects.published().values_list("state__code", flat=True)) == {
        "CA": 212,
        "FL": 164,
        "NJ": 182,
        "NY": 202,
        "PA": 182,
    }
    assert ZipCode.objects.count() == 9119


def test_every_city_says_where_it_is_and_who_says_so(db):
    assert not City.objects.filter(county="").exists()
    assert not City.objects.filter(zip_codes=None).exists()
    assert Counter(City.objects.values_list("data_source", flat=True)) == {
        "GeoNames": 848,
        "US Census": 50,
        "ZIP centroid": 41,
        "approximate": 3,
    }
    counted = City.objects.exclude(population=None)
    assert Counter(counted.values_list("population_source", "population_year")) == {
        ("US Census", 2020): 856,
        ("US Census", 2021): 12,
        ("US Census", 2023): 2,
    }
    assert City.objects.exclude(part_of=None).count() == 49
    assert not City.objects.filter(kind="").exists()


def test_the_cities_of_a_zip_code_come_in_order_of_their_share(db):
    def cities_of(code):
        links = ZipCode.objects.get(code=code).serves_set.order_by("rank")
        return [link.city.name for link in links.select_related("city")]

    assert cities_of("11101") == ["Long Island City", "Queens", "New York"]
    assert (
        cities_of("33024")
        == ["Hollywood", "Pembroke Pines", "Davie", "Cooper City"][: len(cities_of("33024"))]
    )


def test_every_place_of_the_states_has_a_name_that_is_known(db):
    assert OtherPlace.objects.count() == 9331
    assert OtherPlace.objects.filter(name="Key West", county="Monroe").exists()
    valley = OtherPlace.objects.get(name="Silicon Valley")
    assert "San Jose" in {city.name for city in valley.leads_to.all()}


def test_loading_the_fixtures_again_changes_no_row(db, capsys):
    before = everything()
    call_command("load_fixtures")
    assert capsys.readouterr().out == "Nothing to add: all is there.\n"
    assert everything() == before


def test_loading_adds_what_is_missing_and_leaves_edits_alone(db, anaheim):
    anaheim.name, anaheim.slug = "Anaheim Hills", "anaheim-hills"
    save(anaheim)
    CityAlias.objects.all().delete()
    City.objects.get(name="Erie").delete()
    call_command("load_fixtures", verbosity=0)
    assert City.objects.count() == 942
    assert City.objects.get(name="Erie").zip_codes.exists()
    assert CityAlias.objects.count() == 20
    assert City.objects.get(pk=anaheim.pk).name == "Anaheim Hills"


def test_states_know_which_share_a_border(db):
    borders = {state.code: {other.code for other in state.neighbors.all()} for state in State.objects.all()}
    assert borders == {"CA": set(), "FL": set(), "NJ": {"NY", "PA"}, "NY": {"NJ", "PA"}, "PA": {"NJ", "NY"}}


def test_loading_into_an_edited_site_adds_nothing_beside_what_stands_there(db, anaheim):
    anaheim.state = State.objects.get(code="NY")  # leaves a redirect behind
    save(anaheim)
    City.objects.get(name="Erie").delete()
    make_city(State.objects.get(code="PA"), "Erie")  # made anew by hand, without the list's key
    CityRedirect.objects.all().delete()
    make_city(State.objects.get(code="CA"), "US")
    florida = State.objects.get(code="FL")
    florida.code = "FX"
    save(florida)
    Article.objects.get(is_explainer=True).delete()
    make_article(is_explainer=True)
    call_command("load_fixtures", verbosity=0)
    assert City.objects.filter(name="Erie").count() == 1
    assert State.objects.count() == 5
    assert Article.objects.filter(is_explainer=True).count() == 1
    before = everything()
    call_command("load_fixtures", verbosity=0)
    assert everything() == before
