"""The site's own facts as files."""

import csv
import io
import json
import re

import pytest

from locations.models import City, PracticeRule, State
from providers.kinds import LISTS
from providers.models import CityList, Provider
from therapydir.derived.catching_up import writing

pytestmark = pytest.mark.django_db


def rows(client, name):
    response = client.get(f"/open-data/{name}.csv")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text)))


def test_places_are_all_there_with_what_their_pages_say(client):
    found = rows(client, "places")
    assert len(found) == City.objects.published().count()
    [anaheim] = [row for row in found if row["name"] == "Anaheim"]
    assert anaheim["page"].endswith("/locations/california/anaheim/")
    assert (anaheim["state"], anaheim["county"], anaheim["kind"]) == ("CA", "Orange", "city")
    assert "92801" in anaheim["zip_codes"].split()
    [part] = [row for row in found if row["name"] == "Eagle Rock"]
    assert part["part_of"] == "Los Angeles"


def test_rules_are_those_of_published_states_and_say_nothing_that_is_not_known(client):
    with writing():
        State.objects.filter(code="PA").update(is_published=False)
        PracticeRule.objects.filter(state__code="NJ", profession="OT").update(confidence="low")
    found = rows(client, "practice-rules")
    assert {row["state"] for row in found} == {"CA", "FL", "NJ", "NY"}
    assert [row["rule"] for row in found if (row["state"], row["profession"]) == ("NJ", "OT")] == [""]
    assert all(row["checked_on"] and row["citation"] and row["license_lookup_url"] for row in found)


def test_counts_are_those_of_the_lists_and_name_nobody(client):
    found = rows(client, "counts")
    [anaheim] = [row for row in found if row["name"] == "Anaheim"]
    for one in CityList.objects.filter(city__name="Anaheim"):
        assert anaheim[one.slug.replace("-", "_")] == str(one.count)
    assert {one.slug.replace("-", "_") for one in LISTS} < anaheim.keys()
    assert anaheim["as_of"] == "2022-08"
    names = set(Provider.objects.values_list("name", flat=True)[:500])
    text = client.get("/open-data/counts.csv").text
    assert not any(name in text for name in names)


def test_a_file_says_its_day_and_its_license(client):
    response = client.get("/open-data/places.csv")
    assert re.fullmatch(
        r'attachment; filename="places-\d{4}-\d\d-\d\d\.csv"', response["Content-Disposition"]
    )
    assert response["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    assert client.get("/open-data/people.csv").status_code == 404


def test_the_directory_leads_to_the_page_and_that_to_each_file(client):
    assert 'href="/open-data/"' in client.get("/locations/").text
    text = client.get("/open-data/").text
    for name in ("places", "practice-rules", "counts"):
        assert f'href="/open-data/{name}.csv"' in text
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text)[1])
    kinds = [node["@type"] for node in data["@graph"]]
    assert kinds.count("Dataset") == 3
    assert "/open-data/</loc>" in client.get("/sitemap-pages.xml").text
