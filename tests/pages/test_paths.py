"""One address for each page, and what becomes of any other."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from locations.models import City, CityAlias, State
from tests.factories import make_article, make_city, make_state, save, withdraw
from tests.reading import links_of, page_of
from therapydir.derived.catching_up import catch_up

EXPLAINER = "/articles/occupational-therapy-vs-physical-therapy/"


def assert_leads_to(client, address, target):
    """The address redirects permanently, and in one hop, to a page."""
    response = client.get(address)
    assert (response.status_code, response.headers.get("Location")) == (301, target)
    assert client.get(target).status_code == 200


@pytest.mark.parametrize(
    ("spelling", "target"),
    [
        ("/locations/california/anaheim", "/locations/california/anaheim/"),
        ("/Locations/California/ANAHEIM/", "/locations/california/anaheim/"),
        ("/LOCATIONS/CALIFORNIA/ANAHEIM", "/locations/california/anaheim/"),
        ("/locations/Florida/Mt Dora", "/locations/florida/mount-dora/"),
        ("/locations/florida/St. Cloud/", "/locations/florida/st-cloud/"),
        ("/locations/california/La Cañada Flintridge", "/locations/california/la-canada-flintridge/"),
        ("/locations/new_york/new_york/", "/locations/new-york/new-york/"),
        ("/locations/pennsylvania/CASTLE SHANN", "/locations/pennsylvania/castle-shannon/"),
        ("/locations/new+york/New+York/", "/locations/new-york/new-york/"),
        ("/locations/florida/mt.+dora", "/locations/florida/mount-dora/"),
        ("/locations/California/US", "/locations/california/"),
        ("/locations/california", "/locations/california/"),
        ("/locations", "/locations/"),
        ("/Articles", "/articles/"),
        (EXPLAINER.upper(), EXPLAINER),
        ("/Robots.TXT", "/robots.txt"),
        ("/sitemap.xml/", "/sitemap.xml"),
    ],
)
def test_another_spelling_redirects_in_one_hop(client, db, spelling, target):
    assert_leads_to(client, spelling, target)


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("/locations/%63alifornia/anaheim/", "/locations/california/anaheim/"),
        ("/locations/california%2Fanaheim/", "/locations/california/anaheim/"),
        ("/locations/california%2fAnaheim", "/locations/california/anaheim/"),
        ("/%6Cocations/", "/locations/"),
        ("/%73itemap.xml", "/sitemap.xml"),
    ],
)
def test_an_address_that_is_written_with_escapes_redirects_too(client, anaheim, written, target):
    response = client.get(unquote(written), RAW_URI=f"{written}?a=%20")
    assert (response.status_code, response.headers["Location"]) == (301, target)
    assert client.get(target, RAW_URI=f"{target}?a=%20").status_code == 200


def test_a_redirect_keeps_the_query_string(client, anaheim):
    response = client.get("/locations/california/Anaheim?a=1&b=%26")
    assert response.headers["Location"] == "/locations/california/anaheim/?a=1&b=%26"


def test_head_is_redirected_like_get(client, anaheim):
    assert client.head("/locations/california/Anaheim").headers["Location"] == anaheim.get_absolute_url()


@pytest.mark.parametrize(
    "address",
    [
        "/locations/california/nowhere/",
        "/locations/california/Nowhere",
        "/locations/atlantis/",
        "/articles/nothing/",
        "/nothing",
        "/locations//california/anaheim/",
        "/locations/california/anaheim%00/",
        "/locations/california/%ff%fe/",
        "/locations/california/%0d%0aSet-Cookie:a=b/",
        "/locations/california/%E2%80%AE/",
        "/locations/%F0%9F%A6%BE/",
        "/locations/california/" + "a" * 10_000 + "/",
        "/locations/" + "a/" * 5_000,
        "/%25%25%25/",
        "/locations/california/anaheim/../../../etc/passwd",
        "/sitemap-nothing.xml",
        "/static/nothing.css",
    ],
)
def test_odd_input_is_not_found(client, db, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("path", ["//", "//example.com/", "///locations//california/", "/locations//"])
def test_repeated_slashes_are_not_found(client, db, path):
    # As PATH_INFO, because the client would take what follows two slashes for a host.
    assert client.get("/", PATH_INFO=path).status_code == 404


@pytest.mark.parametrize("query", ["p=%00", "p=-1", "p=abc", "p=2", "p=" + "9" * 500])
def test_odd_pages_of_a_sitemap_are_not_found(client, db, query):
    assert client.get(f"/sitemap-states.xml?{query}").status_code == 404


@pytest.mark.parametrize("address", ["/", "/locations/", EXPLAINER, "/locations/california/anaheim/"])
def test_pages_are_for_reading_only(db, address):
    client = Client(enforce_csrf_checks=True)
    for method in (client.post, client.put, client.delete, client.patch):
        assert method(address).status_code == 405


def test_a_page_that_never_was_helps_on(client, db):
    response = client.get("/locations/florida/nowhere/")
    assert response.status_code == 404
    assert {"/", "/locations/", "/locations/florida/", EXPLAINER} <= set(links_of(response))
    assert page_of(client, "/locations/florida/nowhere/").meta["robots"] == "noindex"


def test_a_changed_city_slug_redirects_at_once_and_chains_collapse(client, anaheim):
    for slug in ("anaheim-two", "anaheim-three"):
        anaheim.slug = slug
        save(anaheim)
    for old in ("anaheim", "anaheim-two", "Anaheim"):
        assert_leads_to(client, f"/locations/california/{old}", "/locations/california/anaheim-three/")


def test_a_slug_that_comes_back_into_use_stops_redirecting(client, anaheim):
    anaheim.slug = "elsewhere"
    save(anaheim)
    anaheim.slug = "anaheim"
    save(anaheim)
    assert client.get("/locations/california/anaheim/").status_code == 200
    assert_leads_to(client, "/locations/california/elsewhere/", "/locations/california/anaheim/")


def test_a_new_city_takes_over_an_old_slug(client, anaheim):
    anaheim.slug = "elsewhere"
    save(anaheim)
    make_city(anaheim.state, "New Anaheim", slug="anaheim")
    assert client.get("/locations/california/anaheim/").status_code == 200


def test_a_changed_state_slug_moves_its_whole_subtree(client, db):
    state = State.objects.get(code="FL")
    for slug in ("sunshine", "florida-state"):
        state.slug = slug
        save(state)
    for old in ("florida", "sunshine"):
        assert_leads_to(client, f"/locations/{old}/", "/locations/florida-state/")
        assert_leads_to(client, f"/locations/{old}/miami/", "/locations/florida-state/miami/")
        assert_leads_to(client, f"/locations/{old}/Mt-Dora", "/locations/florida-state/mount-dora/")


def test_a_city_that_moves_to_another_state_leaves_a_redirect(client, anaheim):
    anaheim.state = make_state()
    save(anaheim)
    assert_leads_to(client, "/locations/california/anaheim/", "/locations/jefferson/anaheim/")


def test_a_changed_article_slug_redirects_and_comes_back(client, explainer):
    old = explainer.get_absolute_url()
    for slug in ("ot-and-pt", "ot-or-pt"):
        explainer.slug = slug
        save(explainer)
    assert_leads_to(client, old, "/articles/ot-or-pt/")
    assert_leads_to(client, "/articles/ot-and-pt", "/articles/ot-or-pt/")
    explainer.slug = "ot-and-pt"
    save(explainer)
    assert client.get("/articles/ot-and-pt/").status_code == 200


def test_an_alias_redirects_and_one_that_two_cities_share_does_not(client, db):
    state = make_state()
    first, second = make_city(state, "First"), make_city(state, "Second")
    CityAlias.objects.create(city=first, name="The Bay")
    catch_up()
    assert_leads_to(client, "/locations/jefferson/the-bay/", first.get_absolute_url())
    CityAlias.objects.create(city=second, name="The Bay")
    catch_up()
    assert client.get("/locations/jefferson/the-bay/").status_code == 404


def test_a_withdrawn_city_is_gone_and_unlinked(client, anaheim):
    neighbor = City.objects.get(name="Fullerton")
    withdraw(anaheim)
    for address in ("/locations/california/anaheim/", "/locations/California/Anaheim"):
        response = client.get(address)
        assert response.status_code == 410
        assert "/locations/california/" in links_of(response)
    pages = ["/locations/", "/locations/california/", EXPLAINER, neighbor.get_absolute_url()]
    for page in pages:
        assert anaheim.get_absolute_url() not in links_of(client.get(page))
    assert b"anaheim" not in client.get("/sitemap-cities-california.xml").content


def test_a_city_that_was_never_published_is_not_found(client, db):
    city = make_city(make_state(), is_published=False)
    assert client.get(city.get_absolute_url()).status_code == 404


def test_a_withdrawn_state_takes_its_cities_along(client, db):
    state = State.objects.get(code="NJ")
    state.is_published = False
    save(state)
    for address in ("/locations/new-jersey/", "/locations/new-jersey/newark/"):
        assert client.get(address).status_code == 410
    assert "new-jersey" not in "".join(links_of(client.get("/locations/")))
    assert "new-jersey" not in "".join(links_of(client.get("/locations/new-york/new-york/")))
    assert client.get("/sitemap-cities-new-jersey.xml").status_code == 404


def test_a_withdrawn_article_is_gone_and_a_draft_is_not_found(client, explainer):
    withdraw(explainer)
    assert client.get(explainer.get_absolute_url()).status_code == 410
    assert explainer.get_absolute_url() not in links_of(client.get("/"))
    draft = make_article(status="draft")
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_a_draft_does_not_take_over_an_old_address(client, explainer, anaheim):
    old_article, old_city = explainer.get_absolute_url(), anaheim.get_absolute_url()
    explainer.slug, anaheim.slug = "ot-or-pt", "anaheim-two"
    save(explainer)
    save(anaheim)
    make_article("A draft", slug=old_article.split("/")[-2], status="draft")
    make_city(anaheim.state, "A hidden city", slug="anaheim", is_published=False)
    assert_leads_to(client, old_article, "/articles/ot-or-pt/")
    assert_leads_to(client, old_city, "/locations/california/anaheim-two/")


def test_a_renamed_or_removed_alias_leaves_its_address_behind(client, anaheim):
    alias = CityAlias.objects.create(city=anaheim, name="A Town")
    catch_up()
    alias.name = "B Town"
    save(alias)
    for address in ("/locations/california/a-town/", "/locations/california/b-town/"):
        assert_leads_to(client, address, anaheim.get_absolute_url())
    alias.delete()
    catch_up()
    assert_leads_to(client, "/locations/california/b-town/", anaheim.get_absolute_url())
    CityAlias.objects.create(city=City.objects.get(name="Fullerton"), name="B Town")
    catch_up()
    assert_leads_to(client, "/locations/california/b-town/", "/locations/california/fullerton/")


def test_gone_means_that_it_was_there_once(client, db):
    long_ago = timezone.now() - timedelta(days=9)
    never = make_article(status="draft", published_at=long_ago)
    withdraw(never)
    assert client.get(never.get_absolute_url()).status_code == 404
    once = make_article(published_at=long_ago)
    once.status, once.published_at = "withdrawn", None
    save(once)
    assert client.get(once.get_absolute_url()).status_code == 410
    hidden = make_state(is_published=False)
    city = make_city(hidden)
    withdraw(city)
    hidden.is_published = True
    save(hidden)
    assert client.get(city.get_absolute_url()).status_code == 404


def test_saving_some_fields_writes_no_others(client, explainer, anaheim):
    City.objects.filter(pk=anaheim.pk).update(slug="renamed", name="Renamed")
    catch_up()
    anaheim.population, explainer.slug = 1, "elsewhere"  # the one is stale, the other not to be saved
    anaheim.save(update_fields=["population"])
    explainer.save(update_fields=["title"])
    catch_up()
    anaheim.refresh_from_db()
    assert (anaheim.name, anaheim.slug, anaheim.population) == ("Renamed", "renamed", 1)
    assert_leads_to(client, "/locations/california/anaheim/", "/locations/california/renamed/")
    assert client.get(EXPLAINER).status_code == 200
