"""The site as files: the same as the site, whole or not at all, and nothing twice."""

import gzip
import subprocess
import time
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection

import brotli
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from articles.models import Article, Owner
from locations.models import City, State
from providers.models import Provider
from tests.factories import make_article, make_city, make_state, save, withdraw
from tests.proxies import program
from tests.serving import free_port
from tests.transactions import begin_another
from therapydir.delivery.export import Answer, Export, ExportError, file_of
from therapydir.derived.catching_up import catch_up

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


@pytest.fixture(scope="module")
def emptied(django_db_setup, django_db_blocker):
    """A site with nothing on it, in a transaction around those of the tests: to empty one takes long."""
    with django_db_blocker.unblock(), transaction.atomic():
        Provider.objects.all().delete()
        Article.objects.all().delete()
        City.objects.all().delete()
        State.objects.all().update(is_published=False, first_published_at=None)
        catch_up()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def site(emptied, db, settings, tmp_path):
    """A small site: a state with three cities, one of them withdrawn, and an article that has moved."""
    state = make_state()
    cities = [make_city(state, name=name, intro="Words.") for name in ("One", "Two", "Three")]
    withdraw(cities[2])
    article = make_article("Somewhere")
    article.slug = "elsewhere"
    save(article)
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
    assert Export(folder).write()
    begin_another()  # the next change is noted again
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
    assert export.written == 2  # and its date in the sitemap
    assert len(list(exported.parent.glob("exported*"))) == 2  # the link, and what it leads to


def test_lists_are_written_anew_that_no_longer_keep_search_engines_from_a_city(exported, client):
    link = b'<li><a href="/locations/jefferson/one/" rel="nofollow">'
    for words in ("", "Words."):  # nobody is listed there
        City.objects.filter(name="One").update(intro=words)
        assert Export(exported).write()
        begin_another()
        for path in ("/locations/", "/locations/jefferson/"):
            assert (link in read(exported, path)) == (not words)
            assert read(exported, path) == client.get(path).content


def asked_for(monkeypatch, export):
    """What an export asks the site for."""
    asked, answer = [], Answer.__init__

    def remembering(self, application, path, version):
        asked.append(path)
        answer(self, application, path, version)

    monkeypatch.setattr(Answer, "__init__", remembering)
    assert export.write()
    return asked


def test_only_what_changed_is_asked_for(exported, monkeypatch):
    City.objects.filter(name="One").update(intro="New words.")
    asked = asked_for(monkeypatch, Export(exported))
    assert "/locations/jefferson/one/" in asked
    assert "/locations/jefferson/two/" not in asked
    assert not any(path.startswith("/social/") for path in asked)


def test_all_is_asked_for_on_another_day_and_after_a_change_of_the_site_or_the_code(
    exported, monkeypatch, settings
):
    settings.ALLOWED_HOSTS = ["*"]
    day, city = timezone.localdate() + timedelta(days=1), "/locations/jefferson/two/"
    for change in (
        lambda: monkeypatch.setattr("therapydir.delivery.export.timezone.localdate", lambda: day),
        lambda: setattr(settings, "SITE_URL", "http://other.example"),
        lambda: State.objects.filter(code="NY").update(is_published=True),  # named at the foot of each page
        lambda: monkeypatch.setattr("therapydir.delivery.export.CODE", ("manage.py",)),
    ):
        change()
        City.objects.filter(name="One").update(intro=f"{change}")
        begin_another()
        with monkeypatch.context() as patch:
            assert city in asked_for(patch, Export(exported))


CHANGES = {
    "a name": lambda: City.objects.filter(name="One").update(name="Uno", slug="uno"),
    "a population": lambda: City.objects.filter(name="Two").update(population=70_000),
    "a city goes": lambda: City.objects.filter(name="Two").update(is_published=False),
    "the state's name": lambda: State.objects.filter(code="JF").update(name="Jeffersonia"),
    "the owner": lambda: Owner.objects.update(publisher="Somebody"),
    "a text": lambda: Article.objects.update(body="## Other words"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_taken_over_is_what_would_have_been_answered(exported, folder, change):
    CHANGES[change]()
    assert Export(exported).write()
    whole = folder.with_name("whole")
    assert Export(whole).write()

    def files(export):
        return {
            path.relative_to(export / "site"): path.read_bytes()
            for path in (export / "site").rglob("*")
            if path.is_file()
        }

    assert files(exported) == files(whole)
    configurations = [(export / "nginx.conf").read_text() for export in (exported, whole)]
    assert configurations[0] == configurations[1].replace(str(whole), str(exported))


def test_a_file_that_the_last_export_lost_is_written_anew(exported):
    for form in ("", ".gz", ".br"):
        (exported / "site" / f"{file_of('/locations/jefferson/two/')}{form}").unlink()
    City.objects.filter(name="One").update(intro="New words.")
    assert Export(exported).write()
    assert b"Two" in read(exported, "/locations/jefferson/two/")


def test_nothing_is_done_when_nothing_changed(exported):
    release = exported.resolve()
    assert not Export(exported).write()
    assert exported.resolve() == release
    export = Export(exported)
    assert export.write(anew=True)
    assert export.written == 0


def test_a_page_that_is_gone_leaves_the_export(exported, site):
    withdraw(City.objects.get(name="Two"))
    export = Export(exported)
    export.write()
    assert b"This page was withdrawn" in read(exported, "/_gone/locations/jefferson/two/")
    assert not (exported / "site/locations/jefferson/two").exists()
    assert "/locations/jefferson/two/" not in read(exported, "/sitemap-cities-jefferson.xml").decode()
    assert not export.is_configuration_new  # so that nginx need not be told


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


BROKEN = [
    ("/nowhere/", 404),
    ("/locations/jefferson/three/", 410),
    ("/articles/somewhere/", 301),
    ("/locations/jefferson", 301),
]


@pytest.mark.parametrize(("link", "status"), BROKEN)
def test_a_link_to_no_page_is_said_and_the_rest_exported(site, folder, link, status):
    Article.objects.update(body=f"[broken]({link})")
    export = Export(folder)
    export.write()
    assert export.broken == [f"{link}, which /articles/elsewhere/ links to, answers {status}."]
    for path in PAGES:
        assert read(folder, path)
    again = Export(folder)
    assert not again.write()
    assert again.broken == export.broken


def test_a_link_to_another_site_is_none_to_follow(site, folder):
    Article.objects.update(body="[elsewhere](//example.org/page/) and [more](https://example.org/)")
    export = Export(folder)
    export.write()
    assert export.broken == []


def test_the_command_lists_broken_links_and_fails_when_it_is_told_to(site, folder, capsys):
    Article.objects.update(body="[nowhere](/nowhere/)")
    call_command("export_site", folder)
    assert "Broken link: /nowhere/, which /articles/elsewhere/ links to" in capsys.readouterr().err
    with pytest.raises(CommandError, match="Exported, but for what broken links lead to: 1"):
        call_command("export_site", folder, fail_on_broken=True)
    assert read(folder, "/articles/elsewhere/")


def test_a_page_that_fails_stops_the_export(exported, site, monkeypatch):
    release = exported.resolve()
    make_city(site, name="Four")
    monkeypatch.setattr("locations.views.city_page", lambda *given: 1 / 0)
    monkeypatch.setattr("django.core.handlers.exception.log_response", lambda *given, **options: None)
    with pytest.raises(ExportError, match="answers 500: the log says why"):
        Export(exported).write()
    assert exported.resolve() == release


def test_two_exports_at_once_do_not_meet(exported, site):
    make_city(site, name="Four")
    one, other = Export(exported), Export(exported)
    with one._alone(), pytest.raises(ExportError, match=r"Another export to .* is under way"):
        other.write()
    assert other.write()


def test_what_a_killed_export_left_is_removed_by_the_next(exported, site):
    for name in ("exported.0123abcd", "exported.other", "exported.0123abcde"):
        (exported.parent / name).mkdir()
    (exported.parent / "exported.89abcdef.link").symlink_to("exported.0123abcd")
    release = exported.resolve()
    assert not Export(exported).write()
    left = {path.name for path in exported.parent.glob("exported*")}
    assert left == {"exported", release.name, "exported.other", "exported.0123abcde"}


def test_it_is_said_when_nginx_must_read_its_configuration_again(exported, site, capsys):
    article = Article.objects.get()
    article.slug = "elsewhere-again"
    save(article)
    call_command("export_site", exported)
    assert "nginx -s reload" in capsys.readouterr().out


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
    process = subprocess.Popen([program("nginx"), "-e", "stderr", "-c", configuration])

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


@pytest.fixture
def under_nginx(exported, tmp_path):
    if not program("nginx"):  # as the header of the run says
        return None
    with nginx(tmp_path, exported) as ask:
        yield ask


HEADERS = {"Content-Type", "Cache-Control", "Content-Security-Policy", "X-Frame-Options", "X-Robots-Tag"}


@pytest.mark.skipif(not program("nginx"), reason="nginx is not installed")
def test_nginx_answers_as_the_site_does(under_nginx, exported, client, site):
    ask = under_nginx
    picture = next((exported / "site/social").iterdir()).name
    others = ["/nowhere/", "/locations/jefferson/three/", "/articles/somewhere/?a=1&b=%20", "/social/"]
    others += ["/locations/jefferson?a=1", "/social", f"/social/{picture}", "/locations/jefferson/nowhere/"]
    for path in [*PAGES, *MACHINES, *others]:
        status, headers, body = ask(path)
        there = client.get(path)
        assert status == there.status_code, path
        assert headers.get("Location") == there.get("Location"), path
        if status == 200:
            assert body == there.content, path
        for name in HEADERS if status != 301 else {"Cache-Control"}:
            assert headers.get(name, "").lower() == there.get(name, "").lower(), (path, name)


@pytest.mark.skipif(not program("nginx"), reason="nginx is not installed")
def test_nginx_says_what_files_cannot(under_nginx, exported, client):
    ask = under_nginx
    assert gzip.decompress(ask("/", **{"Accept-Encoding": "gzip"})[2]) == client.get("/").content
    assert b"This page was withdrawn" in ask("/locations/jefferson/three/")[2]
    assert "There is no page at this address" in ask("/nowhere/")[2].decode()
    for hidden in ("/index.html", "/404.html", "/503.html", "/_gone/locations/jefferson/three/", "/static/x"):
        assert ask(hidden)[0] == 404, hidden
    for question in ("/search/?q=one", "/which-therapy/?tick=walking"):
        status, headers, _ = ask(question)
        assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "5", "no-store")
    assert ask("/which-therapy/?state=jefferson")[0] == 200
    assert ask("/search/suggestions/?q=one")[2] == b"[]"
    assert "immutable" in ask("/static/site.1234.css")[1]["Cache-Control"]
    assert ask("/favicon.ico")[1]["Cache-Control"] == "max-age=60, public"


@pytest.mark.skipif(not program("nginx"), reason="nginx is not installed")
def test_nginx_sees_a_withdrawn_page_and_one_that_is_back_without_being_told(under_nginx, exported, site):
    ask, path = under_nginx, "/locations/jefferson/two/"
    assert ask(path)[0] == 200
    for is_published, status in ((False, 410), (True, 200)):
        City.objects.filter(name="Two").update(is_published=is_published)
        catch_up()
        begin_another()
        assert Export(exported).write()
        time.sleep(1.5)  # more than nginx keeps a file open
        assert ask(path)[0] == status
