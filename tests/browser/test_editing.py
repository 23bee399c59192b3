"""The admin in a real browser: what it puts back into forms by itself."""

import sqlite3
from contextlib import closing


def county(folder, name=None):
    """The county of Anaheim; changed, as by a colleague, when a name is given."""
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=20)) as database, database:
        if name:
            database.execute("UPDATE locations_city SET county = ? WHERE slug = 'anaheim'", [name])
        return database.execute("SELECT id, county FROM locations_city WHERE slug = 'anaheim'").fetchone()


def test_going_back_after_a_conflict_brings_no_old_text_into_a_new_form(owner, edited_site):
    _, folder = edited_site
    pk, before = county(folder)
    form = f"/admin/locations/city/{pk}/change/"
    owner.goto(form)
    owner.fill("#id_intro", "My words.")
    owner.fill("#id_county", "Mine")
    county(folder, "Orange (a colleague's)")
    owner.click("[name=_save] >> nth=0")
    owner.wait_for_selector("text=changed this while you were editing it")
    assert owner.input_value("#id_intro") == "My words."  # nothing of mine is lost there
    owner.go_back()
    owner.wait_for_selector("#id_county")
    assert owner.input_value("#id_county") == "Orange (a colleague's)"
    assert owner.input_value("#id_intro") != "My words."
    owner.click("[name=_save] >> nth=0")
    owner.wait_for_url("**/admin/locations/city/")
    assert county(folder)[1] == "Orange (a colleague's)"
    county(folder, before)


def test_going_back_where_nobody_saved_meanwhile_keeps_what_was_typed(owner, edited_site):
    pk, _ = county(edited_site[1])
    owner.goto(f"/admin/locations/city/{pk}/change/")
    owner.fill("#id_intro", "My words.")
    owner.goto("/admin/")
    owner.go_back()
    owner.wait_for_selector("#id_intro")
    assert owner.input_value("#id_intro") == "My words."


def test_a_colleagues_save_after_i_left_is_not_undone_by_going_back(owner, edited_site):
    _, folder = edited_site
    pk, before = county(folder)
    owner.goto(f"/admin/locations/city/{pk}/change/")
    owner.fill("#id_county", "Mine")
    owner.goto("/admin/")
    county(folder, "A colleague's")
    owner.go_back()
    owner.wait_for_selector("#id_county")
    assert owner.input_value("#id_county") == "A colleague's"
    county(folder, before)
