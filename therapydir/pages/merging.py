"""Two at once: which fields of a record somebody else changed while a form was open."""

import hashlib
import json
from datetime import UTC, datetime

from django.db import models
from django.forms import model_to_dict


def digests(record):
    """{name: a digest} of each field that forms have, and of the rows that are edited together with it."""
    found = {name: digest_of(value) for name, value in model_to_dict(record).items()}
    for name in record.INLINE_ROWS:
        rows = list(getattr(record, name).order_by("pk").values_list())
        found[name] = _short(repr(rows))
    return found


def as_text(found):
    return json.dumps(found, sort_keys=True)


def from_text(text):
    """The digests that a form brought back; none, if they are not what it was given."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def digest_of(value):
    """A digest of the value of a field, as a record or a form has it: line ends make no difference."""
    return _short(_plain(value))


def value_of(record, name):
    """The value of a field of that record, as a form gives it to one that it saves."""
    value = getattr(record, name)
    return list(value.all()) if isinstance(value, models.Manager) else value


def _plain(value):
    if isinstance(value, models.Model):
        value = value.pk
    elif isinstance(value, list | tuple | models.QuerySet):
        value = sorted((getattr(one, "pk", one) for one in value), key=str)
    elif isinstance(value, datetime):  # forms have no parts of a second, and a time zone of their own
        value = value.astimezone(UTC).replace(microsecond=0)
    return str(value).replace("\r\n", "\n").strip()


def _short(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]
