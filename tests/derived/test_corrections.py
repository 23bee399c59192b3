"""Which rows of a site that runs a newer fixture may change."""

from therapydir.derived.corrections import Standing, former_files, standing

PRESENT = {"summary": "New law.", "limit": "30 days", "read_on": "2024"}
FORMER = {"summary": "Old law.", "limit": "30 days"}
OLDER = {"summary": "Very old law.", "limit": ""}


def test_a_row_as_the_present_fixture_has_it_is_current():
    assert standing({**PRESENT, "pk": 7}, PRESENT, [FORMER]) is Standing.CURRENT


def test_a_row_as_any_earlier_fixture_had_it_may_be_corrected():
    for former in (FORMER, OLDER):
        assert standing({"read_on": None, **former}, PRESENT, [OLDER, FORMER]) is Standing.OUTDATED


def test_a_row_that_reads_otherwise_was_edited():
    edited = {**FORMER, "limit": "29 days", "read_on": None}
    assert standing(edited, PRESENT, [OLDER, FORMER]) is Standing.EDITED


def test_fields_from_two_earlier_fixtures_are_an_edit():
    mixed = {"summary": OLDER["summary"], "limit": FORMER["limit"], "read_on": None}
    assert standing(mixed, PRESENT, [OLDER, FORMER]) is Standing.EDITED


def test_earlier_files_are_read_in_the_order_of_their_folders(tmp_path):
    for release in ("2026-11-26", "2026-02-01"):
        (tmp_path / "former" / release).mkdir(parents=True)
        (tmp_path / "former" / release / "rules.csv").write_text("")
    (tmp_path / "former" / "2026-03-01").mkdir()
    assert [file.parent.name for file in former_files(tmp_path, "rules.csv")] == ["2026-02-01", "2026-11-26"]
