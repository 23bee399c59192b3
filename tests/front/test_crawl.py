"""The site as a crawler finds it, from the home page by links alone."""

import csv
import random
import re
from collections import Counter, deque
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from rapidfuzz.distance import LCSseq

from locations.models import City, Neighbor
from tests.reading import Page
from therapydir.pages.paths import slug_for
from therapydir.pages.words import words_of

pytestmark = pytest.mark.django_db

SOURCE_NAMES = Path(__file__).parent.parent / "data" / "source_names.csv"
ORIGIN = "http://127.0.0.1:8000"
LEAST_DIFFERENT = 0.08  # of the words of a city's main content, without its own name
RANDOM_PAIRS, SEED = 500, 4
# Home, articles, explainer, guide, about, directory, open data, states, cities.
PAGES = 1 + 1 + 1 + 1 + 7 + 1 + 1 + 5 + 942
FILES = 3  # of open data
LISTS = 501  # pages of long lists of who can help, below cities


@pytest.fixture(scope="module")
def crawl(django_db_setup, django_db_blocker):
    """Every page by its path, with the number of links from the home page as `depth`."""
    from django.test import Client

    client, pages, files, depth, queue = Client(), {}, [], {"/": 0}, deque(["/"])
    with django_db_blocker.unblock():
        while queue:
            here = queue.popleft()
            response = client.get(here)
            assert response.status_code == 200, f"a link leads to {here}: {response.status_code}"
            if here.endswith(".csv"):
                files.append(here)
                continue
            page = pages[here] = Page(response)
            page.depth, page.response = depth[here], response
            for link in page.followed:
                address = urlsplit(urljoin(ORIGIN + here, link))
                if f"{address.scheme}://{address.netloc}" == ORIGIN and address.path not in depth:
                    depth[address.path] = depth[here] + 1
                    queue.append(address.path)
    assert len(files) == FILES
    return pages


@pytest.fixture
def sitemap(client, db):
    """(path, lastmod or None) of every entry of every sitemap that the index lists."""
    index = client.get("/sitemap.xml").content.decode()
    entries = []
    for section in re.findall(r"<loc>([^<]+)</loc>", index):
        assert section.startswith(ORIGIN)
        text = client.get(section.removeprefix(ORIGIN)).content.decode()
        entries += re.findall(r"<url><loc>([^<]+)</loc>(?:<lastmod>([^<]+)</lastmod>)?</url>", text)
    return [(loc.removeprefix(ORIGIN), lastmod) for loc, lastmod in entries]


def test_every_page_is_reached_within_three_links(crawl):
    assert len(crawl) == PAGES + LISTS
    assert sum(bool(re.fullmatch(r"/locations/[^/]+/[^/]+/", path)) for path in crawl) == 942
    assert max(page.depth for page in crawl.values()) <= 3


def test_every_entry_of_the_owners_list_leads_somewhere(client, db, crawl):
    entries = list(csv.DictReader(SOURCE_NAMES.read_text(encoding="utf-8").splitlines()))
    assert len(entries) == 944
    redirected = {}
    for entry in entries:
        address = f"/locations/{slug_for(entry['state'])}/{slug_for(entry['source_name'])}/"
        if address not in crawl:  # where every page answers 200
            response = client.get(address)
            assert response.status_code == 301, address
            redirected[address] = response.headers["Location"]
            assert redirected[address] in crawl
    assert redirected == {
        "/locations/california/us/": "/locations/california/",
        "/locations/florida/mt-dora/": "/locations/florida/mount-dora/",
        "/locations/new-jersey/mt-laurel-township/": "/locations/new-jersey/mount-laurel-township/",
        "/locations/new-jersey/robbinsville-twp/": "/locations/new-jersey/robbinsville-township/",
        "/locations/new-york/mt-kisco/": "/locations/new-york/mount-kisco/",
        "/locations/new-york/mt-vernon/": "/locations/new-york/mount-vernon/",
        "/locations/new-york/tonawanda-town/": "/locations/new-york/town-of-tonawanda/",
        "/locations/pennsylvania/castle-shann/": "/locations/pennsylvania/castle-shannon/",
        "/locations/pennsylvania/n-bell-vernon/": "/locations/pennsylvania/north-belle-vernon/",
    }


def test_the_sitemap_lists_exactly_the_pages_that_links_reach(crawl, sitemap):
    paths = [path for path, _ in sitemap]
    assert sorted(paths) == sorted(path for path, page in crawl.items() if "robots" not in page.meta)
    kept_back = crawl.keys() - set(paths)  # cities on which nobody is listed: locations/test_offering.py
    assert all(path.startswith("/locations/") and path.count("/") == 4 for path in kept_back)


def test_every_sitemap_entry_with_words_of_its_own_has_a_lastmod(sitemap):
    assert [path for path, lastmod in sitemap if not lastmod] == ["/", "/open-data/"]


def test_no_two_pages_share_a_title_or_a_description(crawl):
    for what in (lambda page: page.title, lambda page: page.meta["description"]):
        assert [text for text, uses in Counter(map(what, crawl.values())).items() if uses > 1] == []


def test_titles_and_descriptions_fit_into_search_results(crawl):
    long_titles = {page.title for page in crawl.values() if len(page.title) > 60}
    assert long_titles == set()
    lengths = [len(page.meta["description"]) for page in crawl.values()]
    assert min(lengths) >= 70
    assert max(lengths) <= 160


def test_every_page_has_one_first_heading_and_skips_no_level(crawl):
    for path, page in crawl.items():
        levels = [int(tag[1]) for tag, _ in page.headings]
        assert levels.count(1) == 1, path
        assert levels[0] == 1, path
        assert all(deeper <= level + 1 for level, deeper in pairwise(levels)), path


def test_every_page_names_its_one_address(crawl):
    for path, page in crawl.items():
        assert page.rel["canonical"] == page.meta["og:url"] == ORIGIN + path


def test_ids_are_unique_and_links_within_a_page_lead_somewhere(crawl):
    for path, page in crawl.items():
        assert [name for name, uses in Counter(page.ids).items() if uses > 1] == [], path
        assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids), path


def test_every_page_has_what_others_show_when_it_is_shared(crawl):
    for page in crawl.values():
        assert page.meta["og:title"] == page.title
        assert page.meta["og:description"] == page.meta["description"]
        assert page.meta["twitter:card"] == "summary_large_image"


def test_every_article_state_and_city_has_a_picture_of_its_own(crawl):
    own = {path: page.meta["og:image"] for path, page in crawl.items() if path.count("/") > 2}
    own = {path: image for path, image in own.items() if not path.startswith("/about/")}
    own = {path: image for path, image in own.items() if path.count("/") < 5}  # lists have their city's
    assert len(own) == len(set(own.values())) == 1 + 5 + 942
    assert all(image.startswith(f"{ORIGIN}/social/") for image in own.values())
    assert {crawl[path].meta["og:image"] for path in ("/", "/about/")} == {f"{ORIGIN}/static/img/social.png"}


def test_breadcrumbs_are_the_same_for_readers_and_machines(crawl):
    for path, page in crawl.items():
        trail = page.of_type("BreadcrumbList")
        if path == "/":
            assert trail is None
            continue
        steps = trail["itemListElement"]
        assert steps[0]["item"] == f"{ORIGIN}/"
        assert steps[-1]["item"] == ORIGIN + path
        assert all(step["name"] in page.text for step in steps)
        assert all(step["item"].removeprefix(ORIGIN) in page.links for step in steps[:-1])


def test_no_public_page_sets_or_varies_on_a_cookie(crawl):
    for page in crawl.values():
        assert not page.response.cookies
        assert "cookie" not in page.response.headers.get("Vary", "").lower()


# --- City pages say what matters there: none is another one with a different name --------------


@pytest.fixture(scope="module")
def contents(crawl, django_db_blocker):
    """The words of every city's main content, in order, but for those of its name, by primary key."""
    with django_db_blocker.unblock():
        cities = list(City.objects.published().select_related("state"))
    return {city.pk: _main_words(crawl[city.get_absolute_url()], city) for city in cities}


def _main_words(page, city):
    main = re.search(r"<main.*</main>", page.response.text, re.DOTALL)[0]
    main = re.sub(r"<svg.*?</svg>", "", main, flags=re.DOTALL)  # its names stand in the list beside it, too
    own = set(words_of(city.name))
    return [word for word in words_of(re.sub(r"<[^>]+>", " ", main)) if word not in own]


def _difference(one, other):
    """The share of the words of the longer text that stand not in the other, or not in that order.

    What a comparison word by word would mark: all but the longest common subsequence.
    """
    return LCSseq.normalized_distance(one, other)


def test_neighbors_of_one_state_differ(db, contents):
    links = Neighbor.objects.select_related("city__state", "neighbor__state")
    pairs = [link for link in links if link.city.state_id == link.neighbor.state_id]
    assert len(pairs) > 8000
    alike = []
    for link in pairs:
        different = _difference(contents[link.city_id], contents[link.neighbor_id])
        if different < LEAST_DIFFERENT:
            alike.append((round(different, 3), str(link.city), str(link.neighbor)))
    assert sorted(alike) == []


def test_random_pairs_of_one_state_differ(db, contents):
    dice = random.Random(SEED)
    by_state = {}
    for pk, state in City.objects.published().order_by("pk").values_list("pk", "state"):
        by_state.setdefault(state, []).append(pk)
    pairs = [dice.sample(dice.choice(list(by_state.values())), 2) for _ in range(RANDOM_PAIRS)]
    assert min(_difference(contents[one], contents[other]) for one, other in pairs) >= LEAST_DIFFERENT
