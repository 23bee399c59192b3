"""What is made for machines: robots.txt, sitemaps, the feed, health checks, structured data."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from articles.models import Article
from tests.factories import make_article, save
from tests.reading import page_of

ORIGIN = "http://127.0.0.1:8000"
ATOM = "{http://www.w3.org/2005/Atom}"


def test_robots_txt_names_the_sitemap_and_shuts_only_the_admin(client, db):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines == ["User-agent: *", "Disallow: /admin/", "", f"Sitemap: {ORIGIN}/sitemap.xml"]


def test_the_sitemap_index_has_a_section_for_each_state(client, db):
    index = client.get("/sitemap.xml").content.decode()
    sections = re.findall(rf"<loc>{ORIGIN}/sitemap-([a-z-]+).xml</loc>", index)
    states = ["california", "florida", "new-jersey", "new-york", "pennsylvania"]
    of_states = [f"{kind}-{state}" for kind in ("cities", "lists") for state in states]
    assert sections == ["pages", "articles", "states", *of_states]


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-states.xml", "/feed.xml"])
def test_links_for_machines_use_the_one_origin_whatever_host_was_asked(client, settings, db, address):
    settings.SITE_URL = "https://www.example.org"
    settings.ALLOWED_HOSTS = ["www.example.org", "other.example"]
    text = client.get(address, headers={"host": "other.example"}).content.decode()
    assert "https://www.example.org/" in text
    assert "other.example" not in text
    assert "http://www.example.org" not in text


def test_the_feed_is_atom_with_the_published_articles(client, explainer):
    make_article("A draft that nobody sees", status="draft")
    response = client.get("/feed.xml")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "TherapyDir"
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"{ORIGIN}/feed.xml"
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == explainer.title
    assert entry.find(f"{ATOM}link").get("href") == ORIGIN + explainer.get_absolute_url()
    assert entry.find(f"{ATOM}summary").text == explainer.summary
    updated = datetime.fromisoformat(entry.find(f"{ATOM}updated").text)
    assert updated == explainer.updated_at


def test_the_feed_begins_with_the_newest_and_an_entry_stays_itself_when_its_address_changes(client, db):
    days = {"Oldest": 30, "Newest": 10, "Middle": 20}
    for title, day in days.items():
        make_article(title, published_at=timezone.now() - timedelta(days=day))

    def entries():
        feed = ElementTree.fromstring(client.get("/feed.xml").content)
        return [
            (entry.find(f"{ATOM}title").text, entry.find(f"{ATOM}id").text)
            for entry in feed.findall(f"{ATOM}entry")
        ]

    before = entries()
    assert [title for title, _ in before if title in days] == ["Newest", "Middle", "Oldest"]
    newest = Article.objects.get(title="Newest")
    assert dict(before)["Newest"] == f"tag:127.0.0.1,2026:article-{newest.pk}"
    newest.slug = "elsewhere"
    save(newest)
    assert entries() == before


def test_health_checks_tell_a_process_that_lives_from_one_that_can_serve(client, db, monkeypatch):
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").content == b"ready\n"

    def fail(*args, **kwargs):
        raise DatabaseError

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", fail)
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_a_missing_migration_makes_the_site_unready(client, db):
    from django.db.migrations.recorder import MigrationRecorder

    newest = MigrationRecorder.Migration.objects.filter(app="locations").order_by("name").last()
    newest.delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert b"manage.py migrate" in response.content


def test_the_home_page_is_a_web_site(client, db):
    site = page_of(client, "/").of_type("WebSite")
    assert site == {"@type": "WebSite", "name": "TherapyDir", "url": f"{ORIGIN}/"}


def test_an_articles_dates_are_marked_up_as_they_are_shown(client, explainer):
    page = page_of(client, explainer.get_absolute_url())
    article = page.of_type("MedicalWebPage")
    assert article["headline"] == explainer.title == page.headings[0][1]
    assert article["description"] == explainer.summary
    for name, moment in (("Published", explainer.published_at), ("Modified", explainer.updated_at)):
        assert datetime.fromisoformat(article[f"date{name}"]) == moment
        shared = datetime.fromisoformat(page.meta[f"article:{name.lower()}_time"])
        assert abs((shared - moment).total_seconds()) < 1
    assert "reviewedBy" not in article
    assert "No licensed therapist has reviewed this page yet" in page.text


def test_a_review_is_shown_and_marked_up(client, explainer):
    explainer.reviewed_by, explainer.reviewed_at = "A. Therapist, OTR/L", "2026-11-20"
    save(explainer)
    page = page_of(client, explainer.get_absolute_url())
    assert page.of_type("MedicalWebPage")["lastReviewed"] == "2026-11-20"
    assert "Reviewed by A. Therapist, OTR/L on November 20, 2026" in page.text


def test_the_directory_and_a_state_are_item_lists_of_what_they_show(client, db):
    directory, state = page_of(client, "/locations/"), page_of(client, "/locations/california/")
    for page, count in ((directory, 5), (state, 212)):
        items = page.of_type("ItemList")
        assert items["numberOfItems"] == len(items["itemListElement"]) == count
        for item in items["itemListElement"]:
            assert item["url"].removeprefix(ORIGIN) in page.links
            assert item["name"] in page.text


def test_a_city_page_is_about_a_city_at_its_place(client, anaheim):
    page = page_of(client, anaheim.get_absolute_url())
    about = page.of_type("WebPage")["about"]
    assert about["@type"] == "City"
    assert about["geo"] == {"@type": "GeoCoordinates", "latitude": 33.8353, "longitude": -117.9145}
    assert "33.8353° N, 117.9145° W" in page.text
    assert about["containedInPlace"]["name"] == "Orange County"


def test_structured_data_cannot_end_its_script_element(client, explainer):
    explainer.title = "</script><script>alert(1)</script> & more"
    save(explainer)
    page = page_of(client, explainer.get_absolute_url())
    assert page.of_type("MedicalWebPage")["headline"] == explainer.title
    assert b"<script>alert" not in client.get(explainer.get_absolute_url()).content
