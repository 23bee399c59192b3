"""The admin in a real browser: what it puts back into forms, what it keeps, and when it asks."""

import sqlite3
from contextlib import closing

import pytest

from tests.browser.conftest import PASSWORD, Watch, log_in
from tests.serving import manage
from tests.waiting import wait_until


def county(folder, name=None):
    """The county of Anaheim; changed, as by a colleague, when a name is given."""
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=20)) as database, database:
        if name:
            database.execute("UPDATE locations_city SET county = ? WHERE slug = 'anaheim'", [name])
        return database.execute("SELECT id, county FROM locations_city WHERE slug = 'anaheim'").fetchone()


@pytest.fixture
def city(owner, edited_site):
    """(address of Anaheim's form, folder of the site); afterwards nothing is typed or changed there."""
    _, folder = edited_site
    pk, before = county(folder)
    yield f"/admin/locations/city/{pk}/change/", folder
    county(folder, before)
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=20)) as database, database:
        database.execute("UPDATE locations_city SET intro = '' WHERE id = ?", [pk])
        database.execute("DELETE FROM therapydir_openform")


def is_kept(folder, words):
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=20)) as database:
        return any(
            words in (typed or "") for (typed,) in database.execute("SELECT typed FROM therapydir_openform")
        )


def type_words(owner, form, words="My words."):
    """Open the form and type; the clock of the browser stands still, and nothing is sent before `later()`."""
    owner.clock.install()
    owner.goto(form)
    owner.fill("#id_intro", words)


def later(owner, seconds=11):
    """So many seconds later by the clock of the browser."""
    with owner.expect_response("**/unsaved/"):
        owner.clock.fast_forward(seconds * 1000)


def test_going_back_after_a_conflict_shows_both_texts_again(owner, city):
    form, folder = city
    owner.goto(form)
    owner.fill("#id_intro", "My words.")
    owner.fill("#id_county", "Mine")
    county(folder, "Orange (a colleague's)")
    owner.click("[name=_save] >> nth=0")
    owner.wait_for_selector("text=changed this while you were editing it")
    assert owner.input_value("#id_intro") == "My words."  # nothing of mine is lost there
    owner.go_back()
    owner.wait_for_selector("text=changed this while you were editing it")
    assert owner.input_value("#id_intro") == "My words."
    owner.fill("#id_county", "Orange (a colleague's)")
    owner.click("[name=_save] >> nth=0")
    owner.wait_for_url("**/admin/locations/city/")
    assert county(folder)[1] == "Orange (a colleague's)"


def test_going_back_where_nobody_saved_meanwhile_keeps_what_was_typed(owner, city):
    form, _ = city
    owner.goto(form)
    owner.fill("#id_intro", "My words.")
    owner.goto("/admin/")
    owner.wait_for_load_state("networkidle")
    owner.go_back()
    owner.wait_for_selector("#id_intro")
    assert owner.input_value("#id_intro") == "My words."


def test_a_colleagues_save_after_i_left_is_not_undone_by_going_back(owner, city):
    form, folder = city
    owner.goto(form)
    owner.fill("#id_county", "Mine")
    owner.goto("/admin/")
    wait_until(lambda: is_kept(folder, "Mine"))
    county(folder, "A colleague's")
    owner.go_back()
    owner.wait_for_selector("text=changed this while you were editing it")
    assert owner.input_value("#id_county") == "Mine"
    assert county(folder)[1] == "A colleague's"


def test_what_is_typed_is_kept_every_ten_seconds_and_stands_there_after_a_crash(owner, city, chromium):
    form, folder = city
    type_words(owner, form)
    later(owner)
    owner.wait_for_selector("text=Kept, and not saved yet")
    assert is_kept(folder, "My words.")
    state = owner.context.storage_state()
    owner.close()
    again = chromium.new_context(storage_state=state, base_url=owner.url.partition("/admin")[0]).new_page()
    again.goto(form)
    assert again.input_value("#id_intro") == "My words."
    again.click("text=Throw away what I typed")
    again.wait_for_selector("text=is thrown away")
    assert again.input_value("#id_intro") == ""
    again.context.close()


def test_leaving_a_form_asks_and_keeps_what_was_typed(owner, city):
    form, folder = city
    owner.goto(form)
    owner.click("#id_intro")
    owner.keyboard.type("My words.")
    asked = []
    owner.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    owner.goto("/admin/")
    assert asked == ["beforeunload"]
    wait_until(lambda: is_kept(folder, "My words."))  # sent on leaving, it may come after the next page
    owner.goto(form)
    assert owner.input_value("#id_intro") == "My words."


def test_a_form_in_which_nothing_was_typed_is_left_without_a_question(owner, city):
    form, _ = city
    asked = []
    owner.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    owner.goto(form)
    owner.click("#id_intro")
    owner.goto("/admin/")
    assert asked == []


def test_ctrl_s_saves_and_asks_nothing(owner, city):
    form, folder = city
    asked = []
    owner.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    owner.goto(form)
    owner.click("#id_intro")
    owner.keyboard.type("My words.")
    with owner.expect_navigation():
        owner.keyboard.press("Control+s")
    owner.wait_for_selector(".messagelist .success")
    assert owner.input_value("#id_intro") == "My words."
    assert asked == []
    assert not is_kept(folder, "My words.")


def test_a_session_that_ends_while_one_types_is_told_and_takes_nothing(owner, city):
    form, folder = city
    type_words(owner, form)
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=20)) as database, database:
        database.execute("DELETE FROM django_session")
    later(owner)
    owner.wait_for_selector("text=Your session has ended")
    owner.click("[name=_save] >> nth=0")
    owner.wait_for_selector("text=what you typed stands in the form then")
    log_in(owner)
    owner.wait_for_selector("#id_intro")
    assert owner.input_value("#id_intro") == "My words."


WRITER = "mira"
SUMMARY = "How people learn to walk again after an operation, and who helps them with it, in short."


@pytest.fixture
def writer(edited_site, chromium, owner):
    """A page of somebody in the group Writers, on a phone."""
    address, folder = edited_site
    make = (
        "from django.contrib.auth.models import Group, User\n"
        f"user, is_new = User.objects.get_or_create(username={WRITER!r}, is_staff=True)\n"
        f"user.set_password({PASSWORD!r})\n"
        "user.save()\n"
        "user.groups.add(Group.objects.get(name='Writers'))\n"
    )
    made = manage(folder, "shell", "-c", make)
    assert made.returncode == 0, made.stderr
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    context, watch = chromium.new_context(base_url=address, **phone), Watch(address)
    page = watch.over(context.new_page())
    page.goto("/admin/login/?next=/admin/")
    log_in(page, WRITER)
    page.locator("#user-tools").wait_for()
    yield page
    context.close()
    assert watch.complaints == []


def visible(chromium, address, path):
    """What a visitor reads there: (status, text)."""
    page = chromium.new_page(base_url=address)
    status = page.goto(path).status
    text = page.inner_text("body")
    page.close()
    return status, text


def press(page, name):
    with page.expect_navigation():
        page.click(f"[name={name}] >> nth=0")


def test_a_text_from_the_first_draft_to_its_end(writer, owner, edited_site, chromium):
    """Written, submitted, sent back, published, worked on in private, moved, put back, withdrawn."""
    address, _ = edited_site
    writer.goto("/admin/articles/article/add/")
    writer.fill("#id_title", "Walking again")
    writer.fill("#id_body", "Half a sentence")
    press(writer, "_draft")
    assert "It cannot be published yet" in writer.inner_text(".messagelist")
    writer.fill("#id_short_title", "Walking again")
    writer.fill("#id_summary", SUMMARY)
    press(writer, "_submit")
    assert "Submitted" in writer.inner_text(".messagelist")
    assert visible(chromium, address, "/articles/walking-again/")[0] == 404

    owner.goto("/admin/")
    owner.click("text=1 draft")
    owner.click("text=Walking again")
    owner.fill("#id_note", "Whole sentences, please.")
    press(owner, "_send_back")
    writer.reload()
    assert "Whole sentences, please." in writer.inner_text("#content")
    writer.fill("#id_body", "Whole sentences.")
    press(writer, "_submit")

    owner.reload()
    press(owner, "_continue")
    assert "Whole sentences." in visible(chromium, address, "/articles/walking-again/")[1]

    writer.goto(owner.url)
    writer.fill("#id_body", "Whole sentences, and more.")
    press(writer, "_draft")
    link = writer.get_attribute("a[href*='/preview/']", "href")
    assert "and more" not in visible(chromium, address, "/articles/walking-again/")[1]
    assert "and more" in visible(chromium, address, f"/preview/{link.partition('/preview/')[2]}")[1]
    writer.click("text=What the draft would change")
    assert "and more" in writer.inner_text("ins")

    owner.reload()
    owner.fill("#id_slug", "to-walk-again")
    press(owner, "_continue")
    assert "and more" in visible(chromium, address, "/articles/walking-again/")[1]  # by a redirect
    owner.click("text=History")
    owner.click("text=Put back as it was before this >> nth=0")
    owner.wait_for_selector("text=It is as it was before that change.")
    assert "and more" not in visible(chromium, address, "/articles/walking-again/")[1]

    owner.click("text=Walking again >> nth=0")
    owner.click("text=Withdraw…")
    owner.click("text=Withdraw it")
    owner.wait_for_selector("text=is withdrawn")
    assert visible(chromium, address, "/articles/walking-again/")[0] == 410
    owner.click("text=See what was changed, or undo it")
    owner.click("text=Undo all of this")
    owner.wait_for_selector("text=It is as it was before.")
    assert visible(chromium, address, "/articles/walking-again/")[0] == 200


ABOUT = "/admin/articles/article/{}/change/"


@pytest.fixture
def text(edited_site):
    """The form of a page about the site, of which nobody has a draft; afterwards neither."""
    _, folder = edited_site
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=20)) as database, database:
        [(pk,)] = database.execute("SELECT id FROM articles_article WHERE slug = 'privacy'")
    yield ABOUT.format(pk)
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=20)) as database, database:
        database.execute("DELETE FROM articles_draft")
        database.execute("DELETE FROM therapydir_openform")


def type_end(page, words):
    """Add words at the end of the text, as one types on any device."""
    page.fill("#id_body", page.input_value("#id_body") + words)


def test_on_a_phone_and_a_desk_the_same_paragraph_shows_both_texts(owner, writer, text):
    owner.goto(text)
    writer.goto(text)
    owner.wait_for_timeout(200)
    type_end(writer, " Said on the phone.")
    type_end(owner, " Said at the desk.")
    press(writer, "_draft")
    press(owner, "_draft")
    assert "Said on the phone." in owner.inner_text(".both-texts")
    assert "Said at the desk." in owner.input_value("#id_body")
    type_end(owner, " Said on the phone.")
    press(owner, "_draft")
    writer.reload()
    body = writer.input_value("#id_body")
    assert "Said on the phone." in body
    assert "Said at the desk." in body


def test_different_boxes_of_two_people_are_both_kept(owner, writer, text):
    owner.goto(text)
    writer.goto(text)
    type_end(writer, " Said on the phone.")
    owner.fill("#id_title", "Privacy, and what is kept")
    press(writer, "_draft")
    press(owner, "_draft")
    assert "Kept as somebody else saved it" in owner.inner_text(".messagelist")
    assert "Said on the phone." in owner.input_value("#id_body")
    assert owner.input_value("#id_title") == "Privacy, and what is kept"


def test_a_second_tab_overwrites_nothing_of_the_first(owner, text):
    owner.goto(text)
    second = owner.context.new_page()
    second.goto(text)
    type_end(owner, " From the first tab.")
    type_end(second, " From the second tab.")
    press(owner, "_draft")
    press(second, "_draft")
    assert "From the first tab." in second.inner_text(".both-texts")
    assert "From the second tab." in second.input_value("#id_body")


def test_going_back_to_a_form_that_was_saved_overwrites_nothing(owner, writer, text):
    owner.goto(text)
    type_end(owner, " First.")
    press(owner, "_draft")
    owner.goto("/admin/")
    writer.goto(text)
    type_end(writer, " Second.")
    press(writer, "_draft")
    owner.go_back()
    owner.wait_for_selector("#id_body")
    type_end(owner, " Third.")
    press(owner, "_draft")
    body = owner.input_value("#id_body")
    shown = owner.query_selector(".both-texts")
    assert "Second." in (shown.inner_text() if shown else body)
    assert "Third." in body


def test_enter_throws_nothing_away(owner, city):
    form, folder = city
    type_words(owner, form)
    later(owner)
    owner.reload()
    assert owner.input_value("#id_intro") == "My words."
    with owner.expect_navigation():
        owner.press("#id_county", "Enter")
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=20)) as database:
        intros = database.execute("SELECT intro FROM locations_city WHERE slug = 'anaheim'").fetchall()
    assert intros == [("My words.",)]


def test_enter_sends_no_draft_back(owner, writer, text):
    writer.goto(text)
    type_end(writer, " More.")
    press(writer, "_submit")
    owner.goto(text)
    with owner.expect_navigation():
        owner.press("#id_title", "Enter")
    assert "In review" in owner.inner_text("#content")
