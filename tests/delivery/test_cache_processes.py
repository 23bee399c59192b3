"""Processes that each keep pages of their own, on one database: none shows an old page past a second."""

import subprocess
import sys
import time
from contextlib import ExitStack
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.conf import settings

from tests.serving import KEY, environment, own_database, serving

ROUNDS, CHANGES = 4, 10
WORKERS, LOOKS = 2, 6  # looks at a page, of which each of two workers answers some
WRITER = """
import csv, sys, tempfile, time
from pathlib import Path
import django
django.setup()
from django.db import connection
from locations.imports.importing import import_places
from locations.models import City

def edit(city, words):
    city = City.objects.get(pk=city.pk)
    city.intro = words
    city.save()

def update(city, words):
    City.objects.filter(pk=city.pk).update(intro=words)

def by_hand(city, words):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE locations_city SET intro = %s WHERE id = %s", [words, city.pk])

def file_of_places(city, words):
    with open("fixtures/places.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row["name"] == city.name and row["state"] == city.state.name)
    row["county"] = words
    file = Path(tempfile.mkdtemp()) / "places.csv"
    with file.open("w", newline="", encoding="utf-8") as place:
        writer = csv.DictWriter(place, row)
        writer.writeheader()
        writer.writerow(row)
    import_places(file)

KINDS = [update] * 5 + [by_hand] * 2 + [edit] * 2 + [file_of_places]
cities = list(City.objects.select_related("state").order_by("pk")[:100:10])
for city in cities:
    sys.stdout.write(city.get_absolute_url() + chr(10))
sys.stdout.flush()
for turn in sys.stdin:
    for number, (change, city) in enumerate(zip(KINDS, cities, strict=True)):
        change(city, f"Words {turn.strip()} {number}.")
    sys.stdout.write("committed" + chr(10))
    sys.stdout.flush()
"""


def pages(address):
    """A page as it is answered to several requests, by whichever process."""
    for _ in range(LOOKS):
        with urlopen(address) as response:
            yield response.read().decode()


@pytest.fixture
def machines(tmp_path, db):
    """Two sites of two processes each on one database, and the environment of a writer beside them."""
    with ExitStack() as stack:
        url = stack.enter_context(own_database(tmp_path))
        variables = {"DATABASE_URL": url, "SECRET_KEY": KEY, "WEB_CONCURRENCY": str(WORKERS)}
        addresses = [
            stack.enter_context(serving(tmp_path / name, timeout=60, **variables)) for name in ("one", "two")
        ]
        yield addresses, environment(tmp_path, DJANGO_SETTINGS_MODULE="therapydir.settings", **variables)


def test_a_change_by_any_way_is_seen_by_every_process_within_a_second(machines):
    sites, variables = machines
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER],
        env=variables,
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with writer:
        paths = [writer.stdout.readline().strip() for _ in range(CHANGES)]
        stale = []
        for turn in range(ROUNDS):
            for site in sites:
                for path in paths:
                    assert not any(
                        f"Words {turn} " in page for page in pages(site + path)
                    )  # kept from now on
            writer.stdin.write(f"{turn}\n")
            writer.stdin.flush()
            assert writer.stdout.readline() == "committed\n"
            time.sleep(1)
            stale += [
                (turn, path)
                for site in sites
                for number, path in enumerate(paths)
                if not all(f"Words {turn} {number}." in page for page in pages(site + path))
            ]
        writer.stdin.close()
    assert stale == []


TIMED = """
import sys
from datetime import timedelta
import django
django.setup()
from django.utils import timezone
from articles.models import Article
from therapydir.derived.catching_up import writing

begin, end = (timezone.now() + timedelta(seconds=float(seconds)) for seconds in sys.argv[1:])
with writing():
    Article.objects.create(
        title="Zebras and walking", short_title="Zebras and walking", slug="zebras", status="published",
        summary="A summary of zebras that is long enough for a search engine to be content with.",
        body="## What zebras do\\n\\nThey walk.", published_at=begin, expires_at=end,
    )
sys.stdout.write(f"{begin.timestamp()} {end.timestamp()}")
"""
WHERE_IT_SHOWS = ("/articles/", "/feed.xml", "/sitemap-articles.xml", "/search/?q=zebras")


def test_a_page_appears_and_expires_everywhere_within_a_second_of_its_time(machines):
    sites, variables = machines
    made = subprocess.run(
        [sys.executable, "-c", TIMED, "12", "18"],
        env=variables, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    begin, end = map(float, made.stdout.split())

    def shows():
        """Whether it is there, by (address, look): of every place, from every process."""
        return {
            (site + path, look): "/articles/zebras/" in page
            for site in sites
            for path in WHERE_IT_SHOWS
            for look, page in enumerate(pages(site + path))
        }

    def status():
        return {_status(f"{site}/articles/zebras/") for site in sites for _ in range(LOOKS)}

    before = shows()
    assert time.time() < begin
    assert not any(before.values())
    time.sleep(begin + 1 - time.time())
    there, answers = shows(), status()
    assert time.time() < end
    assert [where for where, is_there in there.items() if not is_there] == []
    assert answers == {200}
    time.sleep(end + 1 - time.time())
    assert [where for where, is_there in shows().items() if is_there] == []
    assert status() == {410}


def _status(address):
    try:
        with urlopen(address) as response:
            return response.status
    except HTTPError as error:
        return error.code
