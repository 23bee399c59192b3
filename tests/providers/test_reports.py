"""Whoever is listed, or knows better, can say so without an account; programs cannot fill the admin."""

import re

import pytest
from django.core import signing

from providers import forms
from providers.models import Provider, Report
from therapydir.derived.versions import content_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def record():
    return Provider.objects.listed().order_by("pk").first()


def stamp(npi, seconds_ago=60):
    import time

    return signing.dumps([npi, int(time.time()) - seconds_ago], salt=forms.SALT)


def send(client, record, **values):
    data = {"what": "not listed", "words": "It is me.", "contact": "", "website": ""}
    data |= {"stamp": stamp(record.npi), **values}
    return client.post(f"/report/?npi={record.npi}", data)


def test_each_entry_leads_to_the_form_about_it(client, record):
    text = client.get(record.city.get_absolute_url()).text
    assert f'<a href="/report/?npi={record.npi}" rel="nofollow">' in text
    form = client.get(f"/report/?npi={record.npi}")
    assert record.shown_name in form.content.decode().replace("&amp;", "&").replace("&#x27;", "'")
    assert '<meta name="robots" content="noindex">' in form.text
    assert form["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert not form.cookies


def test_what_is_sent_lands_in_the_admin_and_the_record_is_hidden_by_one_click(client, editor_client, record):
    response = send(client, record, words="Please take me off.")
    assert (response.status_code, response["Location"]) == (303, "/report/?sent=1")
    assert "Thank you" in client.get("/report/?sent=1").text
    report = Report.objects.get()
    assert (report.npi, report.words) == (record.npi, "Please take me off.")
    assert "Please take me off." in editor_client.get("/admin/providers/report/").text
    editor_client.post("/admin/providers/report/", {"action": "hide", "_selected_action": [report.pk]})
    report.refresh_from_db()
    assert report.is_handled
    assert not Provider.objects.listed().filter(npi=record.npi).exists()
    assert record.npi not in client.get(record.city.get_absolute_url()).text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"what": ""}, "Choose what it is."),
        ({"what": "other things"}, "not one of the available choices"),
        ({"website": "https://spam.example/"}, "nothing was sent yet: send it again"),
        ({"stamp": "made up"}, "This form is too old"),
        ({"words": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_words_stay(client, record, values, words):
    response = send(client, record, **values)
    assert response.status_code == 422
    assert words in response.text
    assert re.search(r"<textarea[^>]*>\s*(It is me\.|x{2001})", response.text)
    assert not Report.objects.exists()


def test_a_form_that_was_filled_in_at_once_is_sent_the_second_time(client, record):
    assert send(client, record, stamp=stamp(record.npi, 0)).status_code == 422
    assert send(client, record, stamp=stamp(record.npi, forms.QUICKEST + 1)).status_code == 303


def test_a_stamp_is_for_one_record_alone(client, record):
    other = Provider.objects.listed().exclude(npi=record.npi).first()
    assert send(client, record, stamp=stamp(other.npi)).status_code == 422
    assert not Report.objects.exists()


def test_one_sender_and_all_together_can_send_so_many(client, record):
    for _ in range(Report.MOST_A_DAY):
        assert send(client, record).status_code == 303
    assert "Several reports came from here today already" in send(client, record).text
    assert Report.objects.count() == Report.MOST_A_DAY
    assert "127.0.0.1" not in str(Report.objects.values_list())
    reports = [Report(npi=record.npi, what="other", sender="x") for _ in range(Report.MOST_OPEN)]
    Report.objects.bulk_create(reports)
    Report.objects.exclude(sender="x").delete()
    assert "no more are taken" in send(client, record).text


def test_a_report_changes_no_page(client, record):
    before = content_version("default")
    send(client, record)
    assert content_version("default") == before


@pytest.mark.parametrize("npi", ["1", "x", "１２３４５６７８９０", "' OR 1=1"])
def test_about_nobody_there_is_no_form(client, npi):
    assert client.get("/report/", {"npi": npi}).status_code == 404


def test_without_a_number_it_says_where_to_begin(client):
    assert "follow the link “Wrong?” beside it" in client.get("/report/").text


def test_other_pages_take_nothing(client):
    for path in ("/", "/search/", "/locations/", "/which-therapy/"):
        assert client.post(path).status_code == 405
