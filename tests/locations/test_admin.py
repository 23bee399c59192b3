"""The admin as an editor uses it."""

import re
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.forms import TimeField
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from articles.models import Article
from locations.cities_field import CitiesField, CityField
from locations.models import City, PracticeRule, State, ZipCode
from locations.zip_codes_field import ZipCodesField
from tests.factories import make_article, make_city, make_state, withdraw
from tests.factories import save as save_row
from tests.reading import form_data, page_of
from therapydir.derived.catching_up import catch_up

CITY = "/admin/locations/city/{}/change/"


def lastmods(client):
    """lastmod by address, over the whole sitemap."""
    found = {}
    for section in re.findall(r"/sitemap-[a-z-]+\.xml", client.get("/sitemap.xml").content.decode()):
        text = client.get(section).content.decode()
        found |= dict(re.findall(r"<loc>http://[^/]+(/[^<]*)</loc><lastmod>([^<]+)</lastmod>", text))
    return found


def save(client, address, **changes):
    """Open a change form, change some fields, save it; the number of queries that saving took."""
    data = form_data(client.get(address)) | changes
    with CaptureQueriesContext(connection) as queries:
        response = client.post(address, data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return len(queries)


def make_all_old():
    long_ago = datetime(2020, 1, 1, 12, tzinfo=UTC)
    Article.objects.update(published_at=long_ago)
    catch_up()
    for model in (City, State, Article):
        model.objects.update(content_changed_at=long_ago)
    for model in (State, Article):
        model.objects.update(listing_changed_at=long_ago)


@pytest.mark.parametrize(
    ("model", "pick", "form", "field", "sentence"),
    [
        (City, {"name": "Anaheim"}, "/admin/locations/city/{}/change/", "intro", "A sentence."),
        (State, {"code": "CA"}, "/admin/locations/state/{}/change/", "intro", "A sentence."),
        (Article, {"is_explainer": True}, "/admin/articles/article/{}/change/", "body", "A sentence."),
    ],
    ids=["city", "state", "article"],
)
def test_one_sentence_moves_the_dates_of_its_page_alone(
    editor_client, db, model, pick, form, field, sentence
):
    make_all_old()
    record = model.objects.get(**pick)
    address = record.get_absolute_url()
    others = ["/", "/articles/", "/locations/", "/locations/california/fullerton/", "/locations/florida/"]
    contents = {page: editor_client.get(page).content for page in [address, *others]}
    before = lastmods(editor_client)
    assert "January 1, 2020" in page_of(editor_client, address).text
    save(editor_client, form.format(record.pk), **{field: getattr(record, field) + f"\n\n{sentence}"})
    after = lastmods(editor_client)
    assert {page for page in after if after[page] != before[page]} == {address}
    assert after.keys() == before.keys()
    new_contents = {page: editor_client.get(page).content for page in contents}
    assert {page for page in contents if contents[page] != new_contents[page]} == {address}
    page = page_of(editor_client, address)
    assert sentence in page.text
    assert f"Updated {record_date()}" in page.text


def record_date():
    from django.utils import timezone
    from django.utils.dateformat import format

    return format(timezone.localtime(), "F j, Y")


def test_saving_an_unchanged_form_moves_no_date(editor_client, anaheim):
    make_all_old()
    before = lastmods(editor_client)
    save(editor_client, CITY.format(anaheim.pk))
    assert lastmods(editor_client) == before


def test_a_zip_code_given_to_a_city_shows_and_counts_as_a_change(editor_client, anaheim):
    make_all_old()
    before = lastmods(editor_client)
    unserved = ZipCode.objects.filter(state__code="CA", cities=None).first().code
    codes = ", ".join([*anaheim.zip_codes.values_list("code", flat=True), unserved])
    save(editor_client, CITY.format(anaheim.pk), zip_codes=codes)
    assert unserved in page_of(editor_client, anaheim.get_absolute_url()).text
    after = lastmods(editor_client)
    assert {page for page in after if after[page] != before[page]} == {anaheim.get_absolute_url()}


def test_a_zip_code_taken_off_a_city_changes_the_pages_that_shared_it(editor_client, anaheim):
    own = ", ".join(anaheim.zip_codes.values_list("code", flat=True))
    eries = ZipCode.objects.get(code="16501")  # too far away for anything else to change
    save(editor_client, CITY.format(anaheim.pk), zip_codes=f"{own}, {eries.code}")
    assert "Shared with Anaheim, CA: 16501" in page_of(editor_client, "/locations/pennsylvania/erie/").text
    make_all_old()
    before = lastmods(editor_client)
    save(editor_client, CITY.format(anaheim.pk), zip_codes=own)
    after = lastmods(editor_client)
    changed = {page for page in after if after[page] != before[page]}
    assert changed == {anaheim.get_absolute_url(), "/locations/pennsylvania/erie/"}


def test_an_alias_added_inline_leads_to_the_city(editor_client, anaheim):
    save(editor_client, CITY.format(anaheim.pk), **{"aliases-0-name": "A Town", "aliases-0-is_shown": "on"})
    assert editor_client.get("/locations/california/a-town/")["Location"] == anaheim.get_absolute_url()
    assert "Also called" in page_of(editor_client, anaheim.get_absolute_url()).text


def test_a_new_city_is_live_at_once_and_linked(editor_client, db):
    data = form_data(editor_client.get("/admin/locations/city/add/")) | {
        "name": "Coloma",
        "slug": "coloma",
        "state": State.objects.get(code="CA").pk,
        "county": "El Dorado",
        "latitude": "38.8",
        "longitude": "-120.89",
        "is_published": "on",
    }
    assert editor_client.post("/admin/locations/city/add/", data).status_code == 302
    address = "/locations/california/coloma/"
    assert "El Dorado County" in page_of(editor_client, address).text
    for page in ("/locations/", "/locations/california/", "/sitemap-cities-california.xml"):
        assert address in editor_client.get(page).content.decode()


def test_a_new_article_is_live_at_once(editor_client, db):
    data = form_data(editor_client.get("/admin/articles/article/add/")) | {
        "title": "Your first visit",
        "short_title": "Your first visit",
        "slug": "your-first-visit",
        "summary": "What to bring to your first visit, what the therapist will ask, and how long it takes.",
        "body": "## Bring\n\nYour referral.",
        "status": "published",
    }
    response = editor_client.post("/admin/articles/article/add/", data)
    assert response.status_code == 302
    assert "Your referral." in page_of(editor_client, "/articles/your-first-visit/").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slug": "fullerton"}, "Another city of this state has this slug: choose another."),
        ({"latitude": "95"}, "latitude is between 17 and 72 degrees north"),
        ({"longitude": "117.9"}, "is a minus sign missing?"),
        ({"county": "Orange County"}, "Leave out the word “County”"),
        ({"longitude": "-77.9"}, "This point is nowhere near Orange County, CA: check the county"),
        ({"county": "Shasta"}, "This point is nowhere near Shasta County, CA: check the county"),
        ({"slug": "not a slug"}, "lower case letters, digits and single hyphens"),
        ({"slug": "Anaheim"}, "lower case letters"),
        ({"slug": "anaheim--two_"}, "lower case"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_a_mistake_in_a_city_is_explained_and_nothing_is_saved(editor_client, anaheim, changes, words):
    address = CITY.format(anaheim.pk)
    data = form_data(editor_client.get(address)) | {"intro": "New words."} | changes
    response = editor_client.post(address, data)
    assert response.status_code == 200
    assert escape(words) in response.content.decode()
    anaheim.refresh_from_db()
    assert (anaheim.slug, anaheim.intro) == ("anaheim", "")


def test_an_alias_without_a_letter_is_refused(editor_client, anaheim):
    address = CITY.format(anaheim.pk)
    data = form_data(editor_client.get(address)) | {"aliases-0-name": "!!!"}
    response = editor_client.post(address, data)
    assert "needs a letter or a digit" in response.content.decode()


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["Ana Heim", "ana-heim!"], "have the same address: keep one."),
        (["Fullerton"], "has a page at its own address"),
    ],
)
def test_an_alias_whose_address_is_taken_is_refused(editor_client, anaheim, names, words):
    address = CITY.format(anaheim.pk)
    data = form_data(editor_client.get(address)) | {"aliases-TOTAL_FORMS": len(names)}
    for number, name in enumerate(names):
        data[f"aliases-{number}-name"] = name
    response = editor_client.post(address, data)
    assert words in response.content.decode()
    assert not anaheim.aliases.exists()


@pytest.mark.parametrize(
    ("model", "field"),
    [(City, "intro"), (State, "intro"), (Article, "summary")],
    ids=["city", "state", "text"],
)
def test_what_a_colleague_saved_meanwhile_is_not_overwritten(editor_client, db, model, field):
    record = model.objects.order_by("pk").first()
    form = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{record.pk}/change/"
    opened = form_data(editor_client.get(form))
    theirs = "A colleague wrote this sentence, which is long enough for search results to show it all."
    save(editor_client, form, **{field: theirs})
    response = editor_client.post(form, opened | {field: opened.get(field, "") + " And I wrote this."})
    text = response.content.decode()
    assert "editor (" in text
    assert "changed this while you were editing it. Nothing is saved yet." in text
    assert theirs in re.sub("</?ins>", "", text)
    assert form_data(response)[field].endswith("And I wrote this.")
    record.refresh_from_db()
    assert getattr(record, field) == theirs


def test_a_browsers_line_ends_are_no_change(editor_client, explainer):
    make_all_old()
    address = f"/admin/articles/article/{explainer.pk}/change/"
    before = lastmods(editor_client)
    save(editor_client, address, body=explainer.body.replace("\n", "\r\n") + "\r\n")
    assert lastmods(editor_client) == before
    assert "\r" not in Article.objects.get(pk=explainer.pk).body


def test_the_list_says_where_an_article_stands(editor_client, explainer):
    make_article("Later", published_at=datetime(2100, 1, 1, 12, tzinfo=UTC))
    make_article("Draft", status="draft")
    page = editor_client.get("/admin/articles/article/").text
    cells = r'class="field-title">.*?>([^<]*)</a>.*?class="field-standing[^"]*">([^<]*)<'
    rows = dict(re.findall(cells, page, re.DOTALL))
    assert rows["Later"] == "Will appear Jan. 1, 2100, 7 a.m."
    assert rows["Draft"] == "Draft"
    assert rows[explainer.title] == "Live"


def test_the_change_form_of_a_city_takes_no_query_per_row(editor_client, db):
    small, large = City.objects.get(name="Hoboken"), City.objects.get(name="New York")
    assert (small.zip_codes.count(), large.zip_codes.count()) == (1, 312)

    def opening(city):
        with CaptureQueriesContext(connection) as queries:
            editor_client.get(CITY.format(city.pk))
        return len(queries)

    opening(small)  # warms up what is looked up once a process, such as content types
    assert opening(large) <= opening(small) + 2  # its aliases
    assert save(editor_client, CITY.format(large.pk)) <= save(editor_client, CITY.format(small.pk)) + 6
    assert opening(large) < 25


LISTS = {
    "/admin/locations/city/?q=anaheim": City.objects.filter(name="Anaheim"),
    "/admin/locations/city/?q=92801": City.objects.filter(zip_codes__code="92801"),
    "/admin/locations/city/?q=Mt+Dora": City.objects.filter(name="Mount Dora"),
    "/admin/locations/city/?q=zzzz": City.objects.none(),
    "/admin/locations/city/?is_published__exact=0": City.objects.filter(is_published=False),
    "/admin/locations/state/?q=CA": State.objects.filter(code="CA"),
    "/admin/locations/zipcode/?q=928": ZipCode.objects.filter(code__startswith="928"),
    "/admin/articles/article/?status__exact=draft": Article.objects.filter(status="draft"),
}


@pytest.mark.parametrize("address", LISTS)
def test_lists_show_what_is_searched_and_filtered_for(editor_client, db, address):
    City.objects.filter(name="Hoboken").update(is_published=False)
    make_article("Draft", status="draft")
    response = editor_client.get(address)
    assert response.status_code == 200
    shown = {row.pk for row in response.context["cl"].get_queryset(response.wsgi_request)}
    assert shown == set(LISTS[address].values_list("pk", flat=True))


def test_cities_can_be_withdrawn_and_published_together(editor_client, db):
    cities = City.objects.filter(county="Marin")
    chosen = {"_selected_action": [city.pk for city in cities], "action": "withdraw"}
    response = editor_client.post("/admin/locations/city/", chosen, follow=True)
    assert f"{len(cities)} cities are withdrawn now." in response.content.decode()
    assert editor_client.get(cities[0].get_absolute_url()).status_code == 410
    editor_client.post("/admin/locations/city/", chosen | {"action": "publish"})
    assert editor_client.get(cities[0].get_absolute_url()).status_code == 200


def test_view_on_site_leads_to_the_page_and_is_absent_while_there_is_none(editor_client, anaheim):
    def links():
        return page_of(editor_client, CITY.format(anaheim.pk)).links

    (link,) = [link for link in links() if link.startswith("/admin/r/")]
    assert editor_client.get(link)["Location"].endswith(anaheim.get_absolute_url())
    withdraw(anaheim)
    assert not [link for link in links() if link.startswith("/admin/r/")]


def test_editors_may_do_what_they_need_and_no_more(editor_client, editor, anaheim):
    assert Group.objects.get(name="Editors").permissions.count() == 16 + 3 + 3 + 2 + 3 + 4 + 8 + 1 + 3 + 9
    sections = editor_client.get("/admin/").context["app_list"]
    assert {model["object_name"] for app in sections for model in app["models"]} == {
        "Article",
        "Batch",
        "City",
        "CityRedirect",
        "Concern",
        "Draft",
        "FormerSlug",
        "ImportRun",
        "OtherPlace",
        "Owner",
        "PracticeRule",
        "Provider",
        "Report",
        "Specialty",
        "State",
        "StateRedirect",
        "WarningSign",
        "ZipCode",
    }
    for address in (
        "/admin/auth/user/",
        "/admin/auth/group/",
        CITY.format(anaheim.pk).replace("change", "delete"),
    ):
        assert editor_client.get(address).status_code == 403
    actions = editor_client.get("/admin/locations/city/").context["action_form"].fields["action"].choices
    assert [name for name, _ in actions] == ["", "publish", "withdraw"]


def test_a_border_added_on_one_side_shows_on_both(editor_client, db):
    california, jefferson = State.objects.get(code="CA"), make_state()
    make_city(jefferson)
    address = f"/admin/locations/state/{california.pk}/change/"
    save(editor_client, address, neighbors=[jefferson.pk])
    assert "/locations/jefferson/" in page_of(editor_client, "/locations/california/").links
    assert "/locations/california/" in page_of(editor_client, "/locations/jefferson/").links


def test_old_addresses_are_shown_where_they_are_made(editor_client, anaheim):
    save(editor_client, CITY.format(anaheim.pk), slug="anaheim-ca")
    response = editor_client.get(CITY.format(anaheim.pk))
    anaheim.refresh_from_db()
    assert response.context["adminform"].model_admin.old_paths(anaheim) == "anaheim"
    article = make_article("First title")
    save(editor_client, f"/admin/articles/article/{article.pk}/change/", slug="second")
    response = editor_client.get(f"/admin/articles/article/{article.pk}/change/")
    assert "first-title" in page_of(editor_client, response.wsgi_request.path).text


def all_of(city):
    """Every value of a city's row and of the rows that are edited with it."""
    rows = City.objects.filter(pk=city.pk).values(), city.aliases.order_by("pk").values()
    return [list(some) for some in rows], set(city.zip_codes.all())


def test_every_city_with_other_names_can_be_saved_as_it_is(editor_client, db):
    cities = City.objects.exclude(aliases=None)
    assert cities.count() == 19
    for city in cities:
        before = all_of(city)
        save(editor_client, CITY.format(city.pk))
        assert all_of(city) == before


def test_a_colleagues_alias_is_not_overwritten(editor_client, anaheim):
    anaheim.aliases.create(name="A Town")
    opened = form_data(editor_client.get(CITY.format(anaheim.pk)))
    alias = anaheim.aliases.get()
    alias.name = "Colleague Town"
    save_row(alias)
    response = editor_client.post(CITY.format(anaheim.pk), opened | {"intro": "Words."})
    assert "Somebody else saved this page" in response.content.decode()
    assert anaheim.aliases.get().name == "Colleague Town"


def test_an_article_saved_as_it_is_keeps_its_date(editor_client, db):
    article = make_article()
    before = Article.objects.get(pk=article.pk)
    save(editor_client, f"/admin/articles/article/{article.pk}/change/")
    after = Article.objects.get(pk=article.pk)
    assert (after.content_changed_at, after.published_at) == (before.content_changed_at, before.published_at)


def test_nobody_deletes_a_page(admin_client, anaheim):
    for address in (
        CITY.format(anaheim.pk),
        "/admin/locations/state/1/change/",
        "/admin/articles/article/1/change/",
    ):
        assert admin_client.get(address.replace("change", "delete")).status_code == 403


def test_two_cities_of_a_state_cannot_share_a_name(editor_client, anaheim):
    address = CITY.format(anaheim.pk)
    response = editor_client.post(address, form_data(editor_client.get(address)) | {"name": "Fullerton"})
    assert "Another city of this state has this name" in response.content.decode()


def test_a_rule_needs_no_copy_that_was_read(editor_client, db):
    rule = PracticeRule.objects.get(state__code="CA", profession="PT")
    save(editor_client, f"/admin/locations/practicerule/{rule.pk}/change/", read_in="", limit="")
    assert not PracticeRule.objects.get(pk=rule.pk).read_in


def test_a_state_without_cities_has_none(db):
    state = make_state()
    assert State.objects.with_city_count().get(pk=state.pk).city_count == 0


@pytest.mark.parametrize(
    ("address", "column", "field"),
    [
        ("/admin/locations/zipcode/", "city_count", "city_count"),
        ("/admin/locations/state/", "city_count", "city_count"),
        ("/admin/articles/article/", "standing", "published_at"),
        ("/admin/locations/practicerule/", "review", "checked_on"),
    ],
)
def test_columns_that_are_worked_out_can_be_sorted_by(editor_client, db, address, column, field):
    ZipCode.objects.filter(cities=None).delete()
    PracticeRule.objects.filter(state__code="NJ").update(checked_on=date(2025, 1, 1))
    make_article("Older", published_at=datetime(2020, 1, 1, tzinfo=UTC))
    number = editor_client.get(address).context["cl"].list_display.index(column)
    for sign, order in (("", 1), ("-", -1)):
        response = editor_client.get(address, {"o": f"{sign}{number}"})
        values = [getattr(row, field) for row in response.context["cl"].result_list]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=order < 0)
        assert column == "city_count" or len(set(known)) > 1


@pytest.mark.parametrize("written", ["14:05:30", "14:05:30.5", "14:05", "2:05 PM", "2:05PM", "2 PM", "2pm"])
def test_times_are_read_as_americans_write_them(written):
    assert TimeField().clean(written).hour == 14


def test_what_a_city_is_a_part_of_is_typed_by_name(editor_client, anaheim):
    address = CITY.format(anaheim.pk)
    save(editor_client, address, part_of="fullerton, ca", kind="neighborhood", population_year="2021")
    anaheim.refresh_from_db()
    assert (anaheim.part_of.name, anaheim.kind, anaheim.population_year) == (
        "Fullerton",
        "neighborhood",
        2021,
    )
    assert form_data(editor_client.get(address))["part_of"] == "Fullerton, CA"
    assert "A neighborhood of Fullerton" in page_of(editor_client, anaheim.get_absolute_url()).text
    save(editor_client, address, part_of="")
    anaheim.refresh_from_db()
    assert anaheim.part_of is None


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("Fullerton", "does not name a state: write it as “Anaheim, CA”"),
        ("Atlantis, CA", "is no city of the directory"),
        ("Hoboken, NJ", "is in another state"),
        ("Anaheim, CA", "is a part of this place, or this place itself"),
    ],
)
def test_a_whole_that_cannot_be_is_refused(editor_client, anaheim, typed, says):
    address = CITY.format(anaheim.pk)
    response = editor_client.post(address, form_data(editor_client.get(address)) | {"part_of": typed})
    assert says in " ".join(page_of_response(response).split())


def page_of_response(response):
    return response.text.replace("&#x27;", "'")


@pytest.mark.parametrize("field", [CityField(), CitiesField(), ZipCodesField(ZipCode.objects.all())])
def test_what_is_typed_by_name_has_room_and_is_not_filled_in_by_the_browser(field):
    box = field.widget.render("name", "")
    assert re.search(r'class="v(Large)?TextField"', box)
    assert 'autocomplete="off"' in box


def test_two_places_cannot_be_a_part_of_each_other(editor_client, anaheim):
    City.objects.filter(name="Fullerton").update(part_of=anaheim)
    address = CITY.format(anaheim.pk)
    data = form_data(editor_client.get(address)) | {"part_of": "Fullerton, CA"}
    assert "is a part of this place" in editor_client.post(address, data).text


def test_the_cities_of_a_zip_code_are_typed_in_their_order(editor_client, db):
    code = ZipCode.objects.get(code="11101")
    address = f"/admin/locations/zipcode/{code.pk}/change/"
    assert (
        form_data(editor_client.get(address))["cities_in_order"]
        == "Long Island City, NY; Queens, NY; New York, NY"
    )
    save(editor_client, address, cities_in_order="Queens, NY; Hoboken, NJ")
    links = code.serves_set.order_by("rank").values_list("city__name", "rank")
    assert list(links) == [("Queens", 1), ("Hoboken", 2)]
    assert "11101" in page_of(editor_client, "/locations/new-jersey/hoboken/").text
    save(editor_client, address)
    assert list(code.serves_set.order_by("rank").values_list("city__name", "rank")) == list(links)


def test_an_editor_adds_a_name_that_leads_to_cities(editor_client, db):
    address = "/admin/locations/otherplace/add/"
    data = form_data(editor_client.get(address)) | {
        **{"name": "Zebra Flats", "other_names": "Zebraville", "state": State.objects.get(code="CA").pk},
        **{"latitude": "33.9", "longitude": "-117.9", "leads_to": "Fullerton, CA; Anaheim, CA"},
    }
    assert editor_client.post(address, data).status_code == 302
    for query in ("zebra flats", "zebraville ca"):
        page = page_of(editor_client, f"/search/?q={query}")
        assert "/locations/california/fullerton/" in page.links
        assert "Zebra Flats has no page of its own here. Look in:" in page.text


def test_another_name_that_is_too_long_for_an_address_is_refused(editor_client, anaheim):
    address = CITY.format(anaheim.pk)
    data = form_data(editor_client.get(address)) | {
        "aliases-0-name": "ﬃ" * 40
    }  # three letters each in an address
    assert "too long to make an address of" in editor_client.post(address, data).text


@pytest.mark.parametrize("code", ["ca", "C1", "CAL", "C"])
def test_the_code_of_a_state_is_two_capital_letters(editor_client, db, code):
    address = f"/admin/locations/state/{State.objects.get(code='CA').pk}/change/"
    response = editor_client.post(address, form_data(editor_client.get(address)) | {"code": code})
    assert response.status_code == 200
    assert "code" in response.context["adminform"].form.errors


def test_a_rule_leads_to_the_page_that_shows_it_while_that_shows(editor_client, db):
    rule = PracticeRule.objects.filter(state__code="CA").first()
    address = f"/admin/locations/practicerule/{rule.pk}/change/"

    def links():
        return [link for link in page_of(editor_client, address).links if link.startswith("/admin/r/")]

    assert len(links()) == 1
    withdraw(rule.state)
    assert links() == []
