"""Two people in one form: no word is lost, and nobody wins in silence."""

import random

import pytest

from articles.models import Article, Concern
from locations.models import City, PracticeRule, State, ZipCode
from tests.reading import form_data
from therapydir.history.models import Version
from therapydir.unsaved.models import OpenForm

CITY = "/admin/locations/city/{}/change/"


@pytest.fixture
def form(editor_client, anaheim):
    """(address, what a browser got) of Anaheim's form."""
    address = CITY.format(anaheim.pk)
    return address, form_data(editor_client.get(address))


def saved(client, address, data):
    response = client.post(address, data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return response


def test_different_fields_are_both_kept_and_it_is_said(admin_client, editor_client, form, anaheim):
    address, opened = form
    saved(
        admin_client, address, opened | {"geonames_id": "77", "population": "5", "part_of": "Fullerton, CA"}
    )
    response = editor_client.post(address, opened | {"intro": "Mine."}, follow=True)
    said = "Kept as somebody else saved it while you were editing"
    assert said in response.text
    city = City.objects.get(pk=anaheim.pk)
    assert (city.intro, city.geonames_id, city.population, city.part_of.name) == ("Mine.", 77, 5, "Fullerton")


def test_the_same_field_shows_both_texts_and_then_takes_what_was_made_of_them(
    admin_client, editor_client, form, anaheim
):
    address, opened = form
    saved(admin_client, address, opened | {"intro": "One city, said by a colleague."})
    mine = opened | {"intro": "One city, said by me."}
    response = editor_client.post(address, mine)
    [error] = response.context["adminform"].form.errors["intro"]
    assert error.startswith("admin (")
    assert "One city, said by <ins>a colleague.</ins>" in error
    again = form_data(response)
    assert again["intro"] == mine["intro"]
    saved(editor_client, address, again | {"intro": "One city, said by both."})
    assert City.objects.get(pk=anaheim.pk).intro == "One city, said by both."


def test_who_goes_on_from_both_texts_is_told_of_a_third(admin_client, editor_client, form):
    address, opened = form
    saved(admin_client, address, opened | {"intro": "First."})
    mine = form_data(editor_client.post(address, opened | {"intro": "Mine."}))
    saved(admin_client, address, form_data(admin_client.get(address)) | {"intro": "Second."})
    response = editor_client.post(address, mine)
    assert "Second." in str(response.context["adminform"].form.errors["intro"])


def test_the_same_change_by_both_is_none_to_choose_between(admin_client, editor_client, form):
    address, opened = form
    saved(admin_client, address, opened | {"population": "5"})
    saved(editor_client, address, opened | {"population": "5", "intro": "Mine."})


def test_zip_codes_that_a_colleague_took_away_do_not_come_back(admin_client, editor_client, form, anaheim):
    address, opened = form
    codes = opened["zip_codes"].split(", ")
    saved(admin_client, address, opened | {"zip_codes": ", ".join(codes[1:])})
    saved(editor_client, address, opened | {"intro": "Mine."})
    assert set(anaheim.zip_codes.values_list("code", flat=True)) == {*codes[1:]}
    response = editor_client.post(address, opened | {"zip_codes": ", ".join(codes[:-1])})
    assert response.context["adminform"].form.errors["zip_codes"]


def test_a_form_from_nowhere_overwrites_nothing(editor_client, form, anaheim):
    address, opened = form
    for seen in ("", "[]", "x", '{"intro": 1}'):
        response = editor_client.post(address, opened | {"intro": "Mine.", "seen": seen})
        assert response.status_code == 200
    assert City.objects.get(pk=anaheim.pk).intro == ""


@pytest.mark.parametrize("model", [Article, Concern, PracticeRule, State, ZipCode])
def test_a_form_that_nobody_else_touched_is_saved_as_it_is(editor_client, db, model):
    for record in model.objects.order_by("pk")[:8]:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{record.pk}/change/"
        saved(editor_client, address, form_data(editor_client.get(address)))


def test_of_random_pairs_of_edits_every_word_is_somewhere(admin_client, editor_client, anaheim):
    """In the page, in a version, or kept for who was asked, in whose form it stands."""
    chance, address = random.Random(16), CITY.format(anaheim.pk)
    fields = ("intro", "name")
    for number in range(25):
        words, two = [], chance.sample([admin_client, editor_client], k=2)
        for client, opened in [(client, form_data(client.get(address))) for client in two]:
            changes = {}
            for field in chance.sample(fields, chance.randint(1, 2)):
                words.append(f"word{number}{field}{len(words)}")
                changes[field] = words[-1]
            response = client.post(address, opened | changes)
            assert response.status_code == 302 or changes.items() <= form_data(client.get(address)).items()
        texts = [repr(City.objects.filter(pk=anaheim.pk).values())]
        texts += [repr(before) for before in Version.objects.values_list("before", flat=True)]
        texts += [repr(typed) for typed in OpenForm.objects.values_list("typed", flat=True)]
        assert [word for word in words if not any(word in text for text in texts)] == []
