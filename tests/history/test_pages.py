"""What editors see of changes, and who may take them back."""

import re

import pytest
from django.contrib.auth.models import User

from articles.models import Article
from locations.models import City
from tests.reading import form_data
from therapydir.history.differences import words_compared
from therapydir.history.models import Batch

CHANGES = "/admin/therapydir/batch/"


@pytest.fixture
def explainer_changed(admin_client, explainer):
    """The explainer with one word replaced, and the change."""
    address = f"/admin/articles/article/{explainer.pk}/change/"
    data = form_data(admin_client.get(address))
    data["body"] = explainer.body.replace("occupational", "workaday", 1)
    assert admin_client.post(address, data).status_code == 302
    return Batch.objects.first()


def text_of(response):
    return re.sub(r"\s+", " ", response.text)


def test_a_records_history_shows_which_words_changed(admin_client, explainer, explainer_changed):
    text = text_of(admin_client.get(f"/admin/articles/article/{explainer.pk}/history/"))
    assert "<ins>workaday </ins>" in text
    assert "<del>occupational </del>" in text
    assert "by admin" in text
    assert len(text) < 20_000  # and not the whole text again


def test_a_record_is_put_back_by_a_button_of_its_history(admin_client, explainer, explainer_changed):
    page = f"/admin/articles/article/{explainer.pk}/history/"
    response = admin_client.post(f"{page}{explainer_changed.pk}/restore/", follow=True)
    assert "It is as it was before that change." in response.text
    assert Article.objects.get(pk=explainer.pk).body == explainer.body
    again = admin_client.post(f"{page}{explainer_changed.pk}/restore/", follow=True)
    assert "nothing is changed" in again.text


def test_everybodys_changes_are_listed_with_what_and_who(editor_client, explainer_changed):
    text = text_of(editor_client.get(CHANGES))
    assert f"article “{Article.objects.get(is_explainer=True)}”" in text
    assert "admin" in text
    page = editor_client.get(f"{CHANGES}{explainer_changed.pk}/change/").text
    assert "<ins>workaday </ins>" in page
    assert "Undo all of this" in page


def test_a_change_is_undone_by_its_button_once(editor_client, explainer, explainer_changed):
    address = f"{CHANGES}{explainer_changed.pk}/undo/"
    response = editor_client.post(address, follow=True)
    assert "It is as it was before." in response.text
    assert "Undo all of this" not in response.text
    assert Article.objects.get(pk=explainer.pk).body == explainer.body
    assert "was undone already" in editor_client.post(address, follow=True).text
    assert (Batch.objects.first().by, Batch.objects.first().who) == ("undo", "editor")


def test_after_an_action_the_way_to_undo_it_is_said(editor_client, db):
    keys = City.objects.filter(county="Bergen").values_list("pk", flat=True)[:3]
    data = {"action": "withdraw", "_selected_action": [*keys]}
    response = editor_client.post("/admin/locations/city/", data, follow=True)
    [batch] = Batch.objects.filter(by="action")
    assert f'<a href="{CHANGES}{batch.pk}/change/">See what was changed, or undo it</a>' in response.text
    page = text_of(editor_client.get(f"{CHANGES}{batch.pk}/change/"))
    assert "<b>Published:</b> <del>yes</del> <ins>no</ins>" in page


def test_nobody_undoes_what_they_may_not_change(client, explainer, explainer_changed):
    undo = f"{CHANGES}{explainer_changed.pk}/undo/"
    restore = f"/admin/articles/article/{explainer.pk}/history/{explainer_changed.pk}/restore/"
    reader = User.objects.create_user("reader", password="words", is_staff=True)
    for address in (undo, restore, CHANGES, f"/admin/articles/article/{explainer.pk}/history/"):
        client.logout()
        assert client.post(address).status_code == 302  # to the login
        client.force_login(reader)
        assert client.post(address).status_code == 403
    assert Article.objects.get(pk=explainer.pk).body != explainer.body


def test_nothing_is_undone_by_a_link(editor_client, explainer_changed):
    assert editor_client.get(f"{CHANGES}{explainer_changed.pk}/undo/").status_code == 403
    assert not Batch.objects.get(pk=explainer_changed.pk).is_undone


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("one two three", "one 2 three", "one <del>two </del><ins>2 </ins>three"),
        ("a <b>", "a <i>", "a <del>&lt;b&gt;</del><ins>&lt;i&gt;</ins>"),
    ],
)
def test_two_texts_are_compared_by_words(before, after, shown):
    assert words_compared(before, after) == shown


def test_of_a_long_text_what_is_near_the_change_is_shown():
    text = " ".join(f"word{n}" for n in range(500))
    shown = words_compared(text, text.replace("word250 ", "changed "))
    assert "<del>word250 </del><ins>changed </ins>" in shown
    assert "word245" in shown
    assert "word100" not in shown
    assert shown.count("…") == 2


def _history_of(client, record, **changes):
    """What the history of a record says after its form was saved with those changes."""
    form = f"/admin/{record._meta.app_label}/{record._meta.model_name}/{record.pk}/change/"
    response = client.post(form, form_data(client.get(form)) | changes, follow=True)
    assert "See what was changed, or undo it" not in response.text  # only after grave steps
    return text_of(client.get(form.replace("/change/", "/history/")))


def test_rows_that_are_edited_on_a_form_are_in_the_history_of_its_record(admin_client, anaheim):
    count = anaheim.aliases.count()
    added = {"aliases-TOTAL_FORMS": count + 1, f"aliases-{count}-name": "Annaheim"}
    assert re.search("other name “Annaheim[^”]*”: added", _history_of(admin_client, anaheim, **added))


def test_a_new_address_is_called_an_address(admin_client, explainer):
    assert "address “another-slug”" in _history_of(admin_client, explainer, slug="another-slug")
