"""Pages can be looked at before they are live, from what stands in the form; nothing of it is saved."""

import pytest
from django.test import Client

from articles.models import Concern, WarningSign
from locations.models import City, PracticeRule, State
from tests.factories import make_city, make_state, withdraw
from tests.reading import form_data
from tests.whole import differing, everything
from therapydir.history.recording import tie_what_was_left

KINDS = {
    "a city": (City, "locations/city", "intro"),
    "a state": (State, "locations/state", "intro"),
    "a rule": (PracticeRule, "locations/practicerule", "summary"),
    "a line of the guide": (Concern, "articles/concern", "text"),
    "a warning sign": (WarningSign, "articles/warningsign", "text"),
}
WORDS = "Words that nobody saved."


@pytest.fixture(params=KINDS)
def form(request, db):
    """(address, name of a text) of the form of one record of each kind."""
    model, path, name = KINDS[request.param]
    record = model.objects.order_by("pk").first()
    return f"/admin/{path}/{record.pk}/change/", name


def test_a_page_shows_what_stands_in_the_form_and_nothing_is_saved(editor_client, form):
    address, name = form
    sent = form_data(editor_client.get(address)) | {name: WORDS}
    tie_what_was_left()
    before = everything()
    response = editor_client.post(f"{address}preview/", sent)
    assert response.status_code == 200
    assert WORDS in response.text
    assert "This is a preview. Nothing of it is saved." in response.text
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert differing(before, everything()) == {}


def test_what_visitors_get_afterwards_is_what_is_saved(editor_client, anaheim):
    address = f"/admin/locations/city/{anaheim.pk}/change/"
    sent = form_data(editor_client.get(address)) | {"intro": WORDS}
    assert WORDS in editor_client.post(f"{address}preview/", sent).text
    assert WORDS not in Client().get(anaheim.get_absolute_url()).text


def test_what_is_not_live_can_be_looked_at(editor_client, db):
    city = withdraw(make_city(withdraw(make_state())))
    address = f"/admin/locations/city/{city.pk}/change/"
    response = editor_client.post(
        f"{address}preview/", form_data(editor_client.get(address)) | {"intro": WORDS}
    )
    assert WORDS in response.text
    assert Client().get(city.get_absolute_url()).status_code == 404


def test_what_is_not_there_yet_can_be_looked_at(editor_client, db):
    new = {
        "text": WORDS,
        "slug": "words",
        "urgency": WarningSign.Urgency.CALL_911,
        "advice": "Call.",
        "position": "1",
    }
    new |= {"source_name": "CDC", "source_url": "https://www.cdc.gov/stroke/"}
    add = "/admin/articles/warningsign/add/"
    sent = form_data(editor_client.get(add)) | new
    response = editor_client.post(f"{add}preview/", sent)
    assert WORDS in response.text
    assert not WarningSign.objects.filter(slug="words").exists()


def test_what_cannot_be_shown_says_what_is_to_be_mended(editor_client, anaheim):
    address = f"/admin/locations/city/{anaheim.pk}/change/"
    sent = form_data(editor_client.get(address)) | {"latitude": "north"}
    response = editor_client.post(f"{address}preview/", sent)
    assert "Latitude: Enter a number." in response.text


def test_a_preview_is_for_those_alone_who_may_save(editor, anaheim):
    address = f"/admin/locations/city/{anaheim.pk}/change/preview/"
    assert Client().post(address).url.startswith("/admin/login/")
    editor.groups.clear()
    client = Client()
    client.force_login(editor)
    assert client.post(address).status_code == 403


def test_a_new_warning_sign_begins_off_the_guide(editor_client, db):
    form = editor_client.get("/admin/articles/warningsign/add/").context["adminform"].form
    assert form["is_published"].value() is False
    form = editor_client.get("/admin/articles/concern/add/").context["adminform"].form
    assert form["is_published"].value() is True
