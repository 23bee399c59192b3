"""A file of a thousand places in a real browser: mended, imported, and taken back, under the site's CSP."""

import csv
import io
import sqlite3
from contextlib import closing

PLACES = "/admin/locations/city/import/places/"


def exported(page):
    return list(csv.DictReader(io.StringIO(page.request.get(PLACES.replace("import", "export")).text())))


def thousand(rows):
    """As many places that are not there yet, of all states."""
    new = {"geonames_id": "", "census_geoid": "", "part_of": ""}
    for number in range(1000):
        row = rows[number % len(rows)]
        name = f"Rosebud {number}"
        yield (
            row
            | new
            | {"name": name, "source_name": name, "latitude": f"{float(row['latitude']) + 0.01:.4f}"}
        )


def choose(page, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    file = {"name": "rosebud.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    page.set_input_files("[type=file]", file)
    page.click("text=Show what it would change")


def test_a_thousand_places_are_mended_imported_and_undone(owner):
    page, before = owner, exported(owner)
    rows = list(thousand(before))
    bad = [dict(row) for row in rows]
    bad[1]["latitude"], bad[499]["zip_codes"], bad[998]["county"] = "high up", "7030", "Orange County"
    page.goto("/admin/locations/city/")
    page.click("text=Import CSV")
    choose(page, bad)
    page.wait_for_selector("text=3 rows are wrong in “rosebud.csv”. Nothing was imported.")
    found = [row.inner_text().split("\t") for row in page.locator(".problems tbody tr").all()]
    assert [cells[:2] for cells in found] == [["3", "latitude"], ["501", "zip_codes"], ["1000", "county"]]
    assert "“high up” is not a number" in found[0][2]
    assert exported(page) == before

    choose(page, rows)  # on the same page
    page.wait_for_selector("text=Nothing is changed yet.")
    assert exported(page) == before
    page.click("text=Import: add 1,000")
    page.wait_for_selector("text=Imported from rosebud.csv: 1,000 added.", timeout=90_000)
    change = page.get_attribute("text=See what was changed, or undo it", "href")
    assert len(exported(page)) == len(before) + 1000

    page.goto(PLACES)
    choose(page, rows)
    page.wait_for_selector("text=would change nothing")

    page.goto(change)
    assert "rosebud.csv" in page.inner_text("#content")
    page.click("text=Undo all of this")
    page.wait_for_selector("text=It is as it was before.")
    assert exported(page) == before


def test_a_file_is_imported_without_scripts(edited_site, chromium, owner):
    address, _ = edited_site
    context = chromium.new_context(
        base_url=address, java_script_enabled=False, storage_state=owner.context.storage_state()
    )
    page = context.new_page()
    page.goto(PLACES)
    row = next(row for row in exported(page) if row["name"] == "Anaheim")
    for county in ("Orange Too", row["county"]):
        choose(page, [row | {"county": county}])
        page.click("text=Import: change 1")
        page.wait_for_selector("text=Imported from rosebud.csv: 1 changed.")
        page.goto(PLACES)
    context.close()


def test_a_file_is_looked_at_while_somebody_else_writes(owner, edited_site):
    row = next(row for row in exported(owner) if row["name"] == "Anaheim")
    owner.goto(PLACES)
    with closing(sqlite3.connect(edited_site[1] / "db.sqlite3", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        choose(owner, [row | {"county": "Orange Too"}])
        owner.wait_for_selector("text=would change 1", timeout=5000)
        writer.execute("ROLLBACK")
