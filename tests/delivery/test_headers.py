"""What every kind of answer says to browsers about itself."""

import pytest
from django.test import Client

from tests.factories import make_city, make_state, save, withdraw

PAGES = {
    "home": "/",
    "articles": "/articles/",
    "explainer": "/articles/occupational-therapy-vs-physical-therapy/",
    "directory": "/locations/",
    "state": "/locations/california/",
    "city": "/locations/california/anaheim/",
    "unknown": "/locations/california/nowhere/",
    "redirect": "/locations/california/Anaheim",
    "sitemaps": "/sitemap.xml",
    "sitemap": "/sitemap-states.xml",
    "robots": "/robots.txt",
    "feed": "/feed.xml",
    "health": "/healthz",
}
ADMIN = ["/admin/login/", "/admin/", "/admin/locations/city/", "/admin/articles/article/add/"]


OWN = "script-src style-src img-src font-src connect-src manifest-src form-action".split()
CSP = dict.fromkeys(OWN, "'self'") | dict.fromkeys(["default-src", "base-uri", "frame-ancestors"], "'none'")
FORBIDDEN = (
    "accelerometer autoplay browsing-topics camera display-capture encrypted-media fullscreen gyroscope "
    "magnetometer microphone midi payment usb"
).split()


def assert_well_guarded(response):
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy == CSP
    features = dict(part.strip().split("=") for part in response["Permissions-Policy"].split(","))
    assert features == dict.fromkeys(FORBIDDEN, "()") | {"geolocation": "(self)"}
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_public_answers_are_guarded_and_know_no_visitor(client, db, address):
    response = client.get(address)
    assert_well_guarded(response)
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()


@pytest.mark.parametrize("address", ADMIN)
def test_the_admin_is_guarded_too(admin_client, address):
    response = admin_client.get(address)
    assert_well_guarded(response)


ANSWERS = {
    "a file": ("get", "/site.webmanifest", {}, 200),  # as WhiteNoise answers for static ones, too
    "a picture": ("get", "/favicon.ico", {}, 200),
    "no static file": ("get", "/static/nothing.css", {}, 404),
    "a way out of them": ("get", "/static/../manage.py", {}, 404),
    "a folder of them": ("get", "/static/", {}, 404),
    "no picture": ("get", "/social/", {}, 404),
    "another method": ("post", "/", {}, 405),
    "a bad host": ("get", "/", {"host": "evil.example"}, 400),
    "what only staff may see": ("get", "/admin/articles/article/", {}, 302),
    "a form without its token": ("post", "/admin/login/", {}, 403),
    "readiness": ("get", "/readyz", {}, 200),
    "a search": ("get", "/search/?q=lake", {}, 200),
    "HEAD": ("head", "/favicon.ico", {}, 200),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_kind_of_answer_is_guarded_alike(db, kind):
    method, address, headers, status = ANSWERS[kind]
    response = getattr(Client(enforce_csrf_checks=True), method)(address, headers=headers)
    assert response.status_code == status
    assert_well_guarded(response)
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cache-Control"]
    response.close()  # a file is open until then


def test_a_fault_is_guarded_and_kept_by_nobody(db, monkeypatch):
    client = Client(raise_request_exception=False)
    monkeypatch.setattr("locations.views.city_page", lambda *given: 1 / 0)
    response = client.get(PAGES["city"])
    assert (response.status_code, response["Cache-Control"]) == (500, "no-store")
    assert_well_guarded(response)


def test_the_way_to_https_is_guarded(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert_well_guarded(client.get("/"))


def test_a_withdrawn_page_is_guarded_and_knows_no_visitor(client, db):
    city = make_city(make_state())
    withdraw(city)
    response = client.get(city.get_absolute_url())
    assert response.status_code == 410
    assert_well_guarded(response)
    assert not response.cookies


@pytest.mark.parametrize("kind", ["state", "city", "sitemap", "feed", "redirect", "unknown"])
def test_no_link_begins_where_a_request_says_that_the_site_does(client, db, kind):
    usual, odd = client.get(PAGES[kind]), client.get(PAGES[kind], SCRIPT_NAME="/evil")
    assert odd.content == usual.content
    assert odd.get("Location") == usual.get("Location")


def test_public_pages_are_the_same_for_an_editor(editor_client, client, anaheim):
    address = anaheim.get_absolute_url()
    for_editor = editor_client.get(address)
    editor_client.logout()
    assert for_editor.content == client.get(address).content
    assert not for_editor.cookies
    assert "cookie" not in for_editor.get("Vary", "").lower()


PUBLIC = "public, max-age=0, s-maxage=1, stale-if-error=86400"


@pytest.mark.parametrize("kind", sorted(PAGES.keys() - {"health"}))
def test_whatever_is_the_same_for_everybody_may_be_kept_and_is_asked_for_again(client, db, kind):
    assert client.get(PAGES[kind], headers={"Accept-Encoding": "gzip"})["Cache-Control"] == PUBLIC


def test_a_page_that_may_come_back_is_asked_for_again(client, db):
    city = make_city(make_state())
    withdraw(city)
    gone = client.get(city.get_absolute_url())
    assert (gone.status_code, gone["Cache-Control"]) == (410, PUBLIC)


def test_an_old_name_is_asked_for_again(client, db):
    city = make_city(make_state(), name="Old Town")
    old = city.get_absolute_url()
    city.slug = "new-town"
    save(city)
    moved = client.get(old)
    assert (moved.status_code, moved["Location"], moved["Cache-Control"]) == (
        301,
        city.get_absolute_url(),
        PUBLIC,
    )


def test_the_way_to_https_may_be_kept_too(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    moved = client.get("/locations/")
    assert (moved.status_code, moved["Cache-Control"]) == (301, PUBLIC)


@pytest.mark.parametrize(
    ("method", "address", "headers", "status"),
    [
        ("post", "/", {}, 405),
        ("get", "/", {"host": "evil.example"}, 400),
        ("get", "/admin/nothing/", {}, 302),
        ("get", "/search/?q=anaheim", {}, 302),
    ],
)
def test_an_answer_to_one_visitor_says_so(client, db, method, address, headers, status):
    response = getattr(client, method)(address, headers=headers)
    assert response.status_code == status
    control = response["Cache-Control"]
    assert "private" in control or "no-store" in control
    assert "public" not in control


@pytest.mark.parametrize(
    "address",
    [
        PAGES["health"],
        "/readyz",
        "/search/?q=lake",
        "/search/?near=40.74,-74.03",
        "/search/suggestions/?q=lake",
        "/which-therapy/?tick=walking&show=answer",
        "/admin/login/",
        "/about/design/",
    ],
)
def test_what_is_one_visitors_or_no_page_is_kept_by_nobody(client, db, address):
    response = client.get(address)
    assert "s-maxage" not in response.get("Cache-Control", "")
    assert "public" not in response.get("Cache-Control", "")


def test_over_tls_cookies_are_secure_and_https_is_insisted_on(client, settings, db):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_SSL_REDIRECT = 31_536_000, True
    settings.CSRF_COOKIE_SECURE = True
    assert client.get("/").headers["Location"] == "https://testserver/"
    response = client.get("/admin/login/", secure=True)
    assert response["Strict-Transport-Security"] == "max-age=31536000"
    assert response.cookies["csrftoken"]["secure"]
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("address", ["/", "/locations/california/anaheim/"])
def test_an_unknown_host_is_refused(client, db, address):
    assert client.get(address, headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_visitors_cookies_change_nothing(client, db, address):
    without = client.get(address)
    client.cookies["sessionid"] = "abc"
    client.cookies["csrftoken"] = "abc"
    client.cookies["messages"] = "abc"
    response = client.get(address)
    assert response.content == without.content
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()


def test_cookies_are_for_this_site_alone_and_no_script_reads_the_session(client, editor):
    assert client.get("/admin/login/").cookies["csrftoken"]["samesite"] == "Lax"
    form = {"username": "editor", "password": "words"}
    session = client.post("/admin/login/?next=/admin/", form).cookies["sessionid"]
    assert (session["samesite"], session["httponly"], session["path"]) == ("Lax", True, "/")


@pytest.mark.parametrize(
    ("address", "status", "encoding"),
    [
        ("/locations/california/anaheim/", 200, None),  # which the page cache compresses
        ("/search/?q=lake", 200, "gzip"),
        ("/nothing-here/", 404, "gzip"),
        ("/favicon.ico", 200, None),  # a picture
    ],
)
def test_what_the_page_cache_does_not_keep_is_compressed_by_django(client, db, address, status, encoding):
    response = client.get(address, headers={"accept-encoding": "gzip"})
    assert response.status_code == status
    assert response.get("Content-Encoding") == encoding
    response.close()


def test_what_the_page_cache_does_not_keep_has_a_tag_of_its_own(client, db):
    tag = client.get("/search/?q=lake")["ETag"]
    assert client.get("/search/?q=lake", headers={"if-none-match": tag}).status_code == 304
    assert "ETag" not in client.get("/locations/california/anaheim/")
