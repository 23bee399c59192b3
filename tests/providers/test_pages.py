"""Who can help, as visitors see it: on the page of a city, and in its long lists."""

import json
import re

import pytest
from django.core.management import call_command

from locations.models import City, PracticeRule
from providers.derivations import dated_pages
from providers.kinds import EXPLAINED
from providers.models import ListPage, Provider, Specialty
from tests.providers.nppes import clinic, main_file, npi, therapist
from tests.reading import links_of, page_of
from therapydir.derived.catching_up import catch_up, verify, writing

PASSAIC = "/locations/new-jersey/passaic/"
PTS = f"{PASSAIC}physical-therapists/"


@pytest.fixture
def filled(nobody, tmp_path):
    """Passaic with 45 physical therapists and a clinic, at an address that one of them shares."""
    people = [therapist(n, last=f"PERSON{n:02d}", street=f"{n} OAK ST") for n in range(1, 46)]
    people[2] = therapist(3, last="PERSON03", street="5 CLINIC WAY", code="2251H1200X")
    people[3] = therapist(4, last="PERSON04", street="4 OAK ST", updated="01/01/2019")
    people.append(clinic(50, organization="SAMPLE THERAPY PC", street="5 CLINIC WAY"))
    people.append(clinic(51, organization="KITCHEN TABLE THERAPY PC", street="6 OAK ST", street2="APT 2"))
    call_command("import_nppes", str(main_file(tmp_path, people)), verbosity=0)


def main_of(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response.text.partition("<main")[2].partition("</main>")[0]


def test_the_city_page_says_first_who_is_there(client, filled):
    text = main_of(client, PASSAIC)
    lead = page_of(client, PASSAIC).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "In Passaic: 2 clinics and 45 physical therapists." in lead
    assert '<a href="#physical-therapists">45' in text
    assert text.index("Who can help") < text.index("Before you call") < text.index("Where Passaic is")
    assert text.count("npiregistry.cms.hhs.gov/provider-view/") == 2 + 6
    assert f'<a href="{PTS}">All 45 physical therapists in Passaic</a>' in text
    assert '<a class="phone" href="tel:+19735550100">(973) 555-0100</a>' in text
    assert "In the registry since 2007. Updated March 2024." in text
    assert "does not prove a license" in text


def test_a_record_that_nobody_touched_for_years_says_so(client, filled):
    assert re.search(r"Not updated for \d years", main_of(client, PASSAIC))


def test_a_persons_street_shows_only_where_somebody_else_is_registered_too(client, filled):
    text = main_of(client, PASSAIC)
    assert text.count("5 Clinic Way, Passaic") == 2  # of the clinic, and of who works there
    assert "Oak St" not in text  # but for which these are perhaps homes
    assert "Apt 2" not in text


def test_a_long_list_has_pages_of_its_own_that_follow_each_other(client, filled):
    pages = [PTS, f"{PTS}2/", f"{PTS}3/"]
    seen = []
    for number, path in enumerate(pages):
        text = main_of(client, path)
        seen += re.findall(r"provider-view/(\d{10})", text)
        assert ("1 to 20 of 45", "21 to 40 of 45", "41 to 45 of 45")[number] in text
        assert (f'<a href="{pages[number + 1]}" rel="next">' in text) if number < 2 else "next" not in text
    assert seen == [npi(n) for n in range(1, 46)]
    for missing in (
        f"{PTS}4/",
        f"{PTS}0/",
        f"{PTS}1/",
        f"{PTS}02/",
        f"{PASSAIC}dentists/",
        f"{PASSAIC}home-health/",
    ):
        assert client.get(missing).status_code == 404


def test_a_short_list_leads_to_its_place_on_the_city_page(client, filled):
    response = client.get(f"{PASSAIC}clinics/")
    assert (response.status_code, response["Location"]) == (302, f"{PASSAIC}#clinics")


def test_a_specialty_narrows_a_list_and_is_not_indexed(client, filled):
    assert "They say that they work with" in main_of(client, PTS)
    response = client.get(f"{PTS}?specialty=hands")
    assert re.findall(r"provider-view/(\d{10})", response.text).count(npi(3)) >= 1
    assert npi(1) not in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert client.get(f"{PTS}?specialty=nothing").status_code == 404
    for page in ("x", "-1", "99999999999", "2"):
        assert client.get(f"{PTS}?specialty=hands&page={page}").status_code == 200


def test_lists_are_in_the_sitemap_with_the_day_on_which_they_changed(client, filled):
    text = client.get("/sitemap-lists-new-jersey.xml").text
    assert [path for path in (PTS, f"{PTS}2/", f"{PTS}3/") if f"{path}</loc>" in text] == [
        PTS,
        f"{PTS}2/",
        f"{PTS}3/",
    ]
    assert "sitemap-lists-new-jersey.xml" in client.get("/sitemap.xml").text


def test_who_is_hidden_is_gone_everywhere_at_once(editor_client, client, filled):
    record = Provider.objects.get(npi=npi(2))
    for path in (PASSAIC, PTS):
        assert "Person02" in client.get(path).text
    form = {"action": "hide", "_selected_action": [record.pk]}
    editor_client.post("/admin/providers/provider/", form)
    for path in (PASSAIC, PTS, f"{PTS}2/", f"{PTS}3/", "/search/?q=passaic"):
        text = client.get(path).text
        assert "Person02" not in text
        assert npi(2) not in text
    assert "44 physical therapists" in client.get(PASSAIC).text
    assert list(verify()) == []


def test_what_an_editor_corrects_shows_at_once(editor_client, client, filled):
    record = Provider.objects.get(npi=npi(1))
    address = f"/admin/providers/provider/{record.pk}/change/"
    form = editor_client.get(address).context["adminform"].form
    values = {"our_name": "Alexis Person", "our_phone": "973.555.0177", "our_street": "7 Shown St"}
    response = editor_client.post(address, {"seen": form.initial["seen"], **values, "note": "By phone."})
    assert response.status_code == 302
    text = main_of(client, PASSAIC)
    assert "Alexis Person" in text
    assert "(973) 555-0177" in text
    assert "7 Shown St" in text
    bad = editor_client.post(address, {"seen": "x", **values, "our_phone": "555"})
    assert "Write ten digits, like 714-555-0123." in bad.text


def test_a_renamed_city_takes_its_lists_along(client, filled):
    with writing():
        City.objects.filter(name="Passaic").update(name="Passaic Falls", slug="passaic-falls")
    response = client.get(f"{PTS}2/")
    assert (response.status_code, response["Location"]) == (
        301,
        "/locations/new-jersey/passaic-falls/physical-therapists/2/",
    )
    assert list(verify()) == []


def test_a_city_without_anybody_names_the_nearest_with_somebody(client, filled):
    text = main_of(client, "/locations/new-jersey/clifton/")
    assert "Nobody is listed in Clifton yet." in text
    assert re.search(
        rf'<li><a href="{PASSAIC}">Passaic</a> <span class="distance">1.8 miles east</span>: 2 clin', text
    )
    assert "Medicare Care Compare</a>: home health agencies" in text
    far = main_of(client, "/locations/california/anaheim/")
    assert "We know of nobody with an address in Anaheim." in far


def test_a_whole_counts_what_is_in_its_parts(client, nobody, tmp_path):
    there = {"city": "NEW YORK", "state": "NY", "zip_code": "100010001"}
    people = [therapist(n, **there) for n in range(1, 4)]
    call_command("import_nppes", str(main_file(tmp_path, people)), verbosity=0)
    whole = main_of(client, "/locations/new-york/new-york/")
    assert 'In New York and its parts: <a href="#parts">3\N{NO-BREAK SPACE}physical therapists</a>.' in whole
    part = main_of(client, "/locations/new-york/manhattan/")
    assert 'In Manhattan: <a href="#physical-therapists">3\N{NO-BREAK SPACE}physical therapists</a>.' in part


def test_structured_data_says_nothing_that_the_page_does_not(client, filled):
    for path in (PASSAIC, PTS):
        text = client.get(path).text
        graph = json.loads(re.search(r'ld\+json">(.*?)</script>', text)[1])["@graph"]
        lists = [one for one in graph if one["@type"] == "ItemList"]
        items = [item["item"] for one in lists for item in one["itemListElement"]]
        assert {item["@type"] for item in items} <= {"Person", "MedicalBusiness"}
        assert {item["address"]["@type"] for item in items} == {"PostalAddress"}
        assert {item["address"]["addressCountry"] for item in items} == {"US"}
        assert items
        for item in items:
            assert item["name"] in text
            assert item["telephone"] in text
            assert item["address"].get("streetAddress", "") in text.partition("<main")[2]


def test_a_city_page_costs_the_same_for_ten_records_as_for_five_hundred(
    client, nobody, tmp_path, django_assert_num_queries
):
    counts = []
    for count in (10, 500):
        people = [therapist(n, last=f"PERSON{n:03d}") for n in range(1, count + 1)]
        call_command("import_nppes", str(main_file(tmp_path, people)), verbosity=0)
        for path in (PASSAIC, PTS):
            with django_assert_num_queries(25, exact=False) as captured:
                client.get(path)
            counts.append(len(captured))
    assert counts[:2] == counts[2:]


def test_a_label_in_other_words_shows_and_dates_the_pages(client, filled):
    before = ListPage.objects.get(slug="physical-therapists", number=1).content_changed_at
    with writing():
        Specialty.objects.filter(slug="hands").update(label="hands and wrists")
    assert "Works with hands and wrists" in main_of(client, PTS)
    assert ListPage.objects.get(slug="physical-therapists", number=1).content_changed_at > before
    assert list(verify()) == []


def test_lists_are_reached_by_links_alone(client, filled):
    assert PTS in links_of(client.get(PASSAIC))
    assert f"{PTS}2/" in links_of(client.get(PTS))


def test_a_page_of_a_list_that_changes_is_exported_anew(client, filled):
    before = dict(dated_pages())
    Provider.objects.filter(npi=npi(30)).update(is_hidden=True)
    catch_up()
    after = dict(dated_pages())
    assert before.keys() == after.keys() == {PTS, f"{PTS}2/", f"{PTS}3/"}
    assert all(before[path] != after[path] for path in before)  # each says how many there are


def test_what_a_city_lacks_is_named_where_it_is_nearest(client, filled, tmp_path):
    there = {"city": "CLIFTON", "zip_code": "070130001"}
    others = [therapist(n, last=f"OTHER{n}", code="225X00000X", **there) for n in (100, 101)]
    others.append(clinic(102, organization="SAMPLE REHAB HOSPITAL", code="283X00000X", **there))
    weekly = main_file(tmp_path, others, whole=False, ends="20251110")
    call_command("import_nppes", str(weekly), verbosity=0)
    text = main_of(client, PASSAIC).partition('<h3 id="lacked">')[2].partition("</section>")[0]
    clifton = "/locations/new-jersey/clifton/"
    assert (
        f'<li><a href="{clifton}#occupational-therapists">2 occupational therapists</a> in Clifton, '
        "1.8 miles west</li>" in text
    )
    assert (
        f'<li><a href="{clifton}#rehabilitation-hospitals">Sample Rehab Hospital</a> '
        "(rehabilitation hospital or unit) in Clifton, 1.8 miles west</li>" in text
    )
    assert "clinic" not in text  # which Passaic has
    Provider.objects.filter(npi=npi(102)).update(is_hidden=True)
    catch_up()
    assert "Sample Rehab Hospital" not in main_of(client, PASSAIC)
    assert list(verify()) == []


def test_the_city_page_names_the_specialties_of_a_long_list(client, filled):
    text = main_of(client, PASSAIC)
    assert f'<a href="{PTS}?specialty=hands">hands</a> (1).' in text


def test_a_specialty_leads_to_where_the_explainer_tells_of_it(client, filled, explainer):
    headings = {heading.id: heading.text for heading in explainer.rendered.headings}
    assert set(EXPLAINED.values()) <= headings.keys()
    assert set(EXPLAINED) <= set(Specialty.objects.values_list("slug", flat=True))
    text = main_of(client, f"{PTS}?specialty=hands")
    address = f"{explainer.get_absolute_url()}#{EXPLAINED['hands']}"
    assert f'<a href="{address}">{headings[EXPLAINED["hands"]]}</a>' in text
    explainer.body = "## Other words"
    explainer.save()
    assert explainer.get_absolute_url() not in main_of(client, f"{PTS}?specialty=hands")


def test_each_list_says_where_the_license_can_be_checked(client, filled):
    rules = dict(
        PracticeRule.objects.filter(state__code="NJ").values_list("profession", "license_lookup_url")
    )
    assert f'<a href="{rules["PT"]}" rel="external noopener">PT license</a>' in main_of(client, PTS)
    text = main_of(client, PASSAIC)
    assert f'<a href="{rules["PT"]}" rel="external noopener">Check a license</a>' in text
    before = ListPage.objects.get(slug="physical-therapists", number=1).content_changed_at
    with writing():
        PracticeRule.objects.filter(state__code="NJ", profession="PT").update(
            license_lookup_url="https://www.example.org/"
        )
    assert "https://www.example.org/" in main_of(client, PTS)
    assert ListPage.objects.get(slug="physical-therapists", number=1).content_changed_at > before
    assert list(verify()) == []


def test_the_source_is_said_once_where_all_is_of_one(client, filled):
    assert main_of(client, PTS).count("Medicare’s files") == 0
    Provider.objects.filter(npi=npi(2)).update(source="Medicare 2022-08")
    catch_up()
    text = main_of(client, PTS)
    assert "where it says so from Medicare’s files of August 2022" in text
    assert text.count("Medicare, August 2022.") == 1
    Provider.objects.update(source="Medicare 2022-08")
    catch_up()
    text = main_of(client, PTS)
    assert "From Medicare’s files of August 2022, so call first." in text
    assert "Medicare, August 2022." not in text
