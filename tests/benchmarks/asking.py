"""What `providers.py` does in the process of a site: asks for pages, weighs them, and saves.

Needs Django set up.
"""

import gzip
import re
import time
from functools import cache

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment

from locations.models import City
from providers.models import CityList, Provider
from providers.models.lists import page_count
from tests.benchmarks.records import cities_by_size, cities_left_alone
from tests.reading import form_data
from therapydir.delivery.ready_page import GZIP_LEVEL
from therapydir.derived.catching_up import verify
from therapydir.derived.per_version import VERSION

ADMIN = "/admin/providers/provider/"
QUERIES = ("anaheim", "clifton nj", "92801", "springfield", "los angels", "ca", "hand therapy", "san jo")
SAVES = (
    ("a record hidden", {"is_hidden": "on"}),
    ("and shown again", {"is_hidden": ""}),
    ("its phone corrected", {"our_phone": "714-555-0123"}),
    ("and back", {"our_phone": ""}),
)
READS_ALL = re.compile(r"^\W*(?:SCAN|Seq Scan on) providers_(?:provider|listpage)\b(?! USING)")


@cache
def clients():
    """A visitor, to whom the content seems to stay as it is, and an editor who is logged in."""
    setup_test_environment()  # which keeps what forms were given
    visitor, editor = Client(headers={"host": "127.0.0.1"}), Client(headers={"host": "127.0.0.1"})
    visitor.defaults[VERSION] = "measured"
    editor.force_login(User.objects.get_or_create(username="editor", is_staff=True, is_superuser=True)[0])
    return {"page": visitor, "answer": visitor, "admin": editor}


def subjects():
    """[(what is measured, "page", "answer" or "admin")]; what is not there is not named."""
    return [(what, kind) for what, (kind, paths) in _subjects().items() if paths]


@cache
def _subjects():
    """{what is measured: (of which kind, paths)}."""
    by_size, alone = cities_by_size(), cities_left_alone()
    others = by_size[: by_size.index(alone[0])][-len(alone) :]
    longest = CityList.objects.select_related("city__state").order_by("-count").first()
    whole = f"{longest.city.get_absolute_url()}{longest.slug}/"
    record = _record()
    found = {
        "a city, the same records": ("page", _paths_of(alone)),
        "a city, with invented records": ("page", _paths_of(others)),
        "the largest city": ("page", [longest.city.get_absolute_url()]),
    }
    found |= {what: ("page", [path]) for what, path in _pages_of(whole, longest)}
    found["search"] = "answer", [f"/search/?q={query}&all=1" for query in QUERIES]
    found["suggestions"] = "answer", [f"/search/suggestions/?q={query}" for query in QUERIES]
    found["sitemap index"] = "answer", ["/sitemap.xml"]
    found |= {f"sitemap, {kind}": ("answer", [path]) for kind, path in _sections()}
    queries = {
        "list": "",
        "list, page 20": "p=20",
        "by name": f"q={record.sort_name.partition('0')[0]}",
        "by NPI": f"q={record.npi}",
        "nobody by that name": "q=xyzzy",
    }
    queries |= {words.replace("__exact", ""): words for words in _filters(longest.city)}
    found |= {f"admin, {what}": ("admin", [f"{ADMIN}?{query}"]) for what, query in queries.items()}
    found["admin, change form"] = "admin", [f"{ADMIN}{record.pk}/change/"]
    return found


def _record():
    """One in the middle of the longest list."""
    longest = CityList.objects.order_by("-count").first()
    records = Provider.objects.listed().filter(city=longest.city).order_by("sort_name", "id")
    return records[longest.count // 2]


def _paths_of(keys):
    return [city.get_absolute_url() for city in City.objects.select_related("state").filter(pk__in=keys)]


def _pages_of(path, longest):
    last = page_count(longest.count)
    yield "its longest list, page 1", path
    yield "page in the middle", f"{path}{max(2, last // 2)}/"
    yield "last page", f"{path}{last}/"
    if numbers := longest.specialties:
        common, rare = max(numbers, key=numbers.get), min(numbers, key=numbers.get)
        yield "common specialty", f"{path}?specialty={common}"
        yield "common specialty, last page", f"{path}?specialty={common}&page={page_count(numbers[common])}"
        yield "rare specialty", f"{path}?specialty={rare}"


def _sections():
    """(kind of section, path of the one with the longest name) of the sitemap."""
    index = clients()["page"].get("/sitemap.xml").text.replace("&amp;", "&")
    paths = re.findall(r"<loc>https?://[^/]+([^<]+)</loc>", index)
    state = CityList.objects.order_by("-count").first().city.state.slug
    for path in paths:
        kind = path.replace(state, "…")
        if "-" not in path.removeprefix("/sitemap-") or kind != path:
            yield kind, path


def _filters(city):
    yield from ("standing=listed", "standing=hidden", "standing=withdrawn", "standing=nowhere")
    yield from ("kind__exact=rehabilitation", "source__exact=Medicare 2022-08", "placed__exact=near")
    yield f"state__id__exact={city.state_id}"
    yield f"state__id__exact={city.state_id}&kind__exact=clinic&standing=listed"


def measure(what):
    """Milliseconds of each of its requests."""
    kind, paths = _subjects()[what]
    times = []
    for path in paths:
        begin = time.perf_counter()
        clients()[kind].get(path)
        times.append((time.perf_counter() - begin) * 1000)
    return times


def weigh(what):
    """(queries and bytes with gzip of one of its requests at most, addresses, queries that read a table)."""
    kind, paths = _subjects()[what]
    most = heaviest = addresses = 0
    whole = []
    for path in paths:
        with CaptureQueriesContext(connection) as queries:
            response = clients()[kind].get(path)
        assert response.status_code in (200, 302), path
        most = max(most, len(queries))
        heaviest = max(heaviest, len(gzip.compress(response.content, GZIP_LEVEL, mtime=0)))
        addresses = max(addresses, response.content.count(b"<loc>"))
        whole += [made["sql"] for made in queries if _reads_all(made["sql"])]
    return most, heaviest, addresses, sorted(set(whole))


def _reads_all(statement):
    """Whether the database goes through a table from one end to the other for that."""
    if not statement.startswith("SELECT") or "LIMIT" in statement:
        return False  # it ends when it has found so many
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN (COSTS OFF)"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {statement}".replace("%", "%%"), None)
        return any(READS_ALL.search(str(row[-1])) for row in cursor.fetchall())


def save():
    """[(what, (seconds, queries))] of saves of a record in the middle of the longest list."""
    client, found = clients()["admin"], []
    path = f"{ADMIN}{_record().pk}/change/"
    for what, changes in SAVES:
        data = {name: value for name, value in (form_data(client.get(path)) | changes).items() if value}
        begin = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            response = client.post(path, data)
        assert response.status_code == 302, response.context["adminform"].form.errors
        found.append((what, (time.perf_counter() - begin, len(queries))))
    return found


def not_in_step():
    return list(verify())
