"""What somebody typed and did not save: kept while one types, and there again until it is saved."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from articles.models import Article, Concern
from locations.models import City, CityAlias, PracticeRule, State
from tests.reading import form_data
from therapydir.unsaved.models import OpenForm

PAGES = {
    "a text": (Article, "articles/article", "summary"),
    "a line of the guide": (Concern, "articles/concern", "why"),
    "a city": (City, "locations/city", "intro"),
    "a state": (State, "locations/state", "intro"),
    "a rule": (PracticeRule, "locations/practicerule", "summary"),
}
WORDS = "Words that nobody saved."


@pytest.fixture(params=PAGES)
def page(request, db):
    """(address, name of a text) of the form of one record of each kind."""
    model, path, name = PAGES[request.param]
    return f"/admin/{path}/{model.objects.order_by('pk').first().pk}/change/", name


@pytest.fixture
def city(anaheim):
    return f"/admin/locations/city/{anaheim.pk}/change/"


def type_into(client, address, **words):
    """Type that, as the script of the page tells the site; gives all that stands in the form."""
    data = form_data(client.get(address)) | words
    assert client.post(f"{address}unsaved/", data | {"_typed": "yes"}).status_code == 200
    return data


def stands(client, address):
    return form_data(client.get(address))


def test_what_was_typed_stands_in_the_form_again_until_it_is_saved(editor_client, page):
    address, name = page
    type_into(editor_client, address, **{name: WORDS})
    response = editor_client.get(address)
    assert "You typed this until" in response.text
    assert WORDS in response.text
    long_enough = f"{WORDS} " * 4
    data = form_data(response) | {name: long_enough.strip()[:150]}
    response = editor_client.post(address, data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert not OpenForm.objects.exists()
    assert "You typed this" not in editor_client.get(address).text


def test_showing_it_again_changes_nothing(editor_client, city, anaheim):
    type_into(editor_client, city, intro=WORDS)
    editor_client.get(city)
    anaheim.refresh_from_db()
    assert WORDS not in anaheim.intro


def test_rows_that_were_added_on_the_form_stand_there_again(editor_client, city, anaheim):
    added = {"aliases-TOTAL_FORMS": anaheim.aliases.count() + 1}
    row = f"aliases-{anaheim.aliases.count()}-name"
    type_into(editor_client, city, **added, **{row: "Annaheim"})
    data = stands(editor_client, city)
    assert data[row] == "Annaheim"
    assert editor_client.post(city, data).status_code == 302
    assert CityAlias.objects.filter(city=anaheim, name="Annaheim").exists()


def test_a_page_that_was_never_saved_is_kept_too(editor_client):
    address = "/admin/articles/article/add/"
    type_into(editor_client, address, title="Half a title")
    assert stands(editor_client, address)["title"] == "Half a title"
    assert not Article.objects.filter(title="Half a title").exists()


def test_it_is_there_for_who_typed_it_alone(admin_client, editor_client, city):
    type_into(admin_client, city, intro=WORDS)
    assert WORDS not in editor_client.get(city).text


def test_what_cannot_be_saved_as_it_is_is_kept(editor_client, city):
    data = form_data(editor_client.get(city)) | {"intro": WORDS, "latitude": "north"}
    assert editor_client.post(city, data).status_code == 200
    again = stands(editor_client, city)
    assert (again["intro"], again["latitude"]) == (WORDS, "north")


def test_it_can_be_thrown_away(editor_client, city):
    data = type_into(editor_client, city, intro=WORDS)
    data = form_data(editor_client.get(city))
    response = editor_client.post(f"{city}unsaved/", data | {"_throw_away": "yes"}, follow=True)
    assert "thrown away" in response.text
    assert WORDS not in response.text
    assert not OpenForm.objects.exists()


def test_a_session_that_ended_takes_no_word_with_it(editor, city):
    client = Client()
    client.force_login(editor)
    data = form_data(client.get(city)) | {"intro": WORDS}
    Session.objects.all().delete()
    response = client.post(city, data, follow=True)
    assert response.redirect_chain[-1][0] == f"/admin/login/?next={city}"
    assert "what you typed stands in the form then" in response.text
    client.force_login(editor)
    assert stands(client, city)["intro"] == WORDS


def test_a_script_is_told_that_the_session_ended_and_its_text_is_kept(editor, city):
    client = Client()
    client.force_login(editor)
    data = form_data(client.get(city)) | {"intro": WORDS, "_typed": "yes"}
    Session.objects.all().delete()
    assert "ended" in client.post(f"{city}unsaved/", data).json()
    client.force_login(editor)
    assert stands(client, city)["intro"] == WORDS


def test_a_form_that_is_refused_as_forged_takes_no_word_with_it(editor, city):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    data = form_data(client.get(city)) | {"intro": WORDS}
    response = client.post(city, data)
    assert response.status_code == 403
    assert "What you typed is kept" in response.text
    assert stands(client, city)["intro"] == WORDS


@pytest.mark.parametrize("ticket", ["", "x", "WzFd:1abc:def"])
def test_nobody_else_can_leave_a_text_here(client, city, ticket):
    assert client.post(city, {"open_form": ticket, "intro": WORDS}).status_code == 302
    assert Client(enforce_csrf_checks=True).post(city, {"open_form": ticket}).status_code == 403
    assert not OpenForm.objects.exists()


def test_neither_can_who_is_no_editor_any_more(editor, city):
    client = Client()
    client.force_login(editor)
    data = form_data(client.get(city)) | {"intro": WORDS}
    User.objects.filter(pk=editor.pk).update(is_active=False)
    assert client.post(city, data).status_code == 302
    assert not OpenForm.objects.exists()


def test_nobody_writes_into_the_form_of_somebody_else(admin_client, editor_client, city):
    data = form_data(admin_client.get(city)) | {"intro": WORDS, "_typed": "yes"}
    assert editor_client.post(f"{city}unsaved/", data).status_code == 403
    assert not OpenForm.objects.exists()


def test_the_address_takes_nothing_but_a_form(editor_client, city):
    assert editor_client.get(f"{city}unsaved/").status_code == 403
    assert Client().get(f"{city}unsaved/").status_code == 302


def test_who_cannot_save_has_the_text_on_the_page_that_says_so(editor_client, city, anaheim, monkeypatch):
    def fail(*given, **options):
        raise OperationalError("database or disk is full")

    data = form_data(editor_client.get(city)) | {"intro": f"{WORDS}\n\n<b>More</b> & more."}
    with monkeypatch.context() as patch:
        patch.setattr(City, "save", fail)
        response = editor_client.post(city, data)
    assert response.status_code == 503
    assert "&lt;b&gt;More&lt;/b&gt; &amp; more." in response.text
    assert response.headers["Cache-Control"] == "no-store"
    sent = {name: value for name, value, _ in response.context["typed"]}
    assert editor_client.post(city, sent).status_code == 302
    anaheim.refresh_from_db()
    assert anaheim.intro.startswith(WORDS)


def test_a_password_is_never_shown_on_that_page(client, db, monkeypatch):
    def fail(*given, **options):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(User, "check_password", fail)
    User.objects.create_user("anna", password="a long secret")
    response = client.post("/admin/login/", {"username": "anna", "password": "a long secret"})
    assert response.status_code == 503
    assert "secret" not in response.text


def test_a_page_says_who_else_has_it_open(admin_client, editor_client, city):
    assert "has this page open" not in editor_client.get(city).text
    assert admin_client.post(f"{city}unsaved/", form_data(admin_client.get(city))).status_code == 200
    assert "admin (since " in editor_client.get(city).text
    answer = editor_client.post(f"{city}unsaved/", form_data(editor_client.get(city))).json()
    assert answer["others"].startswith("admin (since ")
    OpenForm.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert "has this page open" not in editor_client.get(city).text


def test_two_pages_of_the_same_kind_know_nothing_of_each_other(editor_client, admin_client, city, anaheim):
    other = f"/admin/locations/city/{City.objects.exclude(pk=anaheim.pk).first().pk}/change/"
    type_into(admin_client, city, intro=WORDS)
    assert WORDS not in admin_client.get(other).text
    assert "has this page open" not in editor_client.get(other).text


def test_saving_one_page_forgets_nothing_of_another(editor_client, city, anaheim):
    other = f"/admin/locations/city/{City.objects.exclude(pk=anaheim.pk).first().pk}/change/"
    type_into(editor_client, other, intro=WORDS)
    assert editor_client.post(city, form_data(editor_client.get(city))).status_code == 302
    assert stands(editor_client, other)["intro"] == WORDS


def test_a_second_tab_takes_the_text_over_and_loses_none_that_came_later(editor_client, city):
    first = type_into(editor_client, city, intro="First.")
    second = form_data(editor_client.get(city))
    assert second["intro"] == "First."
    editor_client.post(f"{city}unsaved/", first | {"intro": "First, and more.", "_typed": "yes"})
    assert editor_client.post(city, second).status_code == 302
    assert stands(editor_client, city)["intro"] == "First, and more."


def test_who_may_only_look_by_now_still_may(editor, city):
    client = Client()
    client.force_login(editor)
    type_into(client, city, intro=WORDS)
    editor.groups.clear()
    editor.user_permissions.add(Permission.objects.get(codename="view_city"))
    response = client.get(city)
    assert response.status_code == 200
    assert WORDS not in response.text


def test_no_action_is_among_what_was_typed(editor_client, city):
    type_into(editor_client, city, intro=WORDS, action="withdraw", **{"changeform-action": "withdraw"})
    assert not {"action", "changeform-action"} & OpenForm.objects.get().typed.keys()


def test_what_nobody_came_back_for_is_forgotten_in_the_end(editor_client, admin_client, city):
    long_ago = timezone.now() - timedelta(days=61)
    type_into(admin_client, city, intro=WORDS)
    OpenForm.objects.update(seen_at=long_ago, typed_at=long_ago)
    editor_client.post(f"{city}unsaved/", form_data(editor_client.get(city)))
    assert [form.who.get_username() for form in OpenForm.objects.all()] == ["editor"]
