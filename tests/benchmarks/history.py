"""Measures what remembering changes costs: saves and pages of the admin, with many versions and with none.

    .venv/bin/python tests/benchmarks/history.py
    .venv/bin/python tests/benchmarks/history.py --database-url postgres://postgres@127.0.0.1:5432/postgres

Makes two new sites, SQLite unless a PostgreSQL server is named, and removes them in the end: one that
remembers nothing, because its triggers were taken away, and one with 200,000 versions of its cities and of an
article. The same saves and pages are asked of both in turn, round by round. Prints the median of each in both
in seconds, and the ratio; for pages how many SQL queries they made; then how long it takes to withdraw all
cities and to undo that. Takes some minutes.
"""

import argparse
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

from tests.benchmarks.sites import SERVE, new_sites, say, serve  # noqa: E402

VERSIONS, ROUNDS = 200_000, 15
SAVES = {
    "save a city's words": ("locations/city", {"intro": "Words {}."}),
    "save an article": (
        "articles/article",
        {"summary": "A summary that is long enough for the pages of search engines to show it, number {}."},
    ),
    "save a rule": ("locations/practicerule", {"in_short": "Words {}."}),
}
PAGES = {
    "list of cities": "/admin/locations/city/",
    "form of a city": "/admin/locations/city/{city}/change/",
    "history of a city": "/admin/locations/city/{city}/history/",
    "history of an article": "/admin/articles/article/{article}/history/",
    "what everybody changed": "/admin/therapydir/batch/",
}
editor = {}


def begin(count):
    """Log in. Remember so many versions; with none, nothing at all, from now on."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django.test.utils import setup_test_environment

    from articles.models import Article
    from locations.models import City, PracticeRule

    setup_test_environment()  # which keeps what forms were given
    client = editor["client"] = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("editor"))
    editor["keys"] = {
        "locations/city": City.objects.get(name="Anaheim").pk,
        "articles/article": Article.objects.get(is_explainer=True).pk,
        "locations/practicerule": PracticeRule.objects.order_by("pk").first().pk,
    }
    if count:
        _remember(count)
    else:
        _forget()


def _remember(count):
    """Versions in batches of ten: of all cities in turn, and half as many of the article as of each city."""
    from articles.models import Article
    from locations.models import City
    from therapydir.history.keeping import kept
    from therapydir.history.models import Batch, Version
    from therapydir.history.rows import present

    rows = []
    for model in (City, Article):
        table = model._meta.db_table
        found = present(kept()[table], model.objects.values_list("pk", flat=True))
        rows += [(table, key, row) for key, row in found.items()]
    batches = Batch.objects.bulk_create(
        (Batch(by=Batch.By.FORM, who=f"editor {n % 9}", what=f"change {n}") for n in range(count // 10)),
        batch_size=5000,
    )
    made = (
        Version(batch=batches[n // 10], table=table, key=key, owner=key, before=row)
        for n in range(count)
        for table, key, row in [rows[n % len(rows)]]
    )
    Version.objects.bulk_create(made, batch_size=2000)


def _forget():
    from django.db import connection

    from therapydir.derived.triggers import drop_others_on_postgresql, replace_on_sqlite

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            replace_on_sqlite(cursor, "keep_", {})
        else:
            drop_others_on_postgresql(cursor, "keep_", set())


def save(what, number):
    """Seconds."""
    from tests.reading import form_data

    kind, changes = SAVES[what]
    path = f"/admin/{kind}/{editor['keys'][kind]}/change/"
    data = form_data(editor["client"].get(path))
    data |= {name: value.format(number) for name, value in changes.items()}
    start = time.perf_counter()
    response = editor["client"].post(path, data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return time.perf_counter() - start


def visit(what):
    """(seconds, queries)."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    keys = editor["keys"]
    path = PAGES[what].format(city=keys["locations/city"], article=keys["articles/article"])
    with CaptureQueriesContext(connection) as queries:
        start = time.perf_counter()
        response = editor["client"].get(path)
        seconds = time.perf_counter() - start
    assert response.status_code == 200
    return seconds, len(queries)


def withdraw_all():
    """(seconds that it took, seconds to undo that, how many pages are not in step then)."""
    from locations.models import City
    from therapydir.derived.catching_up import verify
    from therapydir.history.models import Batch
    from therapydir.history.undoing import undo

    keys = [*City.objects.values_list("pk", flat=True)]
    data = {"action": "withdraw", "_selected_action": keys, "confirmed": "yes"}
    start = time.perf_counter()
    assert editor["client"].post("/admin/locations/city/", data).status_code == 302
    done = time.perf_counter()
    undo(Batch.objects.first())
    return done - start, time.perf_counter() - done, sum(1 for _ in verify())


def main():
    parser = argparse.ArgumentParser(description="Measure what it costs to remember changes.")
    parser.add_argument("--database-url", help="a PostgreSQL server, on which databases may be made")
    parser.add_argument("--versions", type=int, default=VERSIONS, help="(%(default)s)")
    parser.add_argument(SERVE, action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve_measurements:
        serve(begin, save, visit, withdraw_all)
        return 0
    with new_sites(__file__, given.database_url) as (without, remembering, _):
        without.manage("collectstatic", "--no-input")
        without.ask("begin", 0)
        remembering.ask("begin", given.versions)
        say(f"{'':24}{'without':>10}{'with':>10}{'ratio':>8}{'queries':>12}")
        for what in SAVES:
            both = [[site.ask("save", what, n) for site in (without, remembering)] for n in range(ROUNDS)]
            _say(what, zip(*both, strict=True))
        for what in PAGES:
            both = [[site.ask("visit", what) for site in (without, remembering)] for _ in range(ROUNDS)]
            seconds = [[one[0] for one in some] for some in zip(*both, strict=True)]
            _say(what, seconds, " to ".join(str(one[1]) for one in both[-1]))
        took, undone, wrong = remembering.ask("withdraw_all")
        say(f"all cities withdrawn: {took:.1f} s; undone: {undone:.1f} s; not in step: {wrong}")
        return int(bool(wrong))


def _say(what, times, queries=""):
    one, other = map(median, times)
    say(f"{what:24}{one:8.3f} s{other:8.3f} s{other / one:8.2f}{queries:>12}")


if __name__ == "__main__":
    sys.exit(main())
