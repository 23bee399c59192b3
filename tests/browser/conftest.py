"""A real browser, and the site for it to open."""

import io
import os
import shutil

import pytest
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from tests.serving import manage, serving

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
# A machine without it runs the other tests; .ci/run names one, and fails if it is not there.
collect_ignore_glob = [] if CHROMIUM else ["test_*.py"]
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]

# One of each kind of page.
KINDS = {
    "home": "/",
    "explainer": "/articles/occupational-therapy-vs-physical-therapy/",
    "articles": "/articles/",
    "guide": "/which-therapy/",
    "answer": "/which-therapy/?tick=walking&tick=memory&tick=falls&state=florida&show=answer",
    "answer-pt": "/which-therapy/?tick=walking&tick=balance&show=answer",
    "answer-ot": "/which-therapy/?tick=memory&show=answer",
    "emergency": "/which-therapy/?sign=stroke-signs&tick=walking&show=answer",
    "care-now": "/which-therapy/?sign=fever&tick=pain&show=answer",
    "doctor-first": "/which-therapy/?tick=feelings&show=answer",
    "crisis": "/search/?q=i+want+to+die",
    "nothing": "/which-therapy/?state=&show=answer",
    "directory": "/locations/",
    "state": "/locations/new-jersey/",
    "city": "/locations/california/anaheim/",
    "long-name": "/locations/new-york/setauket-east-setauket/",
    "list": "/locations/california/anaheim/nursing-facilities/",
    "report": "/report/?npi=1639228240",
    "search": "/search/?q=lake",
    "no-result": "/search/?q=xyzzy",
    "data": "/open-data/",
    "about": "/about/",
    "privacy": "/about/privacy/",
    "unknown": "/nothing-here/",
}


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a new site, served as an operator serves it."""
    with serving(tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


SHIFT = """() => new Promise(done => {
  const sum = list => list.getEntries().reduce((sum, entry) => sum + entry.value, 0);
  new PerformanceObserver(list => done(sum(list))).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(0), 100);
})"""


class Watch:
    """What a browser complains of, and what it asks of other sites."""

    def __init__(self, site):
        self.site, self.complaints = site, []

    def over(self, page):
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._see)
        return page

    def _hear(self, message):
        # That a page which is meant to be missing was missing is no complaint.
        if message.type == "error" and "404 (Not Found)" not in message.text:
            self.complaints.append(message.text)

    def _see(self, request):
        if not request.url.startswith((self.site, "data:")):
            self.complaints.append(f"asked for {request.url}")


@pytest.fixture(scope="session")
def watch(site):
    return Watch(site)


@pytest.fixture(autouse=True)
def _no_complaints(watch):
    """Every test here fails when a page logged an error or asked another site for anything."""
    yield
    heard, watch.complaints = watch.complaints, []
    assert heard == []


@pytest.fixture
def open_page(chromium, site, watch):
    """Opens a path in a browser of its own: `open_page("/", width=320, javascript=False)`."""
    contexts = []

    def open_page(path, *, width=1280, height=900, javascript=True, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=javascript, **options
        )
        contexts.append(context)
        page = watch.over(context.new_page())
        page.goto(site + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def opened(chromium, site, watch):
    """Pages by kind, each opened once and then kept, because opening takes longest.

    `shift` of a page is how far its contents moved while it was loaded (CLS).
    """
    context, pages = chromium.new_context(), {}

    def opened(kind):
        if kind not in pages:
            pages[kind] = watch.over(context.new_page())
            pages[kind].goto(site + KINDS[kind])
            pages[kind].shift = pages[kind].evaluate(SHIFT)
        page = pages[kind]
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(media="screen", color_scheme="light")
        return page

    yield opened
    context.close()


NAME, PASSWORD = "owner", "a-long-password-for-tests"


@pytest.fixture(scope="module")
def edited_site(tmp_path_factory):
    """The address of a site with an account, and the folder of its data."""
    folder = tmp_path_factory.mktemp("edited")
    with serving(folder) as address:
        account = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD, "DJANGO_SUPERUSER_EMAIL": "owner@example.org"}
        made = manage(folder, "createsuperuser", "--noinput", "--username", NAME, **account)
        assert made.returncode == 0, made.stderr
        yield address, folder


@pytest.fixture
def owner(edited_site, chromium):
    """A page of somebody who is logged in at the admin of that site; it must not complain of anything."""
    address, _ = edited_site
    context, watch = chromium.new_context(base_url=address), Watch(address)
    page = watch.over(context.new_page())
    page.goto("/admin/login/?next=/admin/")
    log_in(page)
    page.locator("#user-tools").wait_for()  # the login's own address ends in “/admin/”, too
    yield page
    context.close()
    assert watch.complaints == []


def log_in(page, name=NAME):
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")


def printed(page):
    """What a printer would get of the page, as a PDF."""
    page.emulate_media(media="print")
    return PdfReader(io.BytesIO(page.pdf(format="Letter", prefer_css_page_size=True)))


def text_of(leaflet):
    return " ".join(" ".join(page.extract_text() for page in leaflet.pages).split())
