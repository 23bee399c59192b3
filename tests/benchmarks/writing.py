"""Measures what an editor's saves and an import cost, in a new site and in one 30 times as large.

    .venv/bin/python tests/benchmarks/writing.py
    .venv/bin/python tests/benchmarks/writing.py --database-url postgres://postgres@127.0.0.1:5432/postgres

Makes two temporary databases, SQLite unless a PostgreSQL server is named, and removes them in the end.
Each save goes through the form of the admin, in the process itself, and is timed whole: until all is in step
again. Meanwhile a colleague saves something else without a pause, in another process. Prints the seconds and
queries of each in both, their ratio, and how long the colleague had to wait at most; then what is not in
step, which should be nothing. Takes some minutes.
"""

import argparse
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

from tests.benchmarks.sites import SERVE, Colleague, say, serve, two_sites  # noqa: E402

STEPS = (
    ("a city's intro", "city", {"intro": "Words."}),
    ("a rule, in short", "rule", {"in_short": "Words."}),
    ("a state's name", "state", {"name": "Another"}),
    ("a state's slug", "state", {"slug": "another"}),
    ("a state withdrawn", "state", {"is_published": "", "confirmed": "on"}),
    ("and back", "state", {"is_published": "on"}),
)
editor, colleague = {}, Colleague()


def begin():
    """Log in, and choose what to change: in the state with most cities. Returns how many it has."""
    from django.contrib.auth.models import User
    from django.db.models import Count
    from django.test import Client
    from django.test.utils import setup_test_environment

    from locations.models import City, PracticeRule, State

    setup_test_environment()  # which keeps what forms were given
    client = editor["client"] = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("editor"))
    state = State.objects.annotate(count=Count("cities")).order_by("-count").first()
    rule = PracticeRule.objects.filter(state__code="CA").first()
    rule.state = state if not state.rules.exists() else rule.state
    rule.save()
    client.get("/admin/locations/city/")  # works that off
    city = City.objects.filter(state=state).order_by("pk").first()
    kinds = {"city": f"city/{city.pk}", "rule": f"practicerule/{rule.pk}", "state": f"state/{state.pk}"}
    editor["addresses"] = {kind: f"/admin/locations/{address}/change/" for kind, address in kinds.items()}
    return state.count


def save(number):
    """(seconds, queries) of the step of that number."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.reading import form_data

    _, kind, changes = STEPS[number]
    client, path = editor["client"], editor["addresses"][kind]
    data = {name: value for name, value in (form_data(client.get(path)) | changes).items() if value != ""}
    start = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        response = client.post(path, data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return time.perf_counter() - start, len(queries)


def begin_saving():
    colleague.begin_saving()


def longest_wait():
    return colleague.longest_wait()


@contextmanager
def somebody_else_saves(site):
    """Yields a list that holds, in the end, how many seconds that took at most."""
    waited = []
    site.ask("begin_saving", process="colleague")
    try:
        yield waited
    finally:
        waited.append(site.ask("longest_wait", process="colleague"))


def measure(site, number):
    with somebody_else_saves(site) as waited:
        seconds, queries = site.ask("save", number)
    return seconds, queries, waited[0]


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
        serve(begin, save, begin_saving, longest_wait, not_in_step)
        return 0
    with two_sites(__file__, given.database_url, given.places) as (small, large, grow):
        with somebody_else_saves(large) as waited:
            seconds = grow()
        say(f"importing {given.places:,} places: {seconds:.0f} s, a colleague waited {waited[0]:.1f} s")
        counts = [site.ask("begin") for site in (small, large)]
        say(f"\n{'':20}{'small':>14}{'large':>14}{'ratio':>8}{'others waited':>16}")
        say(f"{'cities of the state':20}{counts[0]:14,}{counts[1]:14,}")
        for number, (what, *_) in enumerate(STEPS):
            (one, few, _), (other, many, waited) = (measure(site, number) for site in (small, large))
            say(f"{what:20}{one:8.2f} s {few:4}{other:8.2f} s {many:4}{other / one:8.1f}{waited:14.2f} s")
        wrong = {name: len(site.ask("not_in_step")) for name, site in (("small", small), ("large", large))}
        say(f"not in step: {wrong}")
        return int(any(wrong.values()))


if __name__ == "__main__":
    sys.exit(main())
