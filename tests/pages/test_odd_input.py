"""What nobody should type into the admin: never an error of the server, and each mistake said."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from locations.models import PracticeRule, State, ZipCode
from tests.factories import make_article
from tests.reading import form_data

ODD = ["zz", "99999999999999999999", "nan", "\0", "9999-12-31", "🦉,'\"<"]


def names_of(model):
    """The fields that a form or a list of that model might be asked about."""
    return [field.name for field in model._meta.get_fields() if field.concrete]


def odd_requests(model, model_admin):
    """(address, parameters) of what a form or a list can be opened with."""
    at = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
    row = model._default_manager.first()
    narrowed = [str(one) for one in model_admin.list_filter if isinstance(one, str)]
    lookups = ["q", "p", "o", "_to_field", "_changelist_filters", "review"]
    lookups += [f"{name}__{how}" for name in narrowed for how in ("exact", "id__exact", "isnull")]
    if model_admin.date_hierarchy:
        lookups += [f"{model_admin.date_hierarchy}__{part}" for part in ("year", "month", "day")]
    for odd in ODD:
        every = dict.fromkeys([*names_of(model), "_changelist_filters", "_popup"], odd)
        yield reverse(f"{at}add"), every
        for lookup in lookups:
            yield reverse(f"{at}changelist"), {lookup: odd}
        if odd.isprintable():
            for page in ("change", "history"):
                yield reverse(f"{at}{page}", args=[odd]), {}
    if row:
        yield reverse(f"{at}change", args=[row.pk]), every


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.model_name)
def test_no_odd_parameter_is_an_error_of_the_server(admin_client, db, model):
    admin_client.raise_request_exception = False
    failed = [
        (address, parameters)
        for address, parameters in odd_requests(model, admin.site._registry[model])
        if admin_client.get(address, parameters).status_code >= 500
    ]
    assert failed == []


def test_what_makes_sense_in_the_address_of_a_form_is_taken(editor_client, db):
    state = State.objects.get(code="NJ")
    form = editor_client.get(f"/admin/locations/city/add/?state={state.pk}&name=Newtown&latitude=x")
    initial = form.context["adminform"].form.initial
    assert (initial["name"], str(initial["state"])) == ("Newtown", str(state.pk))
    assert "latitude" not in initial


def errors(client, row, **changes):
    address = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
    response = client.post(address, form_data(client.get(address)) | changes)
    return {} if response.status_code == 302 else response.context["adminform"].form.errors


@pytest.mark.parametrize("time", ["5:55 PM", "5:55pm", "5 PM", "5pm", "17:55", "17:55:00"])
def test_a_time_is_taken_as_americans_write_it(editor_client, db, time):
    article = make_article()
    assert errors(editor_client, article, published_at_0="11/20/2026", published_at_1=time) == {}
    article.refresh_from_db()
    assert timezone.localtime(article.published_at).hour == 17


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1026-11-20"])
def test_a_year_that_is_a_slip_is_said(editor_client, db, day):
    said = errors(editor_client, make_article(), published_at_0=day, published_at_1="12:00")
    assert "Check the year" in said["published_at"][0]


@pytest.mark.parametrize(("days", "words"), [(2, "still to come"), (-400_000, "Check the year")])
def test_nothing_was_checked_or_reviewed_in_the_future_or_long_ago(editor_client, db, days, words):
    day = timezone.localdate() + timedelta(days=days)
    assert words in errors(editor_client, PracticeRule.objects.first(), checked_on=day)["checked_on"][0]
    said = errors(editor_client, Article.objects.first(), reviewed_by="Somebody", reviewed_at=day)
    assert words in said["reviewed_at"][0]


@pytest.mark.parametrize(
    ("field", "value"),
    [("population", "99999999999999999999"), ("latitude", "nan"), ("latitude", "inf"), ("longitude", "east")],
)
def test_a_number_that_no_city_has_is_said(editor_client, anaheim, field, value):
    assert list(errors(editor_client, anaheim, **{field: value})) == [field]


def test_no_number_changes_under_the_wheel_of_a_mouse(editor_client, anaheim, explainer):
    for row in (anaheim, explainer, ZipCode.objects.first()):
        page = editor_client.get(f"/admin/{row._meta.label_lower.replace('.', '/')}/{row.pk}/change/").content
        assert b'type="number"' not in page.replace(b'name="aliases', b"")


def test_zip_codes_are_typed_with_or_without_scripts(editor_client, anaheim):
    before = ", ".join(anaheim.zip_codes.order_by("code").values_list("code", flat=True))
    form = editor_client.get(f"/admin/locations/city/{anaheim.pk}/change/").context["adminform"].form
    assert form["zip_codes"].value() == before
    assert errors(editor_client, anaheim, zip_codes=f"{before}; 90210\n33040") == {}
    assert {"90210", "33040"} <= set(anaheim.zip_codes.values_list("code", flat=True))
    assert errors(editor_client, anaheim, zip_codes="") == {}
    assert not anaheim.zip_codes.exists()


def test_an_unknown_zip_code_is_named(editor_client, anaheim):
    said = errors(editor_client, anaheim, zip_codes="92801, 00000, word")["zip_codes"][0]
    assert said.startswith("Not among the ZIP codes of the directory: 00000, word.")


def test_a_state_is_chosen_from_a_list(editor_client, anaheim):
    page = editor_client.get(f"/admin/locations/city/{anaheim.pk}/change/").content.decode()
    assert '<option value="' in page.partition('name="state"')[2].partition("</select>")[0]
    assert "admin-autocomplete" not in page
