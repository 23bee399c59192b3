"""Publishing many cities brings back those that were withdrawn together, and none that was meant."""

import re

import pytest

from locations.models import City, State
from tests.factories import make_city, make_state
from tests.reading import form_data, links_of
from tests.whole import MADE_ANEW, differing, everything
from therapydir.derived.catching_up import catch_up
from therapydir.history.models import Batch, Version
from therapydir.history.recording import recorded
from therapydir.history.undoing import undo

CITIES = "/admin/locations/city/"


@pytest.fixture(autouse=True)
def _nothing_left(db):
    catch_up()


def act(client, action, cities, address=CITIES, **more):
    keys = [city.pk for city in cities]
    return client.post(address, {"action": action, "_selected_action": keys, **more})


def act_at_once(client, action, cities):
    """The action, and yes to its question."""
    assert act(client, action, cities, confirmed="yes").status_code == 302


def by_form(client, city):
    """Withdraw a city by its form."""
    address = f"{CITIES}{city.pk}/change/"
    data = form_data(client.get(address))
    del data["is_published"]
    assert client.post(address, data).status_code == 302


def alone(client, city):
    """Withdraw it by the action, with no other."""
    act_at_once(client, "withdraw", [city])


def of(code):
    return City.objects.filter(state__code=code)


def withdrawn(cities):
    return set(cities.filter(is_published=False).values_list("name", flat=True))


def text_of(response):
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", response.text))


@pytest.mark.parametrize("way", [by_form, alone])
def test_a_city_that_was_withdrawn_by_itself_stays_so_when_its_state_is_published(editor_client, way):
    hoboken = City.objects.get(name="Hoboken")
    way(editor_client, hoboken)
    act_at_once(editor_client, "withdraw", of("NJ"))
    assert not of("NJ").filter(is_published=True)
    asked = act(editor_client, "publish", of("NJ"))
    count = of("NJ").count() - 1
    assert f"Publish {count} cities" in asked.text
    why = "stays withdrawn, because somebody withdrew it by itself or with a few others."
    assert f"1 of the selected cities {why}" in text_of(asked)
    assert "Hoboken, NJ" in asked.text
    act_at_once(editor_client, "publish", of("NJ"))
    assert withdrawn(of("NJ")) == {"Hoboken"}
    assert editor_client.get(hoboken.get_absolute_url()).status_code == 410
    assert editor_client.get("/locations/new-jersey/bayonne/").status_code == 200


def test_publishing_all_once_more_brings_it_back_as_little(editor_client):
    by_form(editor_client, City.objects.get(name="Hoboken"))
    for _ in range(2):
        done = act(editor_client, "publish", of("NJ"), follow=True, confirmed="yes")
        page = editor_client.get(done["Location"])
        assert "1 of the selected cities stays withdrawn" in text_of(page)
        assert withdrawn(of("NJ")) == {"Hoboken"}


def test_it_is_published_when_it_is_meant(editor_client):
    """Selected with no others, from the list that the question leads to."""
    by_form(editor_client, City.objects.get(name="Hoboken"))
    act_at_once(editor_client, "withdraw", of("NJ"))
    in_state = f"{CITIES}?state__id__exact={State.objects.get(code='NJ').pk}"
    asked = act(editor_client, "publish", of("NJ"), address=in_state)
    [query] = [link for link in links_of(asked) if "standing=alone" in link]
    address = CITIES + query
    listed = editor_client.get(address).context["cl"].result_list
    assert [city.name for city in listed] == ["Hoboken"]
    assert act(editor_client, "publish", listed, address=address).status_code == 302
    assert not of("NJ").filter(name="Hoboken", is_published=False)


def test_a_few_that_were_withdrawn_together_stay_so_too(editor_client):
    few = list(of("NJ").order_by("name")[:3])
    assert act(editor_client, "withdraw", few).status_code == 302
    act_at_once(editor_client, "withdraw", of("NJ"))
    act_at_once(editor_client, "publish", of("NJ"))
    assert withdrawn(of("NJ")) == {city.name for city in few}
    assert act(editor_client, "publish", few).status_code == 302
    assert withdrawn(of("NJ")) == set()


def test_all_of_a_small_state_are_many(editor_client):
    state = make_state()
    cities = [make_city(state, name, latitude=20 + n) for n, name in enumerate(["One", "Two", "Three"])]
    by_form(editor_client, cities[0])
    assert act(editor_client, "withdraw", cities).status_code == 302
    assert "1 of the selected cities stays withdrawn" in text_of(act(editor_client, "publish", cities))
    act_at_once(editor_client, "publish", cities)
    assert withdrawn(of("JF")) == {"One"}


def test_many_of_several_states_are_published_but_for_what_was_meant(editor_client):
    for name in ("Hoboken", "Anaheim"):
        by_form(editor_client, City.objects.get(name=name))
    everywhere = {"select_across": "1", "confirmed": "yes"}
    act(editor_client, "withdraw", of("NJ")[:1], **everywhere)
    assert not City.objects.filter(is_published=True)
    act(editor_client, "publish", of("NJ")[:1], **everywhere)
    assert withdrawn(City.objects.all()) == {"Hoboken", "Anaheim"}


def test_what_was_published_again_is_not_kept_back_later(editor_client):
    hoboken = City.objects.get(name="Hoboken")
    by_form(editor_client, hoboken)
    act_at_once(editor_client, "publish", [hoboken])
    act_at_once(editor_client, "withdraw", of("NJ"))
    act_at_once(editor_client, "publish", of("NJ"))
    assert withdrawn(of("NJ")) == set()


def test_what_was_withdrawn_with_many_and_then_by_itself_was_meant(editor_client):
    hoboken = City.objects.get(name="Hoboken")
    act_at_once(editor_client, "withdraw", of("NJ"))
    act_at_once(editor_client, "publish", of("NJ"))
    by_form(editor_client, hoboken)
    act_at_once(editor_client, "publish", of("NJ"))
    assert withdrawn(of("NJ")) == {"Hoboken"}


def test_a_state_that_is_published_again_has_the_cities_that_it_had(editor_client):
    by_form(editor_client, City.objects.get(name="Hoboken"))
    address = f"/admin/locations/state/{State.objects.get(code='NJ').pk}/change/"
    shown = form_data(editor_client.get(address))
    hidden = {name: value for name, value in shown.items() if name != "is_published"}
    assert editor_client.post(address, hidden | {"confirmed": "on"}).status_code == 302
    assert editor_client.get("/locations/new-jersey/bayonne/").status_code == 410
    data = form_data(editor_client.get(address)) | {"is_published": "on"}
    assert editor_client.post(address, data).status_code == 302
    assert editor_client.get("/locations/new-jersey/bayonne/").status_code == 200
    assert editor_client.get("/locations/new-jersey/hoboken/").status_code == 410


@pytest.mark.parametrize("standing", ["alone", "many"])
def test_the_list_is_filtered_by_how_a_city_was_withdrawn(editor_client, standing):
    by_form(editor_client, City.objects.get(name="Hoboken"))
    act_at_once(editor_client, "withdraw", of("NJ"))
    response = editor_client.get(CITIES, {"standing": standing})
    listed = response.context["cl"].get_queryset(response.wsgi_request)
    others = withdrawn(of("NJ")) - {"Hoboken"}
    assert {city.name for city in listed} == ({"Hoboken"} if standing == "alone" else others)


def test_each_step_is_undone_alone(editor_client):
    steps, before = [], []
    for action in ("one", "withdraw", "publish"):
        before.append(everything(MADE_ANEW))
        if action == "one":
            by_form(editor_client, City.objects.get(name="Hoboken"))
        else:
            act_at_once(editor_client, action, of("NJ"))
        steps.append(Batch.objects.first())
    for batch, rows in zip(reversed(steps), reversed(before), strict=True):
        undo(batch)
        assert differing(rows, everything(MADE_ANEW)) == {}


@pytest.mark.parametrize("is_gone", [False, True], ids=["changed since", "deleted since"])
def test_what_was_changed_before_there_was_this_column_is_undone(editor_client, is_gone):
    before = everything(MADE_ANEW)
    hoboken = City.objects.get(name="Hoboken")
    if is_gone:
        with recorded(Batch.By.COMMAND):
            City.objects.get(pk=hoboken.pk).delete()
    else:
        by_form(editor_client, hoboken)
    [batch] = Batch.objects.all()
    for version in Version.objects.filter(table="locations_city", key=hoboken.pk):
        del version.before["withdrawn_among_many"]
        version.save()
    page = editor_client.get(f"/admin/therapydir/batch/{batch.pk}/change/")
    assert "Withdrawn with many others" not in page.text
    undo(batch)
    assert differing(before, everything(MADE_ANEW)) == {}
