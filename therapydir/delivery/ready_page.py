"""A page that is kept ready to be sent: which answers may be kept, and in which encodings they go out."""

import gzip
import hashlib
from functools import lru_cache
from time import monotonic

import brotli

GZIP_LEVEL, BROTLI_QUALITY = 6, 10  # a few milliseconds, and a few dozen
# Headers that are written anew, or that the tag makes needless.
NOT_KEPT = {"content-length", "etag", "vary", "last-modified"}
SENT_WITH_304 = {"cache-control", "etag", "vary"}  # RFC 9110, section 15.4.5; the rest is known there


@lru_cache(maxsize=1024)
def encodings_for(accepted):
    """The encodings that may be sent for an `Accept-Encoding`, the best first; "" is none."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        try:
            weights[name.strip()] = float(parameter.partition("=")[2] or 1)
        except ValueError:
            weights[name.strip()] = 0
    weight_of = {name: weights.get(name, weights.get("*", 0)) for name in ("br", "gzip")}
    usable = [name for name, weight in weight_of.items() if weight > 0]
    return (*sorted(usable, key=lambda name: -weight_of[name]), "")


def may_be_kept(status, headers):
    """Whether a response is the same for everybody, and says so."""
    values = {}
    for name, value in headers:
        values[name.lower()] = f"{values.get(name.lower(), '')},{value.lower()}".lstrip(",")
    control = values.get("cache-control", "")
    return (
        status.startswith("200 ")
        and "public" in control
        and "s-maxage" in control
        and "set-cookie" not in values
        and "content-encoding" not in values
        and values.get("vary", "accept-encoding") == "accept-encoding"
    )


class ReadyPage:
    """A response in each encoding, made when the content had that `version`.

    `answers` are (headers, body) by encoding: with gzip at once, with brotli after `settle()`, which
    takes its time.
    """

    __slots__ = ("answers", "is_settled", "made_at", "size", "tag", "unchanged", "version")

    def __init__(self, version, headers, body):
        self.version, self.made_at, self.is_settled = version, monotonic(), False
        self.tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        kept = [pair for pair in headers if pair[0].lower() not in NOT_KEPT]
        # Weak, because it is the same for every encoding.
        kept += [("ETag", f"W/{self.tag}"), ("Vary", "Accept-Encoding")]
        self.unchanged = [pair for pair in kept if pair[0].lower() in SENT_WITH_304]
        self.answers = {
            "": _answer(kept, body),
            "gzip": _answer(kept, gzip.compress(body, GZIP_LEVEL, mtime=0), "gzip"),
        }
        # Room for the headers, and for brotli, which takes less than gzip.
        self.size = len(body) + 2 * len(self.answers["gzip"][1][0]) + 4096

    def settle(self):
        """Add the answer with brotli."""
        headers, [body] = self.answers[""]
        headers = [pair for pair in headers if pair[0] != "Content-Length"]
        self.answers["br"] = _answer(headers, brotli.compress(body, quality=BROTLI_QUALITY), "br")

    def send(self, environ, start_response):
        """Answer a GET request, as WSGI has it: with the page, or that it is unchanged."""
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and (self.tag in known or known == "*"):
            start_response("304 Not Modified", self.unchanged[:])
            return []
        for encoding in encodings_for(environ.get("HTTP_ACCEPT_ENCODING", "")):
            if encoding in self.answers:
                break
        headers, body = self.answers[encoding]
        start_response("200 OK", headers[:])
        return body


def _answer(headers, body, encoding=""):
    encoded = [("Content-Encoding", encoding)] if encoding else []
    return [*headers, *encoded, ("Content-Length", str(len(body)))], [body]
