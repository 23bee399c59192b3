"""Who asks: the address that a request came from."""

import ipaddress

from django.conf import settings


def client_address(request):
    """The address that the request came from, as text; "" if it has none.

    Behind `TRUST_X_FORWARDED_FOR` proxies, each of which appends the address that it was asked from, it is
    the one so far from the end of that header. What stands before was written by anybody.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUST_X_FORWARDED_FOR
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if proxies < 1 or len(told) < proxies:
        return peer
    return _without_port(told[-proxies].strip()) or peer


def _without_port(text):
    """The address in «192.0.2.7», «192.0.2.7:5000» or «[2001:db8::1]:5000»; "" if there is none."""
    host = text.partition("]")[0].removeprefix("[")
    for candidate in (host, host.rpartition(":")[0]):
        try:
            return str(ipaddress.ip_address(candidate))
        except ValueError:
            continue
    return ""
