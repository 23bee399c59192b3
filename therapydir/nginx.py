"""How nginx serves an export: what goes into its server block."""

from django.conf import settings
from django.urls import reverse

# What differs from page to page, or what nginx sends itself.
NOT_OF_THE_SITE = {"cache-control", "content-length", "content-type", "etag", "last-modified", "vary"}
# What is asked of a page that answers it, which files cannot.
QUESTIONS = {"search": ("q", "near"), "articles:guide": ("tick", "sign", "show")}
USUAL_TYPES = {".html": "text/html", ".txt": "text/plain", ".png": "image/png"}
FOR_EVER = "max-age=315360000, public, immutable"  # as WhiteNoise says of files with a hash in their name


def site_configuration(root, pages, moved, gone):
    """The configuration as text, to be included in a server block.

    `root` is the folder of the files, `pages` are the headers by path of what was exported, `moved` the
    new addresses by old path, and `gone` the paths of withdrawn pages.
    """
    headers = {name: value for name, value in pages["/"].items() if name.lower() not in NOT_OF_THE_SITE}
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
        *_add_headers(headers, settings.PUBLIC_CACHE_CONTROL),
        "error_page 404 /404.html;",
        "error_page 503 /503.html;",
        "location = /404.html { internal; }",
        "location = /503.html { internal; }",
        r"location ~ /index\.html$ { internal; }",
        # Not with «index», for which nginx looks for the right location twice.
        "location / { try_files ${uri}index.html $uri @other; }",
        "location @other { if (-d $request_filename) { return 301 $uri/; } return 404; }",
        f"location {settings.STATIC_URL} {{",
        *_add_headers(headers, FOR_EVER),
        "}",
    ]
    for path, sent in pages.items():
        kind = sent["Content-Type"]
        if not path.endswith("/") and kind.split(";")[0] not in USUAL_TYPES.values():
            lines.append(f"location = {_quoted(path)} {{ types {{}} default_type {_quoted(kind)}; }}")
    lines.append('location = /site.webmanifest { types {} default_type "application/manifest+json"; }')
    for name, questions in QUESTIONS.items():
        asked = " ".join(f"if ($arg_{question}) {{ return 503; }}" for question in questions)
        lines.append(f"location = {reverse(name)} {{ {asked} try_files ${{uri}}index.html =404; }}")
    lines.append(f'location = {reverse("suggestions")} {{ default_type application/json; return 200 "[]"; }}')
    lines += [
        f"location = {_quoted(old)} {{ return 301 {_quoted(new)}; }}" for old, new in sorted(moved.items())
    ]
    lines += [
        f"location = {_quoted(path)} {{ error_page 410 {_quoted(f'{path}index.html')}; return 410; }}"
        for path in sorted(gone)
    ]
    return "\n".join(lines) + "\n"


def _add_headers(headers, cache_control):
    pairs = {**headers, "Cache-Control": cache_control}
    return [f"add_header {name} {_quoted(value)} always;" for name, value in pairs.items()]


def _quoted(value):
    """A value as nginx reads it: in quotes, and without variables."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    if "$" in text:
        raise ValueError(f"nginx would read a variable in “{text}”.")
    return f'"{text}"'
