"""How nginx serves an export: what goes into its server block."""

from django.conf import settings
from django.urls import reverse

from therapydir.database.outages import RETRY_AFTER
from therapydir.pages.parameters import asked_at

SENT_BY_NGINX = {"content-length", "content-type", "etag", "last-modified", "vary"}
USUAL_TYPES = {".html": "text/html", ".txt": "text/plain", ".png": "image/png"}
FOR_EVER = "max-age=315360000, public, immutable"  # as WhiteNoise says of files with a hash in their name
FOR_LONG = "public, max-age=31536000, immutable"  # as the site says of pictures


def site_configuration(root, gone, pages, moved):
    """The configuration as text, to be included in a server block.

    `root` is the folder of the files, `gone` the folder in it with the pages that were withdrawn, `pages`
    are the headers by path of what was exported, and `moved` the new addresses by old path. What is a page
    and what is gone, nginx sees by the files; where old addresses lead it must read here.
    """
    headers = _own_headers(pages["/"])
    lines = [
        "# Made by export_site: include it in a server block, which says where to listen.",
        f"root {_quoted(root)};",
        "charset utf-8;",
        "absolute_redirect off;",
        "# Files are kept open, and looked at once a second, so that a new export shows as soon.",
        "open_file_cache max=20000;",
        "open_file_cache_valid 1s;",
        "gzip_static on;",
        "gzip_vary on;",
        "# brotli_static on;  where nginx has that module",
        *_add_headers(headers),
        "error_page 404 /404.html;",
        f"error_page 410 /{gone}${{uri}}index.html;",
        "error_page 503 /503.html;",
        "location = /404.html { internal; }",
        f"location /{gone}/ {{ internal; }}",
        "location = /503.html {",
        "internal;",
        *_add_headers(headers | {"Cache-Control": "no-store", "Retry-After": RETRY_AFTER}),
        "}",
        r"location ~ /index\.html$ { internal; }",
        # Not with «index», for which nginx looks for the right location twice.
        "location / { try_files ${uri}index.html $uri @other; }",
        "location @other {",
        "if (-f $request_filename/index.html) { return 301 $uri/$is_args$args; }",
        f"if (-f $document_root/{gone}${{uri}}index.html) {{ return 410; }}",
        "return 404;",
        "}",
        f"location {settings.STATIC_URL} {{",
        *_add_headers(headers | {"Cache-Control": FOR_EVER}),
        "}",
    ]
    for place, own, directives in _places(headers, pages):
        lines += [f"location {place} {{", *_add_headers(own), *directives, "}"]
    lines.append(f'location = {reverse("suggestions")} {{ default_type application/json; return 200 "[]"; }}')
    lines += [
        f"location = {_quoted(old)} {{ return 301 {_quoted(new, '$is_args$args')}; }}"
        for old, new in sorted(moved.items())
    ]
    return "\n".join(lines) + "\n"


def _places(headers, pages):
    """(location, its headers, what else nginx does there) where nginx would do otherwise than the site."""
    folders = {}
    for path, sent in pages.items():
        own, kind = _own_headers(sent), sent["Content-Type"]
        folder = path[: path.rindex("/") + 1]
        if own["Cache-Control"] == FOR_LONG and folder != "/":  # pictures, of which each page has one
            folders[folder] = own
            continue
        directives = [f"if ($arg_{question}) {{ return 503; }}" for question in asked_at(path)]
        if not path.endswith("/") and kind.split(";")[0] not in USUAL_TYPES.values():
            directives.append(f"types {{}} default_type {_quoted(kind)};")
        elif directives or own != headers:
            directives.append("try_files ${uri}index.html $uri =404;")
        if directives:
            yield f"= {_quoted(path)}", own, directives
    for folder, own in folders.items():
        yield f"^~ {folder}", own, ["try_files $uri =404;"]
    for file in sorted(settings.WHITENOISE_ROOT.iterdir()):
        kind = settings.WHITENOISE_MIMETYPES.get(file.suffix)
        control = {"Cache-Control": f"max-age={settings.WHITENOISE_MAX_AGE}, public"}
        yield (
            f"= {_quoted(f'/{file.name}')}",
            headers | control,
            [f"types {{}} default_type {_quoted(kind)};"] if kind else [],
        )


def _own_headers(sent):
    """The headers that nginx must be told to send with an answer."""
    return {name: value for name, value in sent.items() if name.lower() not in SENT_BY_NGINX}


def _add_headers(headers):
    return [f"add_header {name} {_quoted(value)} always;" for name, value in headers.items()]


def _quoted(value, variables=""):
    """A value as nginx reads it: in quotes, and without variables but for those at its end."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    if "$" in text:
        raise ValueError(f"nginx would read a variable in “{text}”.")
    return f'"{text}{variables}"'
