"""What visitors get through nginx and Varnish as caches, two seconds after an edit: a drill.

    .venv/bin/python -m tests.drills.caches_in_front [rounds]

Through each cache, and past them, it asks again and again for the pages concerned while an editor, in a
process of its own, withdraws a city and publishes it again, renames it and back, and publishes and
withdraws an article. What is not right two seconds after the commit is printed, and makes exit status 1.
Needs nginx and varnishd.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "therapydir.settings")

from tests.proxies import NGINX, program
from tests.serving import environment, free_port, serving

LATEST = 2.0  # seconds after a change
NGINX_CACHE = (
    NGINX.replace(
        "  server {{",
        "  proxy_cache_path {folder}/kept keys_zone=site:8m;\n"
        '  proxy_cache_key "$scheme://$host$request_uri";\n  server {{',
    )
    .replace(
        "proxy_http_version 1.1;",
        "proxy_http_version 1.1; proxy_cache site; proxy_cache_lock on; "
        "proxy_cache_use_stale error timeout http_503;",
    )
    .replace("$http_host", "127.0.0.1:{behind}")
)
EDITOR = """
import sys
import django
django.setup()
from django.utils import timezone
from articles.models import Article
from locations.models import City
from therapydir.derived.catching_up import writing

city = City.objects.get(slug="anaheim")
article = Article(title="A new article", short_title="A new article", slug="a-new-article",
    summary="A summary that is long enough for a search engine to be content with, and no longer than that.",
    body="Words.", status="draft")
article.save()
ACTIONS = {
    "withdraw": lambda: City.objects.filter(pk=city.pk).update(is_published=False),
    "back": lambda: City.objects.filter(pk=city.pk).update(is_published=True),
    "rename": lambda: rename("anaheim-hills"),
    "named back": lambda: rename("anaheim"),
    "publish": lambda: status("published"),
    "unpublish": lambda: status("withdrawn"),
}

def rename(slug):
    row = City.objects.get(pk=city.pk)
    row.slug = slug
    row.save()

def status(status):
    row = Article.objects.get(pk=article.pk)
    row.status = status
    row.published_at = row.published_at or timezone.now()
    row.save()

sys.stdout.write("ready\\n")
sys.stdout.flush()
for line in sys.stdin:
    with writing():
        ACTIONS[line.strip()]()
    sys.stdout.write("done\\n")
    sys.stdout.flush()
"""
OLD, NEW = "/locations/california/anaheim/", "/locations/california/anaheim-hills/"
ARTICLE, LIST = "/articles/a-new-article/", "/articles/"
# What each step must lead to, by path: the status, and words that the page has, or with a dash has not.
STEPS = {
    "withdraw": {OLD: (410, ""), "/locations/california/": (200, f"-{OLD}")},
    "back": {OLD: (200, "Anaheim"), "/locations/california/": (200, OLD)},
    "rename": {OLD: (301, ""), NEW: (200, "Anaheim"), "/locations/california/": (200, NEW)},
    "named back": {OLD: (200, "Anaheim"), NEW: (301, ""), "/locations/california/": (200, OLD)},
    "publish": {ARTICLE: (200, "A new article"), LIST: (200, ARTICLE)},
    "unpublish": {ARTICLE: (410, ""), LIST: (200, f"-{ARTICLE}")},
}


def answer(port, path):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, body


def is_right(got, wanted):
    (status, body), (wanted_status, words) = got, wanted
    has = words.removeprefix("-") in body
    return status == wanted_status and (has != words.startswith("-") or not words)


@contextmanager
def running(command, port):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                answer(port, "/healthz")
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def nginx(folder, behind):
    port, file = free_port(), folder / "nginx.conf"
    file.write_text(NGINX_CACHE.format(folder=folder, port=port, behind=behind))
    return running([program("nginx"), "-p", str(folder), "-c", str(file)], port)


def varnish(folder, behind):
    port = free_port()
    command = ["varnishd", "-F", "-n", folder / "varnish", "-a", f"127.0.0.1:{port}"]
    # As VCL would: the site knows itself under one host alone.
    (folder / "site.vcl").write_text(
        f'vcl 4.1; backend site {{ .host = "127.0.0.1"; .port = "{behind}"; }}\n'
        f'sub vcl_recv {{ set req.http.host = "127.0.0.1:{behind}"; }}\n'
    )
    return running([*map(str, command), "-f", str(folder / "site.vcl"), "-s", "malloc,32m"], port)


def main(rounds):
    wrong = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        site = stack.enter_context(serving(folder / "site", timeout=90))
        behind = urlsplit(site).port
        ports = {
            "nginx": stack.enter_context(nginx(folder, behind)),
            "varnish": stack.enter_context(varnish(folder, behind)),
            "the site": behind,
        }
        variables = environment(
            folder / "site", PORT=str(behind), DJANGO_SETTINGS_MODULE="therapydir.settings"
        )
        editor = subprocess.Popen(
            [sys.executable, "-c", EDITOR],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(editor.kill)
        assert editor.stdout.readline() == "ready\n"
        is_over = threading.Event()

        def go_on_asking(port):
            while not is_over.is_set():
                for wanted in STEPS.values():
                    for path in wanted:
                        answer(port, path)

        visitors = [threading.Thread(target=go_on_asking, args=[port]) for port in ports.values()]
        for visitor in visitors:
            visitor.start()
        for _ in range(rounds):
            for step, wanted in STEPS.items():
                time.sleep(0.37)  # at another moment of the second each time
                editor.stdin.write(f"{step}\n")
                editor.stdin.flush()
                assert editor.stdout.readline() == "done\n"
                time.sleep(LATEST)
                for name, port in ports.items():
                    for path, what in wanted.items():
                        if not is_right(answer(port, path), what):
                            wrong.append((step, name, path))
        is_over.set()
        for visitor in visitors:
            visitor.join()
    checks = rounds * len(ports) * sum(map(len, STEPS.values()))
    for row in wrong:
        sys.stdout.write(f"wrong: {row}\n")
    sys.stdout.write(f"{checks} checks {LATEST} s after the commit, {len(wrong)} wrong\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
