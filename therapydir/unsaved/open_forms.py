"""Forms that are open: each knows whose it is, so that what was typed there outlives a session."""

from dataclasses import astuple, dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.core import signing
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.formats import date_format
from django.utils.timezone import localtime

from therapydir.unsaved.models import OpenForm

FIELD = "open_form"  # the hidden field in which a form says which it is
SALT = "therapydir.open_form"
BELIEVED = 30 * 24 * 3600  # seconds after the form was given out
NOT_TYPED = ("csrfmiddlewaretoken", "confirmed", FIELD)


@dataclass(frozen=True)
class Ticket:
    """What a form brings back, signed: to whom it was given, for which record, and what it took over.

    `taken` is the `form` of an `OpenForm` whose text stands in it, as that was at `taken_at`.
    """

    who: int
    table: str
    key: int | None
    form: str
    taken: str = ""
    taken_at: str = ""

    @classmethod
    def new(cls, user, model, key, taken=None):
        at = taken.typed_at.isoformat() if taken else ""
        return cls(user.pk, model._meta.db_table, key, get_random_string(16), taken.form if taken else "", at)

    @classmethod
    def read(cls, text):
        """That of a form; None for anything that was not given out here, or long ago."""
        try:
            return cls(*signing.loads(text or "", salt=SALT, max_age=BELIEVED))
        except (signing.BadSignature, TypeError, ValueError):
            return None

    def __str__(self):
        return signing.dumps(astuple(self), salt=SALT)


def typed_in(data):
    """{name: [values]} of what a form sends, without its buttons, its list of actions, and its signature."""
    return {
        name: [value.replace("\0", "") for value in values]  # which PostgreSQL does not take
        for name, values in data.lists()
        if _is_typed(name)
    }


def _is_typed(name):
    return not (name.startswith("_") or name.endswith("action") or name in NOT_TYPED)


def as_data(typed):
    """What was typed, as a form takes it."""
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


def note(ticket, data=None):
    """Note that a form is open, and with `data` what is typed there; for those alone who may be here.

    Gives the `OpenForm`; None if there is no such account any more.
    """
    if not get_user_model().objects.filter(pk=ticket.who, is_active=True, is_staff=True).exists():
        return None
    now = timezone.now()
    values = {"who_id": ticket.who, "table": ticket.table, "key": ticket.key, "seen_at": now}
    if data is not None:
        values |= {"typed": typed_in(data), "typed_at": now}
    form, is_new = OpenForm.objects.update_or_create(form=ticket.form, defaults=values)
    if is_new:
        OpenForm.objects.exclude(pk=form.pk).forget_old()
    return form


def forget(ticket):
    """What was typed in a form is saved, or thrown away: so is what it took over, unless that went on."""
    gone = Q(form=ticket.form)
    if ticket.taken:
        gone |= Q(form=ticket.taken, typed_at__lte=datetime.fromisoformat(ticket.taken_at))
    OpenForm.objects.filter(gone, who=ticket.who).delete()


def open_at(user, model, key):
    """(what that person typed for a record and did not save: an `OpenForm`, or None; who else is there).

    The second is a sentence, "" if nobody else has it open.
    """
    since = timezone.now() - OpenForm.IS_OPEN
    here = OpenForm.objects.of_page(model, key).filter(Q(who=user) | Q(key__isnull=False, seen_at__gte=since))
    mine, others = [], {}
    for form in here.select_related("who").order_by("-since"):
        if form.who_id != user.pk:
            others[form.who.get_username()] = form.since
        elif form.typed_at:
            mine.append(form)
    return max(mine, key=lambda form: form.typed_at, default=None), _told(others)


def _told(others):
    """«mira (since 10:31) has this page open, too.»"""
    if not others:
        return ""
    *first, last = [f"{name} (since {time_of(moment)})" for name, moment in sorted(others.items())]
    names = f"{', '.join(first)} and {last}" if first else last
    return f"{names} {'have' if first else 'has'} this page open, too."


def time_of(moment):
    """A moment as people say it who were there: the time, and the day if it is not today's."""
    moment = localtime(moment)
    has_day = moment.date() != localtime().date()
    return date_format(moment, "DATETIME_FORMAT" if has_day else "TIME_FORMAT")
