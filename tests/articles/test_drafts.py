"""Texts are written in private: a draft takes anything, and visitors go on seeing what is published."""

from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from articles.drafting import SHOWN_FOR, preview_token
from articles.models import Article, Draft
from tests.factories import make_article, save
from tests.history.test_undo import everything, last
from tests.reading import form_data
from tests.whole import differing
from therapydir.derived.catching_up import catch_up
from therapydir.history.models import Batch
from therapydir.history.undoing import undo

LIST, ADD = "/admin/articles/article/", "/admin/articles/article/add/"
SUMMARY = "A summary that is long enough for a search engine to be content with it, and says little."


@pytest.fixture
def writer_client(db):
    user = User.objects.create_user("writer", is_staff=True)
    user.groups.add(Group.objects.get(name="Writers"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def live(db):
    return make_article("A live text", body="First words.", summary=SUMMARY)


@contextmanager
def undone():
    """What is done within is undone after it: nothing in the database differs then."""
    catch_up()
    last()
    before = everything()
    yield
    undo(last())
    assert differing(before, everything()) == {}


def form_of(article):
    return f"{LIST}{article.pk}/change/"


def press(client, address, button, **words):
    return client.post(address, form_data(client.get(address)) | words | {button: "yes"}, follow=True)


def test_a_published_text_is_worked_on_while_visitors_see_the_published_one(writer_client, client, live):
    response = press(writer_client, form_of(live), "_draft", body="Second words.", title="Another title")
    assert "Saved as a draft" in response.text
    page = client.get(live.get_absolute_url()).text
    assert "First words." in page
    assert "Second words." not in page
    again = form_data(writer_client.get(form_of(live)))
    assert (again["body"], again["title"]) == ("Second words.", "Another title")


def test_a_draft_takes_anything_and_says_what_is_wrong(writer_client, db):
    response = press(writer_client, ADD, "_draft", title="", body="Half a", published_at_0="soon", slug="No!")
    assert "It cannot be published yet" in response.text
    for words in ("Title: This field is required", "Published at: Enter a valid date", "Slug: An address is"):
        assert words in response.text
    draft = Draft.objects.get()
    address = f"{ADD}?draft={draft.pk}"
    assert response.redirect_chain[-1][0] == address
    again = form_data(response)
    assert (again["body"], again["published_at_0"], again["slug"]) == ("Half a", "soon", "No!")
    assert not Article.objects.filter(body="Half a").exists()


def test_what_is_wrong_stays_when_it_is_saved_again_and_what_is_mended_is_mended(writer_client, db):
    press(writer_client, ADD, "_draft", title="", published_at_0="soon")
    address = f"{ADD}?draft={Draft.objects.get().pk}"
    press(writer_client, address, "_draft", title="A title")
    again = form_data(writer_client.get(address))
    assert (again["title"], again["published_at_0"]) == ("A title", "soon")
    assert Draft.objects.count() == 1


def test_who_may_publish_does_and_the_draft_is_gone(editor_client, client, live):
    press(editor_client, form_of(live), "_draft", body="Second words.")
    response = press(editor_client, form_of(live), "_continue")
    assert response.status_code == 200
    assert "Second words." in client.get(live.get_absolute_url()).text
    assert not Draft.objects.exists()


def test_a_new_text_goes_from_draft_through_review_to_the_site(writer_client, editor_client, client, db):
    press(writer_client, ADD, "_draft", title="A new text")
    draft = Draft.objects.get()
    address = f"{ADD}?draft={draft.pk}"
    response = press(writer_client, address, "_submit")
    assert "It is not submitted yet" in response.text
    words = {"short_title": "A new text", "slug": "a-new-text", "summary": SUMMARY, "body": "Words of it."}
    assert "Submitted" in press(writer_client, address, "_submit", **words).text
    reviewed = editor_client.get("/admin/articles/draft/?standing=review").text
    assert "In review, submitted by writer" in reviewed
    assert "Sent back" in press(editor_client, address, "_send_back", _note="Shorter, please.").text
    assert "Shorter, please." in writer_client.get(address).text
    press(writer_client, address, "_submit", body="Short.")
    press(editor_client, address, "_continue")
    assert "Short." in Client().get("/articles/a-new-text/").text
    assert not Draft.objects.exists()


BUTTONS = ("_save", "_continue", "_addanother", "_publish", "_saveasnew", "")


@pytest.mark.parametrize("button", BUTTONS)
def test_a_writer_publishes_nothing_by_any_button(writer_client, live, button):
    sent = form_data(writer_client.get(form_of(live))) | {"body": "Second words.", "status": "published"}
    assert writer_client.post(form_of(live), sent | {button: "yes"}).status_code == 403
    new = form_data(writer_client.get(ADD)) | {"title": "x", "slug": "x", "short_title": "x"}
    new |= {"summary": SUMMARY.upper(), "body": "x", "status": "published"}
    assert writer_client.post(ADD, new | {button: "yes"}).status_code == 403
    live.refresh_from_db()
    assert live.body == "First words."
    assert not Article.objects.filter(slug="x").exists()


def test_a_writer_publishes_nothing_by_any_other_way(writer_client, editor_client, live):
    before = Article.objects.values().get(pk=live.pk)
    press(editor_client, form_of(live), "_continue", body="Second words.")
    change = Batch.objects.first()
    for address in (
        f"{LIST}{live.pk}/withdraw/",
        f"{LIST}{live.pk}/history/{change.pk}/restore/",
        f"/admin/therapydir/batch/{change.pk}/undo/",
        f"{LIST}{live.pk}/delete/",
        "/admin/articles/concern/add/",
        "/admin/locations/city/add/",
    ):
        assert writer_client.post(address, {"post": "yes", "_confirmed": "yes"}).status_code == 403, address
    writer_client.post(LIST, {"action": "delete_selected", "_selected_action": live.pk, "post": "yes"})
    assert Article.objects.values("status", "body").get(pk=live.pk) == {
        "status": before["status"],
        "body": "Second words.",
    }


def test_nobody_without_an_account_sees_anything_of_it(writer_client, live):
    press(writer_client, form_of(live), "_draft", body="Second words.")
    draft = Draft.objects.get()
    for address in (
        *(form_of(live), f"{LIST}{live.pk}/difference/", f"{LIST}{live.pk}/history/"),
        *(f"{LIST}{live.pk}/withdraw/", f"{form_of(live)}unsaved/", f"{form_of(live)}preview/"),
        *("/admin/articles/draft/", f"/admin/articles/draft/{draft.pk}/change/"),
        *(f"/admin/articles/draft/{draft.pk}/history/", f"{ADD}?draft={draft.pk}"),
    ):
        for response in (Client().get(address), Client().post(address, {"_draft": "yes"})):
            assert response.status_code == 302, address
            assert response.url.startswith("/admin/login/")
    for token in ("x", f"{draft.pk}", preview_token(draft)[:-1]):
        assert Client().get(f"/preview/{token}/").status_code == 404


def test_two_who_write_one_draft_lose_no_word(writer_client, editor_client, live):
    opened = [(client, form_data(client.get(form_of(live)))) for client in (writer_client, editor_client)]
    (first, mine), (second, theirs) = opened
    first.post(form_of(live), mine | {"_draft": "yes", "body": "The writer's words."})
    response = second.post(form_of(live), theirs | {"_draft": "yes", "title": "The editor's"}, follow=True)
    assert "Kept as somebody else saved it" in response.text
    assert (form_data(response)["body"], form_data(response)["title"]) == (
        "The writer's words.",
        "The editor's",
    )
    response = second.post(form_of(live), theirs | {"_draft": "yes", "body": "The editor's words."})
    assert response.status_code == 200
    [error] = response.context["adminform"].form.errors["body"]
    assert "The <ins>writer&#x27;s </ins>words." in error
    assert "writer" in Draft.objects.get().fields["body"][0]
    sent = form_data(response) | {"_draft": "yes", "body": "Both."}
    second.post(form_of(live), sent)
    assert Draft.objects.get().fields["body"] == ["Both."]


def test_publishing_what_a_writer_drafted_meanwhile_is_no_silent_winner(writer_client, editor_client, live):
    opened = form_data(editor_client.get(form_of(live)))
    press(writer_client, form_of(live), "_draft", body="The writer's words.")
    response = editor_client.post(form_of(live), opened | {"_continue": "yes", "body": "The editor's words."})
    assert response.status_code == 200
    assert "body" in response.context["adminform"].form.errors
    live.refresh_from_db()
    assert live.body == "First words."


def test_nobody_publishes_words_that_were_not_in_the_form(writer_client, editor_client, live):
    opened = form_data(editor_client.get(form_of(live)))
    press(writer_client, form_of(live), "_draft", body="Not to be published yet.")
    sent = opened | {"_continue": "yes", "title": "The editor's title"}
    response = editor_client.post(form_of(live), sent)
    assert "writer (" in response.text
    assert "Nothing is published yet" in response.text
    again = form_data(response)
    assert (again["body"], again["title"]) == ("Not to be published yet.", "The editor's title")
    live.refresh_from_db()
    assert (live.body, live.title) == ("First words.", "A live text")
    editor_client.post(form_of(live), again | {"_continue": "yes"})
    live.refresh_from_db()
    assert (live.body, live.title) == ("Not to be published yet.", "The editor's title")


def test_the_difference_is_a_click_away(writer_client, live):
    press(writer_client, form_of(live), "_draft", body="First words, and more.")
    response = writer_client.get(f"{LIST}{live.pk}/difference/")
    assert [label for label, _ in response.context["lines"]] == ["Body"]
    assert "<ins>" in response.text
    assert f"{LIST}{live.pk}/difference/" in writer_client.get(form_of(live)).text


def test_a_draft_has_a_history_and_each_version_can_be_put_back(writer_client, live):
    press(writer_client, form_of(live), "_draft", body="One.")
    press(writer_client, form_of(live), "_draft", body="Two.")
    draft = Draft.objects.get()
    history = writer_client.get(f"/admin/articles/draft/{draft.pk}/history/").text
    assert "<del>One.</del> <ins>Two.</ins>" in history
    batch = Batch.objects.first()
    writer_client.post(f"/admin/articles/draft/{draft.pk}/history/{batch.pk}/restore/")
    assert form_data(writer_client.get(form_of(live)))["body"] == "One."


def test_a_draft_that_was_thrown_away_can_be_put_back(writer_client, live):
    press(writer_client, form_of(live), "_draft", body="One.")
    response = press(writer_client, form_of(live), "_discard")
    assert "thrown away" in response.text
    assert not Draft.objects.exists()
    undo = f"/admin/therapydir/batch/{Batch.objects.first().pk}/undo/"
    writer_client.post(undo)
    assert form_data(writer_client.get(form_of(live)))["body"] == "One."


def test_publishing_can_be_undone_with_its_draft_and_dates(editor_client, live):
    press(editor_client, form_of(live), "_draft", body="Second words.")
    with undone():
        press(editor_client, form_of(live), "_continue")


def test_withdrawing_asks_and_can_be_undone(editor_client, client, live):
    address = f"{LIST}{live.pk}/withdraw/"
    assert "no longer offered here" in editor_client.get(address).text
    with undone():
        assert "undo it" in editor_client.post(address, follow=True).text
        assert Client().get(live.get_absolute_url()).status_code == 410


def test_a_signed_link_shows_a_draft_to_who_has_no_account_for_seven_days(writer_client, live, monkeypatch):
    press(writer_client, form_of(live), "_draft", body="Second words.", title="")
    response = writer_client.get(form_of(live))
    link = response.context["preview_link"].partition("/preview/")[2]
    shown = Client().get(f"/preview/{link}")
    assert "Second words." in shown.text
    assert "This is a draft, not the site" in shown.text
    assert "no-store" in shown["Cache-Control"]
    assert "noindex" in shown["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex">' in shown.text
    assert shown["Referrer-Policy"] == "no-referrer"
    later = timezone.now() + SHOWN_FOR + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert Client().get(f"/preview/{link}").status_code == 404


def test_the_link_to_a_text_that_went_live_leads_to_it(editor_client, db):
    text = make_article("Not yet", status="draft")
    link = f"/preview/{preview_token(text)}/"
    assert "Not yet" in Client().get(link).text
    text.status = "published"
    save(text)
    assert Client().get(link).url == text.get_absolute_url()


def test_what_stands_in_the_form_can_be_previewed_and_nothing_is_saved(writer_client, live):
    sent = form_data(writer_client.get(form_of(live))) | {"body": "Second words.", "title": ""}
    response = writer_client.post(f"{form_of(live)}preview/", sent)
    assert "Second words." in response.text
    assert "no-store" in response["Cache-Control"]
    live.refresh_from_db()
    assert live.body == "First words."
    assert not Draft.objects.exists()
    new = form_data(writer_client.get(ADD)) | {"title": "A new one", "body": "Words."}
    assert "A new one" in writer_client.post(f"{ADD}preview/", new).text


def test_a_page_expires_everywhere_at_its_minute(client, live, monkeypatch):
    end = timezone.now() + timedelta(hours=1)
    live.expires_at = end
    save(live)
    path = live.get_absolute_url()
    everywhere = ("/articles/", "/feed.xml", "/sitemap-articles.xml")
    assert client.get(path).status_code == 200
    assert all(path in client.get(address).text for address in everywhere)
    later = end + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.get(path).status_code == 410
    assert not any(path in client.get(address).text for address in everywhere)


def test_it_cannot_end_before_it_begins(editor_client, live):
    sent = form_data(editor_client.get(form_of(live))) | {
        "expires_at_0": "2001-01-01",
        "expires_at_1": "10:00",
    }
    response = editor_client.post(form_of(live), sent | {"_continue": "yes"})
    assert "This is before the page appears" in response.text


@pytest.mark.parametrize(
    "unsound",
    [
        {"reviewed_at": "yesterday"},
        {"published_at_0": "soon", "published_at_1": ""},
        {"expires_at_0": "2031-01-01", "expires_at_1": "25:99"},
    ],
)
@pytest.mark.parametrize("button", ["_draft", "_continue"])
def test_what_is_unsound_in_a_draft_keeps_nobody_from_writing(
    writer_client, editor_client, live, unsound, button
):
    opened = form_data(editor_client.get(form_of(live)))
    press(writer_client, form_of(live), "_draft", **unsound)
    response = editor_client.post(form_of(live), opened | {"body": "The editor's words.", button: "yes"})
    assert response.status_code == 200
    assert "writer (" in response.text
    assert form_data(response)["body"] == "The editor's words."
    assert form_data(editor_client.get(form_of(live)))["body"] == "The editor's words."


def test_a_form_that_is_stale_brings_no_withdrawn_text_back(admin_client, editor_client, live):
    opened = form_data(editor_client.get(form_of(live)))
    admin_client.post(f"{LIST}{live.pk}/withdraw/")
    response = editor_client.post(form_of(live), opened | {"title": "Mended", "_continue": "yes"})
    assert "changed the standing of this text" in response.text
    live.refresh_from_db()
    assert live.status == Article.Status.WITHDRAWN
    editor_client.post(form_of(live), form_data(response) | {"_continue": "yes"})
    live.refresh_from_db()
    assert (live.status, live.title) == (Article.Status.PUBLISHED, "Mended")


def test_a_conflict_in_a_draft_is_shown_whatever_else_was_pressed(writer_client, editor_client, live):
    opened = form_data(editor_client.get(form_of(live)))
    press(writer_client, form_of(live), "_draft", body="The writer's words.")
    count = Article.objects.count()
    sent = opened | {"body": "The editor's.", "_draft": "yes", "_saveasnew": "yes", "slug": "new"}
    response = editor_client.post(form_of(live), sent)
    assert response.status_code == 200
    assert Article.objects.count() == count


def test_a_writer_sends_nothing_back(writer_client, live):
    press(writer_client, form_of(live), "_submit")
    sent = form_data(writer_client.get(form_of(live)))
    assert writer_client.post(form_of(live), sent | {"_send_back": "yes"}).status_code == 403
    assert Draft.objects.get().is_in_review


def test_no_link_shows_a_text_that_was_withdrawn(editor_client, live):
    token = preview_token(live)
    editor_client.post(f"{LIST}{live.pk}/withdraw/")
    assert Client().get(f"/preview/{token}/").status_code == 404


def test_a_session_that_ends_in_a_new_draft_leads_back_to_that_draft(writer_client, db):
    press(writer_client, ADD, "_draft", title="New")
    address = f"{ADD}?draft={Draft.objects.get().pk}"
    sent = form_data(writer_client.get(address)) | {"body": "An hour of work", "_draft": "yes"}
    Session.objects.all().delete()
    response = writer_client.post(address, sent)
    assert response.url == f"/admin/login/?next={quote(address, safe='/')}"


def test_a_text_is_not_published_that_has_ended(editor_client, live):
    live.expires_at, live.published_at = timezone.now() - timedelta(days=1), None
    with pytest.raises(ValidationError, match="before the page appears"):
        live.clean()
