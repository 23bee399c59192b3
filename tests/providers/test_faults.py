"""Each kind of fault of a file of the registry: what is said of it, and what becomes of the row."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from providers.models import Provider
from tests.providers import nppes
from tests.providers.nppes import clinic, line, main_file, npi, therapist

pytestmark = pytest.mark.usefixtures("nobody")
SOUND = [therapist(1), clinic(2)]
ROW = line(therapist(3))


def said_of(*paths, **options):
    out = StringIO()
    call_command("import_nppes", *map(str, paths), stdout=out, **options)
    return out.getvalue()


def taken():
    return set(Provider.objects.filter(source="NPPES").values_list("npi", flat=True))


# The row in line 4, and what is said of it: nobody is listed for it, and the others are.
LEFT_OUT = {
    "cut off at its end": (ROW.partition(b"SAMPLE")[0] + b"\n", "1 cut off (line 4)"),
    "cut off at its beginning": (ROW[40:], "1 cut off (line 4)"),
    "a quotation mark too many": (ROW.replace(b"EXAMPLE", b'EX"AMPLE'), "1 wrongly quoted (line 4)"),
    "fields too few": (line(therapist(3)[:329]), "1 without its 330 fields (line 4)"),
    "fields too many": (line([*therapist(3), ""]), "1 without its 330 fields (line 4)"),
    "a line end within": (ROW.replace(b"SAMPLE ST", b"SAMPLE\nST"), "2 cut off (line 4, 5)"),
    "Latin-1": (ROW.replace(b"EXAMPLE", b"IBA\xd1EZ"), "1 in another encoding than UTF-8 (line 4)"),
    "the same NPI": (line(therapist(1, last="OTHER")), "1 a second time (line 4)"),
    "a wrong check digit": (
        ROW.replace(npi(3).encode(), b"1000000031"),
        "1 with an NPI that has a wrong check digit (line 4)",
    ),
    "letters for an NPI": (
        ROW.replace(npi(3).encode(), b"ABCDEFGHIJ"),
        "1 with an NPI that has a wrong check digit (line 4)",
    ),
    "deactivated": (line(therapist(3, deactivated="01/02/2020")), "1 deactivated"),
    "reactivated before that": (
        line(therapist(3, deactivated="01/02/2020", reactivated="01/01/2020")),
        "1 deactivated",
    ),
    "another state": (line(therapist(3, state="OH", zip_code="43085")), "1 in other states"),
    "a state that is none": (line(therapist(3, state="ONTARIO")), "1 outside of the states"),
    "no state": (line(therapist(3, state="")), "1 outside of the states"),
    "another country": (line(therapist(3, country="CA")), "1 outside of the states"),
    "an assistant": (line(therapist(3, code="225200000X")), "1 of other kinds"),
    "an OT assistant, and something else": (
        line(therapist(3, code="224Z00000X", code15="225C00000X")),
        "1 of other kinds",
    ),
    "no name": (line(therapist(3, last="")), "1 without a name (line 4)"),
    "a placeholder for a name": (line(therapist(3, last="<UNAVAIL>")), "1 without a name (line 4)"),
    "signs for a name": (line(clinic(3, organization="=====")), "1 without a name (line 4)"),
}


@pytest.mark.parametrize("fault", LEFT_OUT)
def test_a_row_with_a_fault_is_told_and_left_out(tmp_path, fault):
    row, words = LEFT_OUT[fault]
    said = said_of(main_file(tmp_path, [*SOUND, row]))
    assert f"Left out: {words}." in said
    assert taken() == {npi(1), npi(2)}


# The values of a row that is taken all the same, and what becomes of them.
MENDED = {
    "the name of a state": ({"state": "New Jersey"}, {"state__code": "NJ"}),
    "a lost zero": ({"zip_code": "7055"}, {"zip_code": "07055"}),
    "a lost zero of nine": ({"zip_code": "70550001"}, {"zip_code": "07055"}),
    "no ZIP code, but a name": ({"zip_code": "***"}, {"zip_code": "", "city__name": "Passaic"}),
    "a name that looks like nothing": ({"last": "NULL"}, {"name": "Alex Null"}),
    "a number that is none": ({"phone": "$$$"}, {"phone": ""}),
    "a number of zeros": ({"phone": "0000000000"}, {"phone": ""}),
    "signs for credentials": ({"credential": "***"}, {"credentials": ""}),
    "a date that is none": ({"updated": "13/45/2020"}, {"updated_on": None}),
    "no date": ({"since": ""}, {"enumerated_on": None}),
    "a character that does not show": ({"last": "EX\x00AMPLE"}, {"name": "Alex Example"}),
    "made valid again on that day": (
        {"deactivated": "01/02/2020", "reactivated": "01/02/2020"},
        {"withdrawn_on": None},
    ),
    "the last of fifteen codes, switched to X": (
        {"code": "207Q00000X", "code15": "225X00000X", "switch15": "X"},
        {"is_ot": True, "is_pt": False},
    ),
    "a code in small letters": ({"code": "225100000x"}, {"is_pt": True}),
    "no country": ({"country": ""}, {"city__name": "Passaic"}),
    "blanks": ({"last": "  EXAMPLE  ", "state": " NJ "}, {"name": "Alex Example"}),
}


@pytest.mark.parametrize("case", MENDED)
def test_what_can_be_read_all_the_same_is_taken(tmp_path, case):
    values, wanted = MENDED[case]
    if case == "a code in small letters":
        values = values | {"code15": "225100000X"}
    said_of(main_file(tmp_path, [*SOUND, therapist(3, **values)]))
    assert Provider.objects.filter(npi=npi(3)).values(*wanted).get() == wanted


def test_blank_lines_and_other_line_ends_are_no_faults(tmp_path):
    rows = [line(row).replace(b"\n", b"\r\n") for row in SOUND]
    assert "Left out" not in said_of(main_file(tmp_path, [*rows, b"\n", b"\r\n"]))
    assert taken() == {npi(1), npi(2)}


def test_both_versions_of_the_header_are_read_with_their_odd_blanks(tmp_path):
    for version in (1, 2):
        path = main_file(tmp_path, [therapist(version)], version=version, whole=False)
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"Entity Type", b"Entity  Type", 1))
        said_of(path)
        assert npi(version) in taken()


def refusal(*paths, **options):
    with pytest.raises(CommandError) as caught:
        said_of(*paths, **options)
    assert taken() == set()
    return str(caught.value)


def test_a_file_that_is_none_of_the_registrys_is_refused(tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    assert "no column “NPI” and lacks" in refusal(other)
    assert "is no file of the NPI registry" in refusal(nppes.zipped(tmp_path / "other.zip", other))
    other.write_text("")
    assert "no column “NPI”" in refusal(other)
    assert "cannot be read (No such file or directory)" in refusal(tmp_path / "missing.csv")


def test_a_column_that_is_missing_is_named(tmp_path):
    path = main_file(tmp_path, SOUND)
    path.write_bytes(path.read_bytes().replace(b"Last Update Date", b"Last Updated", 1))
    assert refusal(path).endswith("it has no column “Last Update Date”.")


def test_a_damaged_zip_is_refused(tmp_path):
    whole = nppes.zipped(tmp_path / "whole.zip", main_file(tmp_path, [therapist(n) for n in range(400)]))
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole.read_bytes()[:-100])
    assert "cut.zip is damaged (it has no end): nothing was taken; download it again." in refusal(cut)
    bytes_ = bytearray(whole.read_bytes())
    bytes_[len(bytes_) // 2] ^= 0xFF
    cut.write_bytes(bytes_)
    assert "is damaged" in refusal(cut)


def test_a_name_that_does_not_tell_how_much_it_holds_is_asked_for(tmp_path):
    path = main_file(tmp_path, SOUND, name="registry.csv")
    assert "say --whole or --weekly" in refusal(path)
    said_of(path, is_whole=False)
    assert taken() == {npi(1), npi(2)}


def test_an_older_file_is_refused(tmp_path):
    said_of(main_file(tmp_path, SOUND, ends="20251109"))
    with pytest.raises(CommandError, match="up to 2025-10-12, the site has it up to 2025-11-09"):
        said_of(main_file(tmp_path, SOUND, ends="20251012"))


def test_a_state_that_the_site_does_not_have_is_refused(tmp_path):
    assert refusal(main_file(tmp_path, SOUND), states="NJ,OH") == (
        "OH is not a state of this site: it has CA, FL, NJ, NY, PA."
    )


def test_what_takes_away_more_than_a_tenth_asks_first(tmp_path):
    said_of(main_file(tmp_path, [therapist(n) for n in range(1, 31)]))
    fewer = main_file(tmp_path, [therapist(n) for n in range(5, 31)])
    with pytest.raises(CommandError, match=r"lacks 4 of the 30 records that the site has: .* say --shrink"):
        said_of(fewer)
    assert Provider.objects.listed().count() == 30
    said_of(fewer, shrink=True)
    assert Provider.objects.listed().count() == 26
