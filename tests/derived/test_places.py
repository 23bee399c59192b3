"""Nearest cities, and the dates of pages, follow what is written and nothing else."""

from datetime import timedelta

import pytest
from django.db.models import Count, F
from django.utils import timezone

from articles.models import Article
from locations.directory import directory_changed_at
from locations.models import City, CityAlias, Neighbor, State, ZipCode
from locations.neighbors import wrong_neighbors
from tests.factories import make_article, make_city, make_state, save, withdraw
from therapydir.derived.catching_up import catch_up, verify

YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def long_ago(db):
    """Every page last changed a year ago."""
    then = timezone.now() - YEAR
    for model in (City, State, Article):
        model.objects.update(content_changed_at=then)
    for model in (State, Article):
        model.objects.update(listing_changed_at=then)


def changed(model, field="content"):
    """The names of the records whose page changed since `long_ago`."""
    recent = model.objects.filter(**{f"{field}_changed_at__gt": timezone.now() - YEAR / 2})
    return {str(record) for record in recent}


def names_near(city):
    """The names of the cities closest to one."""
    return [link.neighbor.name for link in city.neighbor_links.shown() if link.rank]


def test_saving_without_a_change_moves_no_date(anaheim):
    save(anaheim)
    save(anaheim.state)
    Article.objects.get(is_explainer=True).save()
    catch_up()
    assert changed(City) | changed(State) | changed(Article) == set()


def test_saving_the_same_object_again_keeps_the_date_of_its_change(anaheim):
    anaheim.intro = "One sentence."
    save(anaheim)
    first = City.objects.get(pk=anaheim.pk).content_changed_at
    save(anaheim)
    assert City.objects.get(pk=anaheim.pk).content_changed_at == first == anaheim.content_changed_at


def test_a_citys_own_words_change_its_page_alone(anaheim):
    anaheim.intro = "One sentence."
    save(anaheim)
    assert changed(City) == {"Anaheim, CA"}
    assert changed(State) | changed(State, "listing") | changed(Article) == set()


def test_a_states_own_words_change_its_page_but_no_list_of_it():
    state = State.objects.get(code="CA")
    state.intro = "One sentence."
    save(state)
    assert changed(State) == {"California"}
    assert changed(State, "listing") | changed(City) == set()


def test_an_articles_body_changes_its_page_but_no_list_of_it(explainer):
    explainer.body += "\n\nOne sentence more."
    save(explainer)
    assert changed(Article) == {str(explainer)}
    assert changed(Article, "listing") == set()


@pytest.mark.parametrize("fields", [{"county": "Clinton"}, {"part_of": None}, {"kind": "town"}])
def test_what_water_and_county_tell_of_where_a_city_is_is_told_anew(fields):
    City.objects.filter(name__in=["Hoboken", "Bronx", "La Jolla"]).update(**fields)
    catch_up()
    assert list(verify()) == []


def test_a_renamed_city_changes_the_pages_that_name_it(anaheim):
    showing = {str(link.city) for link in Neighbor.objects.filter(neighbor=anaheim)}
    assert len(showing) > 3
    anaheim.name = "New Anaheim"
    save(anaheim)
    assert changed(City) == showing | {"New Anaheim, CA"}
    assert changed(State) == changed(State, "listing") == {"California"}


def test_a_renamed_state_changes_its_cities_and_those_that_name_them():
    state = State.objects.get(code="NJ")
    state.name = "Garden State"
    save(state)
    names = changed(City)
    assert {city for city in names if city.endswith(", NJ")} == {str(c) for c in state.cities.all()}
    assert changed(State) == {"Garden State", "New York", "Pennsylvania"}  # which border on it
    assert "Los Angeles, CA" not in names


@pytest.mark.parametrize(
    "change", [{"name": "Garden State", "slug": "garden-state", "code": "GS"}, {"is_published": False}]
)
def test_a_changed_state_leaves_nothing_for_a_refresh_of_everything(change):
    state = State.objects.get(code="NJ")
    for field, value in change.items():
        setattr(state, field, value)
    save(state)
    dates = dict(City.objects.values_list("pk", "content_changed_at"))
    assert any(when > timezone.now() - YEAR / 2 for when in dates.values())
    assert list(verify()) == []
    assert dict(City.objects.values_list("pk", "content_changed_at")) == dates


def test_an_alias_changes_the_page_that_shows_it_when_it_comes_and_goes(anaheim):
    alias = CityAlias.objects.create(city=anaheim, name="A-Town")
    catch_up()
    assert changed(City) == {"Anaheim, CA"}
    before = City.objects.get(pk=anaheim.pk).content_changed_at
    alias.delete()
    catch_up()
    assert City.objects.get(pk=anaheim.pk).content_changed_at > before


def test_an_alias_that_is_not_shown_changes_no_page(anaheim):
    CityAlias.objects.create(city=anaheim, name="Anahiem", is_shown=False)
    catch_up()
    assert changed(City) == set()


def test_a_zip_code_changes_the_pages_of_the_cities_it_serves():
    zip_code = ZipCode.objects.get(code="33311")
    served = {str(city) for city in zip_code.cities.all()}
    assert len(served) == 5
    zip_code.code = "99999"
    save(zip_code)
    assert changed(City) == served


def test_a_zip_code_that_moves_changes_no_page():
    ZipCode.objects.filter(code="33311").update(latitude=30)
    catch_up()
    assert changed(City) == set()


def test_a_new_city_appears_among_the_nearest(anaheim):
    near = make_city(anaheim.state, "Nearby", latitude=anaheim.latitude + 0.001, longitude=anaheim.longitude)
    assert names_near(anaheim)[0] == "Nearby"
    assert len(names_near(anaheim)) == len(names_near(near)) == 10
    assert "Anaheim, CA" in changed(City)


def test_a_withdrawn_city_leaves_the_lists_and_they_fill_up_again(anaheim):
    fullerton = City.objects.get(name="Fullerton")
    assert "Anaheim" in names_near(fullerton)
    withdraw(anaheim)
    assert "Anaheim" not in names_near(fullerton)
    assert len(names_near(fullerton)) == 10
    assert "Fullerton, CA" in changed(City)
    assert changed(State, "listing") == {"California"}


@pytest.mark.parametrize("lost", ["the last of its list", "the one that it is placed by"])
def test_a_city_that_is_deleted_is_named_by_nobody(lost):
    links = Neighbor.objects.filter(rank=0)
    if lost == "the last of its list":  # which nobody takes the place of
        links = Neighbor.objects.annotate(beside=Count("city__neighbor_links")).filter(miles__lte=25)
        links = links.filter(rank__range=(2, 9), rank=F("beside"), is_anchor=False)
    link = links.select_related("city", "neighbor").first()
    link.neighbor.delete()
    catch_up()
    assert list(verify()) == []
    assert str(link.city) in changed(City)


def test_publishing_many_in_bulk_is_noticed_like_saving_each(anaheim):
    cities = City.objects.filter(county="Orange", state__code="CA")
    assert cities.update(is_published=False) > 10
    catch_up()
    assert names_near(City.objects.get(name="Long Beach", state__code="CA"))
    assert not set(names_near(City.objects.get(name="Long Beach", state__code="CA"))) & {
        city.name for city in cities
    }
    cities.update(is_published=True)
    catch_up()
    assert "Fullerton" in names_near(anaheim)


def test_neighbors_cross_state_lines():
    hoboken = City.objects.get(name="Hoboken")
    assert {link.neighbor.state.code for link in hoboken.neighbor_links.shown()} == {"NJ", "NY"}


def test_neighbors_are_nearest_first_with_their_distance(anaheim):
    miles = [link.miles for link in anaheim.neighbor_links.shown() if link.rank]
    assert miles == sorted(miles)
    assert len(miles) == 10


def test_a_scheduled_article_counts_as_updated_when_it_appears(db):
    later = timezone.now() + timedelta(days=3)
    article = make_article(published_at=later)
    assert not Article.objects.published().filter(pk=article.pk).exists()
    assert article.updated_at == later


def test_a_state_without_cities_has_a_page(client, db):
    state = make_state("Empty", "EM")
    response = client.get(state.get_absolute_url())
    assert response.status_code == 200
    assert b"No city of Empty is listed yet." in response.content


def test_a_city_that_moves_into_view_with_its_state_gets_neighbors(anaheim):
    hidden = make_state(is_published=False)
    anaheim.state = hidden
    save(anaheim)
    fullerton = City.objects.get(name="Fullerton")
    assert "Anaheim" not in names_near(fullerton)
    assert len(names_near(fullerton)) == 10
    anaheim.state = State.objects.get(code="CA")
    save(anaheim)
    assert "Anaheim" in names_near(fullerton)


def test_a_new_city_changes_no_page_of_a_neighboring_state(client, db):
    before = client.get("/locations/new-jersey/").content
    make_city(State.objects.get(code="NY"))
    assert changed(State) == {"New York"}
    assert client.get("/locations/new-jersey/").content == before


def test_what_nobody_sees_moves_no_list(client, db):
    def lastmods():
        return client.get("/sitemap-articles.xml").content + client.get("/sitemap-states.xml").content

    before = lastmods()
    make_article(status="draft")
    make_article(published_at=timezone.now() + timedelta(days=1))
    make_state(is_published=False)
    assert lastmods() == before


def test_the_directory_shows_the_date_that_the_sitemap_gives(client, db):
    State.objects.get(code="NJ").save()
    state = State.objects.get(code="NJ")
    state.is_published = False
    save(state)
    today = timezone.localtime()
    shown = f'Directory updated <time datetime="{today:%Y-%m-%d}">'
    for address in ("/locations/", "/articles/occupational-therapy-vs-physical-therapy/"):
        assert shown in client.get(address).content.decode()
    assert f"/locations/</loc><lastmod>{timezone.localtime(directory_changed_at()):%Y-%m-%d}" in (
        client.get("/sitemap-states.xml").content.decode()
    )


def test_neighbors_of_what_is_within_reach_are_those_of_a_whole_rebuild(anaheim):
    elsewhere = City.objects.get(name="Key Largo")
    key_largo = (elsewhere.latitude, elsewhere.longitude)
    for latitude, longitude, population in [(34.3, -117.5, 10), (*key_largo, 900_000), (41.5, -76.0, None)]:
        anaheim.latitude, anaheim.longitude, anaheim.population = latitude, longitude, population
        save(anaheim)
        assert wrong_neighbors() == set()
    withdraw(anaheim)
    assert wrong_neighbors() == set()
    make_city(anaheim.state, "Lone", latitude=60.0, longitude=-150.0, population=300_000)
    assert wrong_neighbors() == set()
