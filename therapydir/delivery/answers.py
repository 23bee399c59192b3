"""What the application answers, asked without a server."""

import re
from html import unescape
from urllib.parse import unquote, urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

from therapydir.derived.per_version import VERSION

NAMED = re.compile(r'(?:href|src|content)="([^"]+)"|<loc>([^<]+)')


class Answer:
    """What the application answers to a request for a path: `status`, `headers`, `body`."""

    def __init__(self, application, path, version):
        site = urlsplit(settings.SITE_URL)
        environ = {
            "PATH_INFO": unquote(path).encode().decode("latin-1"),  # as WSGI has it
            "HTTP_HOST": site.netloc,
            "wsgi.url_scheme": site.scheme,
            VERSION: version,
        }
        if settings.SECURE_PROXY_SSL_HEADER:
            environ[settings.SECURE_PROXY_SSL_HEADER[0]] = site.scheme
        setup_testing_defaults(environ)
        # Not through WSGI itself, where each request would end with closing the database.
        response = application.get_response(WSGIRequest(environ))
        self.status, self.headers, self.body = response.status_code, response.headers, response.content

    def links(self):
        """The paths on this site that it names: links, pictures, what it is made of, a sitemap's pages.

        Without what follows «?» or «#».
        """
        kind = self.headers["Content-Type"]
        if "html" not in kind and "xml" not in kind:
            return set()
        named = (unescape("".join(groups)) for groups in NAMED.findall(self.body.decode()))
        site = settings.SITE_URL
        here = (name for name in named if name.startswith(("/", f"{site}/")) and not name.startswith("//"))
        return {urlsplit(name.removeprefix(site)).path for name in here}

    @property
    def target(self):
        """Where a redirect leads on this site, without what follows «?»; "" if it is none, or leads away."""
        location = self.headers.get("Location", "").removeprefix(settings.SITE_URL)
        is_here = location.startswith("/") and not location.startswith("//")
        return urlsplit(location).path if is_here and self.status in (301, 302) else ""
