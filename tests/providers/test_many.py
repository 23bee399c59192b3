"""What keeps the work small where very many are listed."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from locations.models import City
from providers import derivations
from providers.entries import printed_texts
from providers.lists import facts_of_pages, listed_in, some_of
from providers.models import CityList, ListPage, Provider, Specialty
from tests.providers.nppes import clinic, main_file, npi, therapist
from therapydir.derived import catching_up
from therapydir.derived.catching_up import catch_up, verify
from therapydir.derived.models import Noted, Schema

ADMIN = "/admin/providers/provider/"
LONG_AGO = timezone.now() - timezone.timedelta(days=1000)
SLUG = "physical-therapists"


@pytest.fixture
def passaic(nobody, tmp_path):
    """Passaic with 65 physical therapists, on four pages, and a clinic."""
    people = [therapist(n, last=f"PERSON{n:02d}", street=f"{n} OAK ST") for n in range(1, 66)]
    people[0] = therapist(1, last="PERSON01", street="1 OAK ST", code="2251H1200X")
    people.append(clinic(70, organization="SAMPLE THERAPY PC"))
    call_command("import_nppes", str(main_file(tmp_path, people)), verbosity=0)
    ListPage.objects.update(content_changed_at=LONG_AGO)
    return City.objects.get(name="Passaic")


def moved():
    """The numbers of the pages whose date moved."""
    rows = ListPage.objects.filter(slug=SLUG, content_changed_at__gt=LONG_AGO)
    return sorted(rows.values_list("number", flat=True))


def plan(records):
    """How the database goes about it, with as little choice as it has where there are very many rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for setting in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{setting} = off")
    return records.explain()


@pytest.mark.parametrize("slug", ["clinics", "occupational-therapists", SLUG, "home-health"])
@pytest.mark.parametrize("specialty", ["", "hands"])
def test_a_place_in_a_list_is_found_in_an_index_alone(passaic, slug, specialty):
    steps = plan(listed_in(passaic, slug, specialty).values("sort_name", "pk")[40:41])
    assert "COVERING INDEX provider_list" in steps or "Index Only Scan using provider_list" in steps
    assert "B-TREE" not in steps  # which is where SQLite sorts
    assert "Sort" not in steps


def test_a_page_reads_no_more_entries_than_it_shows(client, passaic):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"{passaic.get_absolute_url()}{SLUG}/4/").text.count("provider-view/") >= 5
    assert any("LIMIT 1 OFFSET 60" in made["sql"] for made in queries)
    listed = listed_in(passaic, SLUG)
    assert [row.npi for row in some_of(listed, 60, 80)] == [npi(n) for n in range(61, 66)]
    assert [row.npi for row in some_of(listed, 19, 21)] == [npi(20), npi(21)]
    assert list(some_of(listed, 65, 80)) == []


def test_a_place_between_records_of_one_name_is_found(passaic):
    Provider.objects.filter(kind="therapist").update(sort_name="same")
    listed = listed_in(passaic, SLUG)
    assert [row.pk for row in some_of(listed, 7, 12)] == [row.pk for row in listed][7:12]


def test_a_correction_moves_the_date_of_its_page_alone(passaic):
    Provider.objects.filter(npi=npi(30)).update(our_phone="(973) 555-0199")
    catch_up()
    assert moved() == [2]
    assert list(verify()) == []


def test_who_goes_moves_the_dates_of_all_pages_that_say_how_many_there_are(passaic):
    Provider.objects.filter(npi=npi(30)).update(is_hidden=True)
    catch_up()
    assert moved() == [1, 2, 3, 4]
    assert list(verify()) == []


def test_what_no_page_shows_moves_no_date(passaic):
    """A street that is kept to itself, and what an editor's correction hides."""
    Provider.objects.filter(npi=npi(30)).update(our_phone="(973) 555-0199")
    catch_up()
    ListPage.objects.update(content_changed_at=LONG_AGO)
    Provider.objects.filter(npi=npi(30)).update(phone="9735550111", street="12 Hidden St")
    catch_up()
    assert moved() == []
    assert list(verify()) == []


def test_other_words_for_a_specialty_move_the_dates_of_lists_with_it(passaic):
    Specialty.objects.filter(slug="hands").update(label="hands and wrists")
    catch_up()
    assert moved() == [1, 2, 3, 4]
    assert list(verify()) == []


def test_both_databases_tell_alike_what_a_page_prints(passaic):
    [text] = printed_texts(some_of(listed_in(passaic, SLUG), 0, 1))
    assert text.startswith(f"{npi(1)}|")
    assert text.endswith("||9735550100|yes|||2007-05-23|2024-03-04")


@pytest.fixture
def looked_at(monkeypatch):
    """The numbers of the pages whose entries were looked at, of each slice of work."""
    asked = []

    def facts(keys):
        if keys:
            asked.append(sorted(ListPage.objects.filter(pk__in=keys).values_list("number", flat=True)))
        return facts_of_pages(keys)

    monkeypatch.setattr(derivations, "facts_of_pages", facts)
    return asked


def test_all_pages_of_a_long_list_are_dated_in_slices(passaic, looked_at, monkeypatch):
    monkeypatch.setattr(catching_up, "SLICE", 3)
    Provider.objects.filter(npi=npi(1)).update(sort_name="zzz")
    catch_up()
    assert looked_at == [[1, 2, 3], [4]]
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("changes", "pages"),
    [({"our_name": "Another"}, [3]), ({"is_hidden": True}, [3, 4]), ({"note": "x"}, None)],
)
def test_one_record_is_a_look_at_the_pages_that_it_can_change(passaic, looked_at, changes, pages):
    Provider.objects.filter(npi=npi(45)).update(**changes)
    catch_up()
    assert looked_at == ([pages] if pages else [])
    assert list(verify()) == []


def test_many_records_are_a_look_at_all_pages(passaic, looked_at, monkeypatch):
    monkeypatch.setattr(derivations, "FEW", 1)
    Provider.objects.filter(npi__in=[npi(44), npi(45)]).update(our_name="Another")
    catch_up()
    assert looked_at == [[1, 2, 3, 4]]
    assert list(verify()) == []


def test_who_comes_back_makes_a_page_more(passaic):
    for is_hidden, count in ((True, 3), (False, 4)):
        Provider.objects.filter(npi__in=[npi(n) for n in range(1, 7)]).update(is_hidden=is_hidden)
        catch_up()
        assert ListPage.objects.filter(slug=SLUG).count() == count
        assert list(verify()) == []


def test_two_at_once_are_told_apart(passaic):
    Provider.objects.filter(npi=npi(64)).update(is_hidden=True)
    catch_up()
    Provider.objects.filter(npi=npi(64)).update(is_hidden=False)
    Provider.objects.filter(npi=npi(3)).update(is_hidden=True)
    catch_up()
    assert list(verify()) == []


def test_pages_that_are_no_more_are_forgotten(passaic):
    Provider.objects.filter(npi__in=[npi(n) for n in range(20, 66)]).update(is_hidden=True)
    catch_up()
    assert list(ListPage.objects.filter(slug=SLUG).values_list("number", flat=True)) == [1]
    assert list(verify()) == []


def test_a_new_fact_of_pages_is_no_reason_to_place_every_record_again(passaic):
    Schema.objects.filter(part="providers.entries").update(number=0)
    catching_up._note_what_is_new()
    noted = set(Noted.objects.values_list("what", flat=True))
    assert {"care.in_city", "care.pages"} <= noted
    assert not noted & {"care.own", "care.placed", "care.serves"}
    Noted.objects.all().delete()
    Schema.objects.filter(part="providers.placed").update(number=0)
    catching_up._note_what_is_new()
    assert {"care.own", "care.placed", "care.serves"} <= set(Noted.objects.values_list("what", flat=True))


def names(response):
    return [record.name for record in response.context["cl"].result_list]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (npi(7), ["Alex Person07"]),
        ("person0", [f"Alex Person{n:02d}" for n in range(1, 10)]),
        ("Person65, Alex", ["Alex Person65"]),
        ("The Sample", ["Sample Therapy PC"]),
        ("erson", []),
        ("%", []),
        ("1", []),
        ("1" * 11, []),
    ],
)
def test_an_editor_finds_a_record_by_how_it_begins(editor_client, passaic, typed, found):
    assert names(editor_client.get(ADMIN, {"q": typed})) == found


@pytest.mark.parametrize("typed", [npi(7), "person0"])
def test_a_search_of_the_admin_reads_a_range_of_an_index(passaic, typed):
    steps = plan(Provider.objects.beginning(typed).order_by()[:50])
    assert "SEARCH providers_provider USING INDEX" in steps or "Index Cond" in steps


def test_lists_of_the_admin_count_a_few_pages_ahead(editor_client, passaic, monkeypatch):
    monkeypatch.setattr("providers.admin.ProviderAdmin.list_per_page", 5)
    monkeypatch.setattr("providers.admin.AHEAD", 2)
    first, fifth = editor_client.get(ADMIN).context["cl"], editor_client.get(f"{ADMIN}?p=5").context["cl"]
    assert (first.result_count, fifth.result_count) == (15, 35)
    assert editor_client.get(f"{ADMIN}?p=14").context["cl"].result_count == 66
    assert editor_client.get(f"{ADMIN}?p=nonsense", follow=True).status_code == 200


def test_the_admin_tells_why_a_record_is_on_no_page(editor_client, passaic):
    Provider.objects.filter(npi=npi(2)).update(is_hidden=True)
    Provider.objects.filter(npi=npi(3)).update(withdrawn_on="2026-10-01")
    Provider.objects.filter(npi=npi(4)).update(zip_code="10001", post_city="Nowhere")
    catch_up()
    for standing, found in (("hidden", 2), ("withdrawn", 3), ("nowhere", 4)):
        assert names(editor_client.get(ADMIN, {"standing": standing})) == [f"Alex Person{found:02d}"]
    assert len(names(editor_client.get(ADMIN, {"standing": "listed"}))) == 50
    assert names(editor_client.get(ADMIN, {"standing": "made up"}))


def test_the_list_of_sitemaps_asks_as_often_for_many_states_as_for_one(client, passaic):
    with CaptureQueriesContext(connection) as one:
        assert client.get("/sitemap.xml").text.count("sitemap-lists-") == 1
    pages = list(City.objects.exclude(state=passaic.state).order_by("state", "pk").distinct()[:300])
    CityList.objects.bulk_create(CityList(city=city, slug=SLUG, count=30) for city in pages)
    ListPage.objects.bulk_create(ListPage(city=city, slug=SLUG, number=n) for city in pages for n in (1, 2))
    with CaptureQueriesContext(connection) as many:
        assert client.get("/sitemap.xml").text.count("sitemap-lists-") > 1
    assert len(many) == len(one)
