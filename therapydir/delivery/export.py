"""The whole public site as files, for a mirror, a fallback, or nginx at the machine's limit.

An export is a folder of its own beside the one that was asked for, which is a symbolic link to it: a
new export becomes visible at once and as a whole. What has not changed since the last one is not
written again, but linked to (hard links), so that its dates stay, too.
"""

import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import brotli
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.http.response import ResponseHeaders
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from therapydir.delivery.answers import Answer
from therapydir.delivery.nginx import site_configuration
from therapydir.delivery.ready_page import BROTLI_QUALITY
from therapydir.derived.catching_up import catch_up, outstanding
from therapydir.derived.registry import dated_pages, other_paths, registered
from therapydir.derived.versions import content_version
from therapydir.pages.head import PageMeta

GZIP_LEVEL = 9
COMPRESSED = (".html", ".xml", ".txt", ".json")
BEGINNINGS = ("home", "search", "sitemap_index", "robots", "feed")  # what leads to all the rest
MISSING = "/404/"  # an address that no page has
AROUND = "around"  # under which it is kept what is around the words of every page; no path reads so
PICTURES = "/social/"
GONE = "_gone"  # the folder of pages that were withdrawn, beside the others: no address begins so
CODE = ("therapydir", "templates", "static", "fixtures", "requirements.txt")  # beside the apps


class ExportError(Exception):
    """The site cannot be exported; says in one sentence why, and what to do."""


class Export:
    """One export to `folder`: `write()` makes it.

    `progress` is called with the number of pages that are done and of those that are known so far.
    `written` and `kept` count the files that were new and those that were as before. `broken` are
    sentences about links of pages that lead to no page. `is_configuration_new` says that nginx must be
    told to read its configuration again.
    """

    def __init__(self, folder, progress=lambda done, known: None):
        self.folder = Path(folder).absolute()
        self.progress = progress
        self.written = self.kept = 0
        self.broken, self.is_configuration_new = [], False
        self.before = self._last_manifest()
        self.release = self.folder.with_name(f"{self.folder.name}.{uuid4().hex[:8]}")
        self.files = {}  # the digest of each file's content, by its path in the export
        self.pages = {}  # of what answered 200, by path: its headers, and the paths that it names

    def write(self, *, anew=False):
        """Export the site. Returns whether there was anything to do.

        With `anew` all pages are asked for, changed or not. Raises `ExportError` with nothing left behind,
        and when another export to that folder is under way.
        """
        with self._alone():
            self.before = self._last_manifest()
            self._remove_leftovers()
            if outstanding():
                catch_up()
            version = current_version()
            if not anew and self.before.get("version") == version:
                self.broken = self.before.get("broken", [])
                return False
            try:
                with ThreadPoolExecutor() as pool:
                    made_of = self._write_all(pool, version, anew)
                manifest = {"version": version, "files": self.files, "broken": self.broken}
                manifest |= {"pages": self.pages, "made of": made_of}
                (self.release / "export.json").write_text(json.dumps(manifest), encoding="utf-8")
                self._switch()
            except BaseException:
                shutil.rmtree(self.release, ignore_errors=True)
                raise
            return True

    @contextmanager
    def _alone(self):
        """While this lasts, no other process exports to that folder; one that is killed lets go."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self.folder.with_name(f".{self.folder.name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ExportError(
                    f"Another export to {self.folder} is under way: let it end, and then try again."
                ) from error
            yield

    def _remove_leftovers(self):
        """Remove what an export that was killed left behind."""
        ours = re.compile(rf"{re.escape(self.folder.name)}\.[0-9a-f]{{8}}(\.link)?")
        current = self.folder.resolve()
        for path in self.folder.parent.iterdir():
            if ours.fullmatch(path.name) and path != current:
                path.unlink() if path.is_symlink() else shutil.rmtree(path, ignore_errors=True)

    def _last_manifest(self):
        if not self.folder.is_symlink():
            if self.folder.exists():
                raise ExportError(
                    f"{self.folder} is there and was not made by export_site: choose a name that is free."
                )
            return {}
        try:
            return json.loads((self.folder / "export.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}  # of no use, so everything is written

    def _write_all(self, pool, version, anew):
        """Write every file. Returns what the pages were made of, by path, and what is around all of them."""
        jobs, self.files, self.pages = [], {}, {}
        moved, gone = {}, set()
        ask = partial(Answer, WSGIHandler(), version=version)

        def keep(name, answer):
            jobs.append(pool.submit(self._put, name, answer.body))

        def take(path, answer):
            """Take an answer into the export; whatever it is but 404, which every other address has."""
            if answer.status >= 500:
                raise ExportError(
                    f"{path} answers {answer.status}: the log says why. The last export stays as it is."
                )
            if answer.status == 200:
                self.pages[path] = {"headers": dict(answer.headers), "names": sorted(answer.links())}
                keep(file_of(path), answer)
            elif answer.status in (301, 302):
                moved[path] = answer.headers["Location"]
            elif answer.status == 410:
                gone.add(path)
                keep(f"{GONE}/{file_of(path)}", answer)

        missing = ask(MISSING)
        around = [_code_version(), f"{timezone.localdate()}", hashlib.sha256(missing.body).hexdigest()]
        made_of = dated_pages() | {AROUND: " ".join(around)}
        before = {} if anew else self.before.get("made of", {})
        same = {path for path, what in made_of.items() if before.get(path) == what}
        same = same if AROUND in same else set()
        linked_from = {reverse(name): "" for name in BEGINNINGS}
        queue = list(linked_from)
        for path in queue:  # which grows
            # A picture's address tells what it shows.
            is_picture = path.startswith(PICTURES) and AROUND in same
            if not ((path in same or is_picture) and self._take_over(path)):
                answer = ask(path)
                take(path, answer)
                if answer.status != 200:
                    self.broken.append(
                        f"{path}, which {linked_from[path]} links to, answers {answer.status}."
                    )
            named = self.pages[path]["names"] if path in self.pages else {answer.target} - {""}
            found = {link for link in named if not link.startswith(settings.STATIC_URL)} - linked_from.keys()
            found = sorted(link for link in found if not _root_file(link))
            linked_from.update((link, path) for link in found)
            queue += found
            self.progress(len(self.pages), len(queue))
        for path in other_paths():
            if path not in self.pages and path not in moved and path not in gone:
                take(path, ask(path))
        jobs.append(pool.submit(self._put, "404.html", missing.body))
        jobs.append(pool.submit(self._put, "503.html", _page_without_application()))
        for job in jobs:
            job.result()
        self._copy_static_files()
        headers = {path: ResponseHeaders(page["headers"]) for path, page in self.pages.items()}
        self._configure(site_configuration(self.folder / "site", GONE, headers, moved))
        return made_of

    def _take_over(self, path):
        """Whether the page of the last export could be taken over, without asking for it."""
        name, page = file_of(path), self.before.get("pages", {}).get(path)
        digest = self.before.get("files", {}).get(name)
        if page is None or digest is None:
            return False
        (self.release / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        if not self._link(_forms(name)):
            return False
        self.pages[path], self.files[name] = page, digest
        self.kept += 1
        return True

    def _configure(self, configuration):
        try:
            before = (self.folder / "nginx.conf").read_text(encoding="utf-8")
        except OSError:
            before = configuration  # the first one is read when it is included
        self.is_configuration_new = configuration != before
        (self.release / "nginx.conf").write_text(configuration, encoding="utf-8")

    def _put(self, name, body):
        """Write a file and its compressed forms, or link to those of the last export."""
        digest = hashlib.sha256(body).hexdigest()
        forms = _forms(name)
        file = self.release / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        self.files[name] = digest
        if self.before.get("files", {}).get(name) == digest and self._link(forms):
            self.kept += 1
            return
        file.write_bytes(body)
        if len(forms) > 1:
            file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(body, GZIP_LEVEL, mtime=0))
            file.with_name(f"{file.name}.br").write_bytes(brotli.compress(body, quality=BROTLI_QUALITY))
        self.written += 1

    def _link(self, names):
        """Whether those files of the last export could be taken over."""
        try:
            for name in names:
                os.link(self.folder / "site" / name, self.release / "site" / name)
        except OSError:
            return False
        return True

    def _copy_static_files(self):
        """The collected files, compressed as they are, and those that browsers ask for by fixed names."""
        target = self.release / "site" / settings.STATIC_URL.strip("/")
        shutil.copytree(settings.STATIC_ROOT, target)
        shutil.copytree(settings.WHITENOISE_ROOT, self.release / "site", dirs_exist_ok=True)

    def _switch(self):
        """Show the new export in place of the last, and remove that."""
        last = self.folder.resolve() if self.folder.is_symlink() else None
        link = self.release.with_name(f"{self.release.name}.link")
        link.symlink_to(self.release.name, target_is_directory=True)
        link.replace(self.folder)
        if last and last != self.release:
            shutil.rmtree(last, ignore_errors=True)


def current_version():
    """What the pages depend on, as text: content, code, and the settings that pages show."""
    return f"{content_version()} {_code_version()}"


def _code_version():
    code = hashlib.sha256()
    for top in (*CODE, *(derivations.app for derivations in registered())):
        start = settings.BASE_DIR / top
        for file in sorted(start.rglob("*")) if start.is_dir() else [start]:
            if file.is_file() and "__pycache__" not in file.parts:
                code.update(f"{file.relative_to(settings.BASE_DIR)}\n".encode())
                code.update(file.read_bytes())
    shown = settings.SITE_URL, settings.PUBLIC_CACHE_CONTROL, settings.INDEX_EMPTY_CITIES
    return repr((code.hexdigest(), *shown))


def _forms(name):
    """The names of a file and its compressed forms."""
    return [name, f"{name}.gz", f"{name}.br"] if name.endswith(COMPRESSED) else [name]


def file_of(path):
    """The file for a path: «/about/» is «about/index.html»."""
    name = unquote(path).lstrip("/")
    return f"{name}index.html" if not name or name.endswith("/") else name


def _root_file(path):
    return (Path(settings.WHITENOISE_ROOT) / path.lstrip("/")).is_file()


def _page_without_application():
    """The page for what files cannot answer: a search, for one."""
    context = {"page": PageMeta.for_error("This does not work right now")}
    return render_to_string("503.html", context, request=HttpRequest()).encode()
