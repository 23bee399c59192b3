"""The site as files: the same as the site, whole or not at all, and nothing twice."""

import gzip
import shutil
import subprocess
import time
from contextlib import contextmanager
from http.client import HTTPConnection

import brotli
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Article
from locations.models import City, State
from tests.factories import make_article, make_city, make_state
from tests.serving import free_port
from therapydir.export import Export, ExportError, file_of
from therapydir.models import ContentChange

PAGES = [
    "/",
    "/search/",
    "/which-therapy/",
    "/locations/",
    "/locations/jefferson/",
    "/locations/jefferson/one/",
    "/articles/elsewhere/",
]
MACHINES = ["/sitemap.xml", "/sitemap-cities-jefferson.xml", "/feed.xml", "/robots.txt"]


@pytest.fixture
def site(db, settings, tmp_path):
    """A small site: a state with three cities, one of them withdrawn, and an article that has moved."""
    Article.objects.all().delete()
    City.objects.all().delete()
    State.objects.all().update(is_published=False, first_published_at=None)
    state = make_state()
    cities = [make_city(state, name=name) for name in ("One", "Two", "Three")]
    cities[2].withdraw()
    article = make_article("Somewhere")
    article.slug = "elsewhere"
    article.save()
    settings.VAR_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")
    (settings.STATIC_ROOT / "site.1234.css").write_text("p {}")
    return state


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "exported"


@pytest.fixture
def exported(site, folder):
    if connection.vendor == "postgresql":
        # Each transaction notes one change there, and a test is one: the next change is to be that one.
        ContentChange.objects.all().delete()
    assert Export(folder).write()
    return folder


def read(folder, path):
    return (folder / "site" / file_of(path)).read_bytes()


def test_each_file_holds_what_the_site_answers_and_the_same_compressed(exported, client):
    for path in [*PAGES, *MACHINES]:
        body = client.get(path).content
        assert read(exported, path) == body
        file = exported / "site" / file_of(path)
        assert gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes()) == body
        assert brotli.decompress(file.with_name(f"{file.name}.br").read_bytes()) == body


def test_pictures_static_files_and_fixed_names_are_there_too(exported):
    site = exported / "site"
    assert (site / "static/site.1234.css").is_file()
    assert (site / "favicon.ico").is_file()
    assert len(list((site / "social").glob("*.png"))) == 1 + 2 + 1  # state, cities, article


def test_what_changed_is_written_and_the_rest_taken_over(exported, site):
    city = City.objects.get(name="One")
    before = {path: (exported / "site" / file_of(path)).stat().st_ino for path in PAGES}
    City.objects.filter(pk=city.pk).update(intro="New words.")
    export = Export(exported)
    assert export.write()
    after = {path: (exported / "site" / file_of(path)).stat().st_ino for path in PAGES}
    assert [path for path in PAGES if before[path] != after[path]] == ["/locations/jefferson/one/"]
    assert b"New words." in read(exported, "/locations/jefferson/one/")
    assert export.written == 1
    assert len(list(exported.parent.glob("exported*"))) == 2  # the link, and what it leads to


def test_nothing_is_done_when_nothing_changed(exported):
    release = exported.resolve()
    assert not Export(exported).write()
    assert exported.resolve() == release
    export = Export(exported)
    assert export.write(anew=True)
    assert export.written == 0


def test_a_page_that_is_gone_leaves_the_export(exported, site):
    City.objects.get(name="Two").withdraw()
    Export(exported).write()
    assert b"This page was withdrawn" in read(exported, "/locations/jefferson/two/")
    assert "/locations/jefferson/two/" not in read(exported, "/sitemap-cities-jefferson.xml").decode()


def test_an_export_that_fails_leaves_the_last_one_and_nothing_else(exported, site, monkeypatch):
    release = exported.resolve()
    make_city(site, name="Four")
    monkeypatch.setattr(Export, "_copy_static_files", lambda export: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Export(exported).write()
    assert exported.resolve() == release
    assert sorted(path.name for path in exported.parent.glob("exported*")) == ["exported", release.name]


def test_a_folder_that_is_somebody_elses_is_left_alone(site, folder):
    folder.mkdir()
    with pytest.raises(ExportError, match="choose a name that is free"):
        Export(folder)


def test_a_link_to_nothing_stops_the_export(site, folder, monkeypatch):
    article = Article.objects.get()
    Article.objects.filter(pk=article.pk).update(body="[nowhere](/nowhere/)")
    with pytest.raises(ExportError, match="/nowhere/ answers 404"):
        Export(folder).write()
    assert list(folder.parent.glob("exported*")) == []


def test_the_command_says_what_it_did_and_what_it_needs(site, folder, settings, capsys):
    call_command("export_site", folder)
    assert "Files written: " in capsys.readouterr().out
    call_command("export_site", folder)
    assert "Nothing changed" in capsys.readouterr().out
    (settings.STATIC_ROOT / "staticfiles.json").unlink()
    with pytest.raises(CommandError, match="collectstatic"):
        call_command("export_site", folder)
    settings.DEBUG = True
    with pytest.raises(CommandError, match="DEBUG=false"):
        call_command("export_site", folder)


# --- Under nginx ---------------------------------------------------------------------------------------

NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log stderr; user root;
events {{}}
http {{
  access_log off;
  include /etc/nginx/mime.types;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; include {export}/nginx.conf; }}
}}
"""


@contextmanager
def nginx(folder, export):
    """nginx with the export; yields a function that asks it: path to (status, headers, body)."""
    port = free_port()
    configuration = folder / "nginx-test.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port, export=export))
    process = subprocess.Popen([shutil.which("nginx"), "-e", "stderr", "-c", configuration])

    def ask(path, **headers):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        answer = response.status, dict(response.getheaders()), response.read()
        connection.close()
        return answer

    try:
        for _ in range(50):
            try:
                ask("/robots.txt")
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.1)
        yield ask
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_answers_as_the_site_does(exported, client, settings, tmp_path):
    with nginx(tmp_path, exported) as ask:
        for path in [*PAGES, *MACHINES]:
            status, headers, body = ask(path)
            there = client.get(path)
            assert (status, body) == (200, there.content), path
            for name in ("Content-Type", "Content-Security-Policy", "X-Frame-Options"):
                assert headers[name].lower() == there.headers[name].lower(), (path, name)
            assert headers["Cache-Control"] == settings.PUBLIC_CACHE_CONTROL
        assert gzip.decompress(ask("/", **{"Accept-Encoding": "gzip"})[2]) == client.get("/").content
        for path in ("/articles/somewhere/", "/locations/jefferson"):
            status, headers, _ = ask(path)
            assert (status, headers["Location"]) == (301, client.get(path)["Location"])
        status, _, body = ask("/locations/jefferson/three/")
        assert status == client.get("/locations/jefferson/three/").status_code == 410
        assert b"This page was withdrawn" in body
        status, headers, body = ask("/nowhere/")
        assert (status, "There is no page at this address" in body.decode()) == (404, True)
        assert "Content-Security-Policy" in headers
        assert ask("/index.html")[0] == ask("/404.html")[0] == 404
        assert ask("/search/?q=one")[0] == ask("/which-therapy/?tick=walking")[0] == 503
        assert ask("/which-therapy/?state=jefferson")[0] == 200
        assert ask("/search/suggestions/?q=one")[2] == b"[]"
        assert "immutable" in ask("/static/site.1234.css")[1]["Cache-Control"]
