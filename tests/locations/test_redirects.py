"""Old addresses in the admin: editors see where they lead, add some, and remove some."""

import re

import pytest

from articles.models import FormerSlug
from locations.models import City, CityAlias, CityRedirect, State, StateRedirect
from tests.factories import make_article, make_city, make_state, save, withdraw
from tests.reading import links_of, page_of
from tests.whole import MADE_ANEW, differing, everything
from therapydir.derived.catching_up import catch_up, verify
from therapydir.history.models import Batch
from therapydir.history.undoing import undo

CITIES, STATES = "/admin/locations/cityredirect/", "/admin/locations/stateredirect/"
TEXTS = "/admin/articles/formerslug/"


@pytest.fixture(autouse=True)
def _nothing_left(db):
    catch_up()


def renamed(record, slug):
    record.slug = slug
    return save(record)


def a_city(client):
    """(its list, the redirect, the old address, the address it leads to)."""
    city = renamed(City.objects.get(name="Anaheim"), "anaheim-ca")
    old = CityRedirect.objects.get(slug="anaheim")
    return CITIES, old, "/locations/california/anaheim/", city.get_absolute_url()


def a_state(client):
    state = renamed(State.objects.get(code="NJ"), "jersey")
    old = StateRedirect.objects.get(slug="new-jersey")
    return STATES, old, "/locations/new-jersey/", state.get_absolute_url()


def a_text(client):
    text = renamed(make_article("Knees"), "knees-and-hips")
    return TEXTS, FormerSlug.objects.get(slug="knees"), "/articles/knees/", text.get_absolute_url()


KINDS = pytest.mark.parametrize("kind", [a_city, a_state, a_text], ids=["city", "state", "text"])


def shown(client, address, **query):
    return {row.slug for row in client.get(address, query).context["cl"].result_list}


def add(client, address, old_address, **target):
    """Fill in the form; what it says against that, "" if it is saved."""
    response = client.post(f"{address}add/", {"old_address": old_address, **target})
    if response.status_code == 302:
        return ""
    errors = response.context["adminform"].form.errors
    return " ".join(sentence for sentences in errors.values() for sentence in sentences)


def remove(client, address, rows, **more):
    keys = [row.pk for row in rows]
    return client.post(address, {"action": "remove", "_selected_action": keys, **more})


def leads_to(client, path):
    response = client.get(path)
    return response["Location"] if response.status_code == 301 else response.status_code


# --- What is shown ---------------------------------------------------------------------------------------


@KINDS
def test_the_list_tells_where_an_old_address_leads(editor_client, kind):
    address, row, old, new = kind(editor_client)
    response = editor_client.get(address)
    assert shown(editor_client, address) == {row.slug, *({"us"} if kind is a_city else ())}
    assert {old, new} <= set(links_of(response))


def test_no_address_in_use_is_in_a_list(editor_client, anaheim):
    """But each is in its table."""
    CityAlias(city=anaheim, name="A Town").save()
    save(anaheim)
    assert CityRedirect.objects.filter(slug__in=["anaheim", "a-town"]).count() == 2
    assert StateRedirect.objects.exists()
    assert FormerSlug.objects.exists()
    assert shown(editor_client, CITIES) == {"us"}  # from the owner's list, to the state
    assert shown(editor_client, STATES) == shown(editor_client, TEXTS) == set()


def test_a_withdrawn_pages_address_is_its_own_still(editor_client, anaheim):
    withdraw(anaheim)
    withdraw(State.objects.get(code="NJ"))
    withdraw(make_article("Knees"))
    assert shown(editor_client, CITIES) == {"us"}
    assert shown(editor_client, STATES) == shown(editor_client, TEXTS) == set()


def test_an_old_address_of_what_is_withdrawn_leads_nowhere_and_the_list_says_so(editor_client, anaheim):
    renamed(anaheim, "anaheim-ca")
    withdraw(anaheim)
    assert "Nowhere: Anaheim, CA is not on the site" in editor_client.get(CITIES).text


def test_an_address_that_a_text_took_by_its_date_is_no_old_one(editor_client):
    """It was to appear later, and so left the address to the other."""
    renamed(make_article("Knees"), "knees-and-hips")
    make_article("Knees again", slug="knees")
    FormerSlug.objects.filter(slug="knees").update(
        article=FormerSlug.objects.get(slug="knees-and-hips").article
    )
    assert shown(editor_client, TEXTS) == set()


@pytest.mark.parametrize("query", ["/locations/california/anaheim/", "ANAHEIM", "aheim", "Anaheim CA"])
def test_old_addresses_are_searched_by_part_path_or_name(editor_client, query):
    a_city(editor_client)
    renamed(City.objects.get(name="Hoboken"), "hoboken-nj")
    assert shown(editor_client, CITIES, q=query) == {"anaheim"}


def test_old_addresses_are_filtered_by_state(editor_client):
    a_city(editor_client)
    renamed(City.objects.get(name="Hoboken"), "hoboken-nj")
    key = State.objects.get(code="NJ").pk
    assert shown(editor_client, CITIES, state__id__exact=key) == {"hoboken"}


def test_the_list_takes_no_query_per_row(editor_client, django_assert_max_num_queries):
    for city in City.objects.filter(state__code="NJ", aliases=None)[:20]:
        renamed(city, f"{city.slug}-nj")
    with django_assert_max_num_queries(14):
        assert len(shown(editor_client, CITIES)) == 21


# --- Adding ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "/locations/california/old-town/",
        "locations/california/old-town",
        "http://127.0.0.1:8000/locations/california/old-town/?utm=1#map",
        "https://localhost/locations/california/old-town/",
        "127.0.0.1:8000/locations/California/Old%20Town/",
        " /Locations/California/Old_Town ",
    ],
)
def test_an_old_address_of_a_city_is_added_as_it_is_typed_or_pasted(editor_client, anaheim, typed):
    path = "/locations/california/old-town/"
    assert leads_to(editor_client, path) == 404
    assert add(editor_client, CITIES, typed, city="Anaheim, CA") == ""
    assert leads_to(editor_client, path) == anaheim.get_absolute_url()
    assert list(verify()) == []


def test_an_old_address_below_a_state_may_lead_to_the_state(editor_client):
    assert add(editor_client, CITIES, "/locations/california/old-town/", city="") == ""
    assert leads_to(editor_client, "/locations/california/old-town/") == "/locations/california/"
    change = Batch.objects.first()
    assert change.what == "redirect to a city “old-town”"
    page = editor_client.get(f"/admin/therapydir/batch/{change.pk}/change/").text
    assert "address “old-town”: added" in page


def test_an_old_address_may_stand_below_an_old_one_of_its_state(editor_client):
    renamed(State.objects.get(code="NJ"), "jersey")
    assert add(editor_client, CITIES, "/locations/new-jersey/old-town/", city="Hoboken, NJ") == ""
    for state in ("new-jersey", "jersey"):
        path = f"/locations/{state}/old-town/"
        assert leads_to(editor_client, path) == "/locations/jersey/hoboken/"


def test_an_old_address_may_lead_into_another_state(editor_client):
    assert add(editor_client, CITIES, "/locations/california/hoboken/", city="Hoboken, NJ") == ""
    assert leads_to(editor_client, "/locations/california/hoboken/") == "/locations/new-jersey/hoboken/"


def test_old_addresses_of_states_and_texts_are_added(editor_client, explainer):
    state = State.objects.get(code="NJ")
    assert add(editor_client, STATES, "/locations/garden-state/", state=state.pk) == ""
    assert leads_to(editor_client, "/locations/garden-state/") == "/locations/new-jersey/"
    assert leads_to(editor_client, "/locations/garden-state/hoboken/") == "/locations/new-jersey/hoboken/"
    for path in ("/articles/ot-or-pt/", "/about/our-texts/"):
        assert add(editor_client, TEXTS, path, article=explainer.pk) == ""
        assert leads_to(editor_client, path) == explainer.get_absolute_url()


@KINDS
def test_what_was_added_is_undone(editor_client, kind, explainer):
    before = everything(MADE_ANEW)
    address, path, target = {
        a_city: (CITIES, "/locations/california/old-town/", {"city": "Anaheim, CA"}),
        a_state: (STATES, "/locations/garden-state/", {"state": State.objects.get(code="NJ").pk}),
        a_text: (TEXTS, "/articles/ot-or-pt/", {"article": explainer.pk}),
    }[kind]
    assert add(editor_client, address, path, **target) == ""
    change = Batch.objects.first()
    assert (change.who, change.by) == ("editor", Batch.By.FORM)
    undo(change)
    assert leads_to(editor_client, path) == 404
    assert differing(before, everything(MADE_ANEW)) == {}


@pytest.mark.parametrize(
    ("typed", "city", "words"),
    [
        ("", "Anaheim, CA", "This field is required."),
        ("/locations/california/", "Anaheim, CA", "not the address of a city"),
        ("/articles/knees/", "Anaheim, CA", "Write it like /locations/florida/old-town/."),
        ("/locations/california/anaheim/nursing-facilities/", "Anaheim, CA", "not the address of a city"),
        ("https://elsewhere.example/locations/california/x/", "Anaheim, CA", "on another site"),
        ("elsewhere.example/locations/california/x/", "Anaheim, CA", "on another site"),
        ("http://[", "Anaheim, CA", "not the address of a city"),
        ("/locations/atlantis/old-town/", "Anaheim, CA", "no state at /locations/atlantis/"),
        ("/locations/california/fullerton/", "Anaheim, CA", "Fullerton, CA has its page at this address"),
        ("/locations/california/anaheim/", "Anaheim, CA", "cannot lead to itself"),
        ("/locations/california/us/", "Anaheim, CA", "leads to California already"),
        ("/locations/florida/mt-dora/", "Anaheim, CA", "is another name of Mount Dora, FL"),
        ("/locations/california/x/", "Anaheim", "does not name a state"),
        ("/locations/california/x/", "Hoboken, NJ", "Hoboken, NJ is not on the site"),
        ("/locations/new-jersey/x/", "", ""),
        (f"/locations/california/{'x' * 101}/", "Anaheim, CA", "too long"),
    ],
)
def test_an_address_that_cannot_be_a_redirect_is_refused_with_the_reason(editor_client, typed, city, words):
    withdraw(City.objects.get(name="Hoboken"))
    CityAlias.objects.get_or_create(city=City.objects.get(name="Mount Dora"), name="Mt Dora")
    before = CityRedirect.objects.count()
    said = add(editor_client, CITIES, typed, city=city)
    assert words in said
    assert CityRedirect.objects.count() == before + (not words)


def test_what_is_no_old_address_of_a_state_or_a_text_is_refused(editor_client, explainer):
    florida = State.objects.get(code="FL").pk
    a_state(editor_client)
    a_text(editor_client)
    for typed, words in (
        ("/locations/ohio/columbus/", "not the address of a state. Write it like /locations/old-name/."),
        ("/locations/pennsylvania/", "Pennsylvania has its page at this address"),
        ("/locations/florida/", "cannot lead to itself"),
        ("/locations/new-jersey/", "leads to New Jersey already"),
    ):
        assert words in add(editor_client, STATES, typed, state=florida)
    for typed, words in (
        ("/locations/florida/", "not the address of a text. Write it like /articles/old-title/."),
        ("/about/design/", "not the address of a text"),
        ("/about/privacy/", "has its page at this address"),
        (explainer.get_absolute_url(), "cannot lead to itself"),
        ("/articles/knees/", "leads to Knees already"),
    ):
        assert words in add(editor_client, TEXTS, typed, article=explainer.pk)


def test_the_address_of_a_withdrawn_page_may_lead_elsewhere_until_that_is_published(editor_client, anaheim):
    withdraw(anaheim)
    old, hoped = anaheim.get_absolute_url(), "/locations/california/fullerton/"
    assert leads_to(editor_client, old) == 410
    assert add(editor_client, CITIES, old, city="Fullerton, CA") == ""
    assert leads_to(editor_client, old) == hoped
    assert shown(editor_client, CITIES) == {"us", "anaheim"}
    anaheim.is_published = True
    save(anaheim)
    assert editor_client.get(old).status_code == 200
    assert shown(editor_client, CITIES) == {"us"}


# --- Removing --------------------------------------------------------------------------------------------


@KINDS
def test_removing_is_asked_for_with_what_then_answers_and_can_be_undone(editor_client, kind):
    address, row, old, new = kind(editor_client)
    before = everything(MADE_ANEW)
    asked = remove(editor_client, address, [row])
    assert asked.status_code == 200
    text = re.sub(r"\s+", " ", asked.text)
    below = " and all below it" if kind is a_state else ""
    assert f"{old}{below} leads to {new} now. Then there is no such page (404)." in text
    assert leads_to(editor_client, old) == new
    done = remove(editor_client, address, [row], confirmed="yes")
    assert done.status_code == 302
    assert leads_to(editor_client, old) == 404
    assert editor_client.get(new).status_code == 200
    assert list(verify()) == []
    assert row.slug not in shown(editor_client, address)
    undo(Batch.objects.first())
    assert leads_to(editor_client, old) == new
    assert differing(before, everything(MADE_ANEW)) == {}


@pytest.mark.parametrize("kind", ["city", "state", "text"])
def test_where_a_page_was_withdrawn_its_address_then_says_so(editor_client, kind, explainer):
    page, address, target = {
        "city": (City.objects.get(name="Anaheim"), CITIES, {"city": "Fullerton, CA"}),
        "state": (State.objects.get(code="NJ"), STATES, {"state": State.objects.get(code="FL").pk}),
        "text": (make_article("Knees"), TEXTS, {"article": explainer.pk}),
    }[kind]
    withdraw(page)
    path = page.get_absolute_url()
    assert add(editor_client, address, path, **target) == ""
    rows = [row for row in editor_client.get(address).context["cl"].result_list if row.slug == page.slug]
    assert "Then it says that the page is gone (410)." in remove(editor_client, address, rows).text
    remove(editor_client, address, rows, confirmed="yes")
    assert leads_to(editor_client, path) == 410


def test_no_address_in_use_can_be_removed(editor_client, anaheim):
    row = CityRedirect.objects.get(city=anaheim)
    remove(editor_client, CITIES, [row], confirmed="yes")
    assert CityRedirect.objects.filter(pk=row.pk).exists()
    assert editor_client.get(f"{CITIES}{row.pk}/change/").status_code == 302
    assert editor_client.post(f"{CITIES}{row.pk}/delete/", {"post": "yes"}).status_code in (302, 403)
    assert CityRedirect.objects.filter(pk=row.pk).exists()


def test_many_are_removed_at_once_with_the_way_to_undo_it(editor_client):
    cities = list(City.objects.filter(state__code="NJ", aliases=None)[:30])
    for city in cities:
        renamed(city, f"{city.slug}-nj")
    rows = list(CityRedirect.objects.old().filter(state__code="NJ"))
    asked = remove(editor_client, CITIES, rows)
    assert "Remove 30 redirects" in asked.text
    assert "and 10 more" in asked.text
    done = remove(editor_client, CITIES, rows, confirmed="yes", follow=True)
    assert done.status_code == 302
    page = editor_client.get(CITIES).text
    assert "30 redirects are removed." in page
    assert "See what was changed, or undo it" in page


@KINDS
def test_a_redirect_is_read_and_not_changed(editor_client, kind):
    address, row, old, _ = kind(editor_client)
    page = editor_client.get(f"{address}{row.pk}/change/")
    assert old in page.text
    assert 'name="_save"' not in page.text
    assert editor_client.post(f"{address}{row.pk}/change/", {"slug": "x"}).status_code == 403
    history = editor_client.get(f"{address}{row.pk}/history/")
    field = {a_city: "city", a_state: "state", a_text: "article"}[kind]
    assert history["Location"].endswith(f"/{getattr(row, field).pk}/history/")


def test_who_may_only_look_adds_and_removes_nothing(client, django_user_model):
    from django.contrib.auth.models import Permission

    viewer = django_user_model.objects.create_user("viewer", password="words", is_staff=True)
    viewer.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client.force_login(viewer)
    _, row, _, _ = a_city(client)
    assert client.get(CITIES).status_code == 200
    assert client.get(f"{CITIES}add/").status_code == 403
    remove(client, CITIES, [row], confirmed="yes")
    assert CityRedirect.objects.filter(pk=row.pk).exists()


def test_a_page_that_was_renamed_twice_has_two_old_addresses(editor_client):
    city = make_city(make_state(), "One")
    for slug in ("two", "three"):
        renamed(city, slug)
    assert shown(editor_client, CITIES) == {"us", "one", "two"}
    assert page_of(editor_client, CITIES).links.count("/locations/jefferson/three/") == 2
