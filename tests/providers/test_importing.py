"""An import of the registry: what it adds, changes and withdraws, and what it leaves alone."""

import re
import zipfile
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from openpyxl import Workbook

from locations.models import City
from providers.imports.deactivated import deactivated
from providers.imports.staging import Staged
from providers.models import ImportRun, ListPage, Provider
from tests.providers.nppes import clinic, main_file, names_file, npi, places_file, therapist, zipped
from therapydir.derived.catching_up import verify, writing
from therapydir.derived.versions import content_version

pytestmark = pytest.mark.usefixtures("nobody")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def take(*paths, **options):
    out = StringIO()
    call_command("import_nppes", *map(str, paths), stdout=out, **options)
    return out.getvalue().splitlines()[-1]


def listed(city="Passaic"):
    return set(Provider.objects.listed().filter(city__name=city).values_list("npi", flat=True))


def test_records_are_added_changed_and_withdrawn_by_a_whole_file(tmp_path):
    people = [therapist(n) for n in range(1, 31)]
    assert take(main_file(tmp_path, people)).endswith("30 records of ours; 30 added, 0 changed, 0 withdrawn.")
    people[4] = therapist(5, last="CHANGED")
    assert take(main_file(tmp_path, people[1:])).endswith(
        "29 records of ours; 0 added, 1 changed, 1 withdrawn."
    )
    assert listed() == {npi(n) for n in range(2, 31)}
    assert Provider.objects.get(npi=npi(1)).withdrawn_on is not None
    assert Provider.objects.get(npi=npi(5)).name == "Alex Changed"
    assert take(main_file(tmp_path, people)).endswith("0 added, 1 changed, 0 withdrawn.")  # back again
    assert npi(1) in listed()
    assert list(verify()) == []


def test_the_same_file_again_changes_nothing_and_moves_no_date(tmp_path):
    path = main_file(tmp_path, [therapist(n) for n in range(1, 31)])
    take(path)
    for model in (City, ListPage):
        model.objects.update(content_changed_at=LONG_AGO)
    version = content_version()
    assert take(path).endswith("0 added, 0 changed, 0 withdrawn.")
    assert content_version() == version  # so that pages that are kept stay
    for model in (City, ListPage):
        assert not model.objects.exclude(content_changed_at=LONG_AGO).exists()


def test_what_another_import_took_meanwhile_is_compared_again(tmp_path, monkeypatch):
    people = [therapist(n, phone="9735550199") for n in range(1, 31)]
    path, compare, overtaking = main_file(tmp_path, people), Staged.compare, []

    def overtaken(staged, scope):
        found = compare(staged, scope)
        if not overtaking:
            overtaking.append(
                ImportRun.objects.create(
                    file_name="other", file_date="2025-11-02", is_whole=True, added=2, changed=0, withdrawn=0
                )
            )
            Provider.objects.bulk_create(
                Provider(
                    npi=npi(n), kind="therapist", name="Other", sort_name="other", is_organization=False,
                    state=City.objects.get(name="Passaic").state, source="NPPES",
                )
                for n in (1, 31)
            )  # fmt: skip
        return found

    monkeypatch.setattr(Staged, "compare", overtaken)
    assert take(path, shrink=True).endswith("29 added, 1 changed, 1 withdrawn.")
    assert Provider.objects.get(npi=npi(1)).name == "Alex Example"
    assert list(verify()) == []


def test_only_pages_that_read_otherwise_get_another_date(tmp_path):
    people = [therapist(n, last=f"PERSON{n:02d}") for n in range(1, 31)]
    take(main_file(tmp_path, people))
    for model in (City, ListPage):
        model.objects.update(content_changed_at=LONG_AGO)
    people[24] = therapist(25, last="PERSON25", phone="9735550199")
    take(main_file(tmp_path, people))
    moved = ListPage.objects.exclude(content_changed_at=LONG_AGO)
    assert [(page.slug, page.number) for page in moved] == [("physical-therapists", 2)]
    assert not City.objects.exclude(content_changed_at=LONG_AGO).exists()  # which shows the first six


def test_a_weekly_file_withdraws_nothing_that_it_does_not_mention(tmp_path):
    take(main_file(tmp_path, [therapist(n) for n in range(1, 31)]))
    week = [therapist(1, phone="9735550199"), therapist(2, code="225200000X"), therapist(31)]
    week.append(therapist(3, deactivated="11/04/2025"))
    assert take(main_file(tmp_path, week, whole=False)).endswith("1 added, 1 changed, 2 withdrawn.")
    assert listed() == {npi(n) for n in range(1, 32)} - {npi(2), npi(3)}


def test_what_an_editor_hid_or_corrected_outlives_every_import(tmp_path):
    take(main_file(tmp_path, [therapist(n) for n in range(1, 31)]))
    with writing():
        Provider.objects.filter(npi=npi(1)).update(is_hidden=True)
        Provider.objects.filter(npi=npi(2)).update(our_phone="(973) 555-0142")
    changed = [therapist(n, phone="9735550133") for n in range(1, 31)]
    further = places_file(tmp_path, [(1, "9 ELM ST", "CLIFTON", "NJ", "070110001", "9735550155")])
    take(zipped(tmp_path / "month.zip", main_file(tmp_path, changed), further))
    assert npi(1) not in listed() | listed("Clifton")
    assert Provider.objects.filter(npi=npi(1), is_hidden=True).count() == 2
    assert Provider.objects.get(npi=npi(2)).shown_phone == "(973) 555-0142"


def test_a_zip_brings_further_places_and_the_names_that_people_know(tmp_path):
    main = main_file(tmp_path, [clinic(1, organization="HOLDING NUMBER ONE INC"), therapist(2)])
    places = places_file(
        tmp_path,
        [
            (1, "9 ELM ST", "CLIFTON", "NJ", "070110001", "9735550155"),
            (1, "9 ELM ST.", "CLIFTON", "NJ", "07011", "9735550155"),  # the same
            (2, "3 OAK ST", "PASSAIC", "NJ", "070550001", "9735550156"),  # one card for each city
            (2, "3 OAK ST", "COLUMBUS", "OH", "430850001", "9735550156"),
            (9, "3 OAK ST", "CLIFTON", "NJ", "070110001", "9735550156"),  # who is not ours
        ],
    )
    names = names_file(tmp_path, [(1, "HAPPY HANDS THERAPY", "3"), (1, "FORMERLY OTHER", "4")])
    take(zipped(tmp_path / "month.zip", main, places, names))
    assert (listed(), listed("Clifton")) == ({npi(1), npi(2)}, {npi(1)})
    clinics = Provider.objects.filter(npi=npi(1))
    assert {(one.name, one.legal_name) for one in clinics} == {
        ("Happy Hands Therapy", "Holding Number One Inc")
    }
    assert clinics.get(city__name="Clifton").phone == "9735550155"
    assert list(verify()) == []
    main_file(tmp_path, [clinic(1, organization="HOLDING NUMBER ONE INC"), therapist(2)])
    again = take(zipped(tmp_path / "month.zip", main, places, names))
    assert again.endswith("0 added, 0 changed, 0 withdrawn.")


def test_each_row_of_the_further_files_is_taken_or_told_with_a_reason(tmp_path):
    main = main_file(tmp_path, [clinic(1), clinic(2)])
    places = places_file(
        tmp_path,
        [
            (1, "9 ELM ST", "CLIFTON", "NJ", "070110001", "9735550155"),
            (1, "9 ELM ST", "CLIFTON", "NJ", "070110001", "9735550155"),
            (1, "3 OAK ST", "COLUMBUS", "OH", "430850001", "9735550156"),
            (9, "3 OAK ST", "CLIFTON", "NJ", "070110001", "9735550156"),
        ],
    )
    names = names_file(
        tmp_path,
        [
            *((1, "HAPPY HANDS", "3"), (1, "HAPPIER HANDS", "3"), (1, "FORMERLY OTHER", "4")),
            *((2, "=====", "3"), (9, "SOMEBODY ELSE", "3")),
        ],
    )
    take(zipped(tmp_path / "month.zip", main, places, names))
    assert Provider.objects.filter(name="Happy Hands").count() == 2  # at both of its places
    assert ImportRun.objects.get().told == {
        "further places a second time": 1,
        "further places in other states": 1,
        f"in {places.name} of records that are not listed": 1,
        "other names of records that have one": 1,
        "other names by which nobody knows them": 1,
        "other names that are none": 1,
        f"in {names.name} of records that are not listed": 1,
    }


def test_a_report_without_a_default_style_is_read_without_a_word(tmp_path, recwarn):
    book = Workbook()
    book.active.append([npi(1), "11/03/2025"])
    book.save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(tmp_path / "r.xlsx", "w") as bare:
        for name in whole.namelist():
            words = whole.read(name)
            if name == "xl/styles.xml":  # as in the reports of CMS
                words = re.sub(rb"<cellStyles.*</cellStyles>", b"", words)
            bare.writestr(name, words)
    assert deactivated(tmp_path / "r.xlsx") == {npi(1): date(2025, 11, 3)}
    assert not recwarn.list


def test_the_report_of_deactivated_npis_counts_unless_one_was_made_valid_again(tmp_path):
    book = Workbook()
    for row in (["NPPES Deactivated Records"], ["NPI", "Deactivation Date"]):
        book.active.append(row)
    book.active.append([npi(1), "11/03/2025"])
    book.active.append([npi(2), "11/03/2025"])
    book.save(tmp_path / "report.xlsx")
    report = zipped(tmp_path / "report.zip", tmp_path / "report.xlsx")
    people = [therapist(1), therapist(3)]
    people.append(therapist(2, deactivated="11/03/2025", reactivated="11/03/2025"))
    take(main_file(tmp_path, people), deactivated=str(report))
    assert listed() == {npi(2), npi(3)}


def test_states_that_were_not_asked_for_are_left_alone(tmp_path):
    both = [therapist(n) for n in range(1, 31)]
    both.append(therapist(31, city="ERIE", state="PA", zip_code="165010001"))
    take(main_file(tmp_path, both))
    take(main_file(tmp_path, both[:30]), states="nj")
    assert listed("Erie") == {npi(31)}


def test_what_somebody_changed_by_hand_before_is_not_forgotten_for_an_import(tmp_path):
    take(main_file(tmp_path, [therapist(n) for n in range(1, 31)]))
    Provider.objects.filter(npi=npi(1)).update(zip_code="07011", post_city="Clifton")  # noted, and no more
    take(main_file(tmp_path, [therapist(31)], whole=False))
    assert npi(1) in listed("Clifton")
    assert list(verify()) == []


def test_a_dry_run_changes_nothing(tmp_path):
    said = take(main_file(tmp_path, [therapist(1)]), dry_run=True)
    assert said.endswith("1 records of ours; 1 would be added, 0 would be changed, 0 would be withdrawn.")
    assert not Provider.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_run_is_remembered_with_what_it_left_out(tmp_path):
    take(main_file(tmp_path, [therapist(1), therapist(2, last="")]))
    run = ImportRun.objects.get()
    assert (run.added, run.is_whole, f"{run.file_date}") == (1, True, "2025-11-09")
    assert run.told == {"without a name": 1}


def test_a_place_of_care_of_medicares_is_renewed_by_the_registry(tmp_path):
    call_command("load_fixtures", verbosity=0)  # there, already
    rows = {"organization": "EXAMPLE HOME CARE INC", "code": "261QM0801X", "phone": "9735550177"}
    with writing():
        state = City.objects.get(name="Passaic").state
        Provider.objects.create(
            npi=npi(7), kind="home health", name="Old Name", sort_name="old name", is_organization=True,
            state=state, zip_code="07055", post_city="Passaic", source="Medicare 2022-08",
            phone="9735550100",
        )  # fmt: skip
    take(main_file(tmp_path, [clinic(7, **rows)]))
    renewed = Provider.objects.get(npi=npi(7))
    assert (renewed.kind, renewed.name, renewed.source) == ("home health", "Example Home Care Inc", "NPPES")


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (["261QP2000X"], "clinic"),
        (["261QR0400X"], "clinic"),
        (["261QR0401X"], "clinic"),
        (["225X00000X"], "clinic"),
        (["251E00000X", "225100000X"], "home health"),
        (["273Y00000X"], "rehabilitation"),
        (["314000000X", "283X00000X"], "rehabilitation"),
        (["314000000X"], "nursing"),
    ],
)
def test_the_kind_of_an_organization_is_told_by_its_codes(tmp_path, codes, kind):
    slots = {"code": codes[0], "code15": codes[-1]}
    take(main_file(tmp_path, [clinic(1, **slots)]))
    assert Provider.objects.get().kind == kind
