"""Measures what an editor's saves and an import cost, in a new site and in one 30 times as large.

    .venv/bin/python tests/benchmarks/writing.py
    .venv/bin/python tests/benchmarks/writing.py --database-url postgres://postgres@127.0.0.1:5432/postgres

Makes two temporary databases, SQLite unless a PostgreSQL server is named, and removes them in the end.
Each save goes through the form of the admin, in the process itself, and is timed whole: with it other
writers wait as long, at most. Prints seconds and queries of each in both, and their ratio; then what is not
in step, which should be nothing. Takes some minutes.
"""

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

from tests.benchmarks.sites import SERVE, say, serve, two_sites  # noqa: E402

CITY, RULE = "a city's intro", "a rule, in short"
NAME, SLUG, WITHDRAWN, BACK = "a state's name", "a state's slug", "a state withdrawn", "and back"


def saves():
    """[(what, seconds, queries)] of some saves by an editor, in a state with most cities."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.db.models import Count
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, setup_test_environment

    from locations.models import City, PracticeRule, State
    from tests.reading import form_data

    setup_test_environment()  # which keeps what forms were given
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("editor"))
    state = State.objects.annotate(count=Count("cities")).order_by("-count").first()
    rule = PracticeRule.objects.filter(state__code="CA").first()
    rule.state = state if not state.rules.exists() else rule.state
    rule.save()
    client.get("/admin/locations/city/")  # works that off
    city = City.objects.filter(state=state).order_by("pk").first()
    steps = [
        (CITY, f"city/{city.pk}", {"intro": "Words."}),
        (RULE, f"practicerule/{rule.pk}", {"in_short": "Words."}),
        (NAME, f"state/{state.pk}", {"name": "Another"}),
        (SLUG, f"state/{state.pk}", {"slug": "another"}),
        (WITHDRAWN, f"state/{state.pk}", {"is_published": "", "confirmed": "on"}),
        (BACK, f"state/{state.pk}", {"is_published": "on"}),
    ]
    taken = []
    for what, address, changes in steps:
        path = f"/admin/locations/{address}/change/"
        data = {name: value for name, value in (form_data(client.get(path)) | changes).items() if value != ""}
        begin = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            response = client.post(path, data)
        assert response.status_code == 302, response.context["adminform"].form.errors
        taken.append((what, time.perf_counter() - begin, len(queries)))
    return [state.count, taken]


def not_in_step():
    from therapydir.derived.catching_up import verify

    return list(verify())


def main():
    parser = argparse.ArgumentParser(description="Measure what saves and an import cost.")
    parser.add_argument("--database-url", help="a PostgreSQL server, on which databases may be made")
    parser.add_argument("--places", type=int, default=30_000, help="invented ones (%(default)s)")
    parser.add_argument(SERVE, action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve_measurements:
        serve(saves, not_in_step)
        return 0
    with two_sites(__file__, given.database_url, given.places) as (small, large, seconds):
        say(f"importing {given.places:,} places: {seconds:.0f} s")
        (few_cities, of_small), (many_cities, of_large) = (site.ask("saves") for site in (small, large))
        say(f"\n{'':20}{'small':>14}{'large':>14}{'ratio':>8}")
        say(f"{'cities of the state':20}{few_cities:14,}{many_cities:14,}")
        for (what, one, few), (_, other, many) in zip(of_small, of_large, strict=True):
            say(f"{what:20}{one:8.2f} s {few:4}{other:8.2f} s {many:4}{other / one:8.1f}")
        wrong = {name: len(site.ask("not_in_step")) for name, site in (("small", small), ("large", large))}
        say(f"not in step: {wrong}")
        return int(any(wrong.values()))


if __name__ == "__main__":
    sys.exit(main())
