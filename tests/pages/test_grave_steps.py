"""What takes much away, or takes an address from another page, is asked for and not just done."""

import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from articles.models import Article, FormerSlug, WarningSign
from locations.models import City, CityAlias, State, ZipCode
from tests.factories import make_article, make_city, make_state, save, withdraw
from tests.reading import form_data
from therapydir.derived.catching_up import catch_up

CITIES = "/admin/locations/city/"


def change_form(row):
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def is_asked(client, row, without=(), **changes):
    """Change a record in its form: the sentence that the form asks with; answered, it is saved."""
    address = change_form(row)
    data = {k: v for k, v in form_data(client.get(address)).items() if k not in without} | changes
    response = client.post(address, data)
    if response.status_code == 302:
        return ""
    form = response.context["adminform"].form
    assert list(form.errors) == ["confirmed"], form.errors
    page = response.content.decode()
    assert 'type="checkbox" name="confirmed"' in page
    again = client.post(address, data | {"confirmed": "on"})
    assert again.status_code == 302
    return " ".join(form.errors["confirmed"])


def test_withdrawing_a_state_is_asked_for_with_the_number_of_pages(editor_client, db):
    state = State.objects.get(code="NJ")
    count = state.cities.published().count() + 1
    asked = is_asked(editor_client, state, without=["is_published"], intro="Kept through the question.")
    assert f"{count} pages" in asked
    state.refresh_from_db()
    assert (state.is_published, state.intro) == (False, "Kept through the question.")
    entry = LogEntry.objects.get(object_id=state.pk)
    assert "Published" in entry.get_change_message()
    assert "Confirmed" not in entry.get_change_message()


@pytest.mark.parametrize(
    ("without", "changes"),
    [
        (["is_explainer"], {}),
        ([], {"published_at_0": "2031-01-01", "published_at_1": "12:00:00"}),
    ],
)
def test_taking_the_explainer_away_is_asked_for(editor_client, explainer, without, changes):
    asked = is_asked(editor_client, explainer, without=without, **changes)
    assert "This text is the explainer" in asked
    assert "1,460 pages" in asked


def test_withdrawing_the_explainer_is_asked_for(editor_client, explainer):
    page = editor_client.get(f"/admin/articles/article/{explainer.pk}/withdraw/").text
    assert "This text is the explainer" in page


def test_taking_an_emergency_off_the_guide_is_asked_for(editor_client, db):
    sign = WarningSign.objects.get(slug="stroke-signs")
    assert "call 911" in is_asked(editor_client, sign, without=["is_published"])


def test_what_takes_little_away_is_not_asked_for(editor_client, anaheim, explainer):
    assert is_asked(editor_client, anaheim, without=["is_published"]) == ""
    assert is_asked(editor_client, explainer, title="Another title") == ""
    assert is_asked(editor_client, State.objects.get(code="NJ"), intro="Words.") == ""


# --- Bulk actions ----------------------------------------------------------------------------------------


def run(client, action, cities, **more):
    data = {"action": action, "index": "0", "_selected_action": [city.pk for city in cities]}
    return client.post(CITIES, data | more)


def test_withdrawing_all_cities_is_asked_for_and_logged_row_by_row(editor_client, db):
    one = City.objects.first()
    count = City.objects.filter(is_published=True).count()
    asked = run(editor_client, "withdraw", [one], select_across="1")
    assert asked.status_code == 200
    assert f"Withdraw {count} cities" in asked.content.decode()
    assert City.objects.filter(is_published=False).count() == 0
    done = run(editor_client, "withdraw", [one], select_across="1", confirmed="yes")
    assert done.status_code == 302
    assert City.objects.filter(is_published=True).count() == 0
    logged = LogEntry.objects.filter(content_type__model="city")
    assert logged.count() == count
    assert json.loads(logged.first().change_message) == [{"changed": {"fields": ["published"]}}]


def test_the_question_can_be_answered_as_it_stands(editor_client, db):
    """What the page of the question sends back is what was asked."""
    cities = list(City.objects.order_by("pk")[:20])
    page = run(editor_client, "withdraw", cities).content.decode()
    for city in cities:
        assert f'name="_selected_action" value="{city.pk}"' in page
    for name, value in {"action": "withdraw", "confirmed": "yes"}.items():
        assert f'name="{name}" value="{value}"' in page


def test_a_few_cities_are_withdrawn_at_once_and_logged(editor_client, db):
    cities = list(City.objects.order_by("pk")[:3])
    assert run(editor_client, "withdraw", cities).status_code == 302
    assert run(editor_client, "publish", cities).status_code == 302
    assert LogEntry.objects.filter(content_type__model="city").count() == 6


def test_publishing_many_is_asked_for_too(editor_client, db):
    City.objects.filter(state__code="NJ").update(is_published=False)
    catch_up()
    gone = list(City.objects.filter(state__code="NJ"))
    assert b"Publish" in run(editor_client, "publish", gone).content
    assert not City.objects.filter(state__code="NJ", is_published=True).exists()


# --- Other pages' addresses ------------------------------------------------------------------------------


def test_taking_another_texts_old_address_is_asked_for_with_its_name(editor_client, db):
    moved = make_article("Knees")
    moved.slug = "knees-and-hips"
    save(moved)
    other = make_article("Other")
    assert "“Knees”" in is_asked(editor_client, other, slug="knees")


def test_a_draft_takes_no_address_yet(editor_client, db):
    moved = make_article("Knees")
    moved.slug = "knees-and-hips"
    save(moved)
    draft = make_article("Other", status="draft")
    assert is_asked(editor_client, draft, slug="knees", _draft="yes") == ""
    assert FormerSlug.objects.get(slug="knees").article == moved
    assert "“Knees”" in is_asked(editor_client, draft)


def test_taking_another_citys_old_address_or_other_name_is_asked_for(editor_client, db):
    state = make_state()
    one, two = make_city(state, "One"), make_city(state, "Two")
    one.slug = "first"
    save(one)
    assert "“One”" in is_asked(editor_client, two, slug="one")
    CityAlias(city=one, name="Uno").save()
    assert "“One”" in is_asked(editor_client, two, slug="uno")


def test_taking_another_states_old_address_is_asked_for(editor_client, db):
    state = State.objects.get(code="NJ")
    state.slug = "jersey"
    save(state)
    other = make_state()
    assert "“New Jersey”" in is_asked(editor_client, other, slug="new-jersey")


@pytest.mark.parametrize("taken", ["another name", "an old address"])
def test_a_name_that_another_city_has_is_refused_and_both_addresses_stay(editor_client, db, taken):
    state = make_state()
    one, two = make_city(state, "One"), make_city(state, "Two")
    if taken == "another name":
        CityAlias(city=one, name="Uno").save()
    else:
        one.slug = "uno"
        save(one)
        one.slug = "one"
        save(one)
    address = change_form(two)
    data = form_data(editor_client.get(address)) | {"aliases-0-name": "Uno", "aliases-0-is_shown": "on"}
    response = editor_client.post(address, data)
    assert response.status_code == 200
    errors = response.context["inline_admin_formsets"][0].formset.non_form_errors()
    assert "“Uno” leads to One" in " ".join(errors)
    assert editor_client.get("/locations/jefferson/uno/")["Location"] == one.get_absolute_url()


# --- Gone, and not there --------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["postponed", "draft", "the clock is wrong"])
def test_what_nobody_withdrew_is_not_gone(client, db, monkeypatch, how):
    article = make_article()
    assert client.get(article.get_absolute_url()).status_code == 200
    if how == "postponed":
        article.published_at = timezone.now() + timedelta(days=3)
    elif how == "draft":
        article.status = Article.Status.DRAFT
    else:
        past = timezone.now() - timedelta(days=20_000)
        monkeypatch.setattr(timezone, "now", lambda: past)
    if how != "the clock is wrong":
        save(article)
    assert client.get(article.get_absolute_url()).status_code == 404


def test_what_somebody_withdrew_is_gone(client, db):
    article = make_article()
    withdraw(article)
    assert client.get(article.get_absolute_url()).status_code == 410
    never = make_article(status="draft")
    withdraw(never)
    assert client.get(never.get_absolute_url()).status_code == 404


def test_what_appeared_sooner_than_was_planned_and_was_withdrawn_is_gone(client, db):
    article = make_article(published_at=timezone.now() + timedelta(days=3))
    article.published_at = timezone.now() - timedelta(minutes=1)
    save(article)
    withdraw(article)
    assert client.get(article.get_absolute_url()).status_code == 410


# --- Two at once ----------------------------------------------------------------------------------------


def test_a_zip_code_is_not_overwritten_either(editor_client, db):
    zip_code = ZipCode.objects.first()
    address = change_form(zip_code)
    mine = form_data(editor_client.get(address))
    ZipCode.objects.filter(pk=zip_code.pk).update(county="A colleague's")
    response = editor_client.post(address, mine | {"county": "Mine"})
    [error] = response.context["adminform"].form.errors["county"]
    assert "changed this while you were editing it" in error
    zip_code.refresh_from_db()
    assert zip_code.county == "A colleague's"


def test_a_form_of_another_version_has_other_names_first(editor_client, anaheim):
    """So that no browser puts what was typed into the old version into a form of the new one."""
    address = change_form(anaheim)
    first = first_names(editor_client.get(address))
    assert first == first_names(editor_client.get(address))
    City.objects.filter(pk=anaheim.pk).update(county="Other")
    assert first != first_names(editor_client.get(address))


def first_names(response):
    form = response.content.decode().partition('id="city_form"')[2]
    return [part.partition('"')[0] for part in form.split('name="')[1:3]]


def test_line_ends_and_blanks_at_an_end_are_no_change(editor_client, explainer):
    address = change_form(explainer)
    data = form_data(editor_client.get(address))
    body = "\r\n".join(data["body"].split("\n")) + "\r\n  "
    assert editor_client.post(address, data | {"body": body}).status_code == 302
    assert not LogEntry.objects.exists()


def test_who_may_only_look_sees_no_fields_of_ours(client, db, anaheim, django_user_model):
    from django.contrib.auth.models import Permission

    viewer = django_user_model.objects.create_user("viewer", password="words", is_staff=True)
    viewer.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client.force_login(viewer)
    for row in (anaheim, Article.objects.first(), ZipCode.objects.first(), WarningSign.objects.first()):
        page = client.get(change_form(row)).content.decode()
        assert "Seen" not in page
        assert "onfirmed" not in page
