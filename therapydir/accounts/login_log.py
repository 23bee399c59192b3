"""What is logged of accounts: who logged in, who failed to and how often, and grave changes.

Anybody can fail to log in, as often as they like. So failures are counted, and written once a minute.
"""

import logging
import threading
from collections import Counter

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models.signals import post_delete, pre_save
from django.dispatch import receiver

from therapydir.pages.clients import client_address

logger = logging.getLogger("therapydir.accounts.logins")

EVERY = 60  # seconds between two lines about failures
MOST_NAMED = 5  # accounts and addresses in a line
MOST_COUNTED = 1000  # different ones that are told apart meanwhile
LONGEST_NAME = 60  # characters
REFUSED, OTHERS = "refused", "others"
GRAVE = {"is_superuser": "superuser", "is_staff": "staff", "is_active": "active"}


class Tally:
    """Counts what happens, and gives the counts to `write` at once and then at most every `EVERY` seconds."""

    def __init__(self, write):
        self._write, self._counts, self._lock, self._timer = write, Counter(), threading.Lock(), None

    def add(self, what):
        with self._lock:
            is_known = what in self._counts or len(self._counts) < MOST_COUNTED
            self._counts[what if is_known else OTHERS] += 1
            is_first = self._timer is None
            if is_first:
                self._start()
        if is_first:
            self.flush()

    def flush(self):
        """Write what was counted since the last time; nothing if that is nothing."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if counts:
            self._write(counts)
        return bool(counts)

    def _start(self):
        self._timer = threading.Timer(EVERY, self._on_time)
        self._timer.daemon = True  # it must not keep a process from ending
        self._timer.start()

    def _on_time(self):
        has_written = self.flush()
        with self._lock:
            if has_written or self._counts:
                self._start()
            else:
                self._timer = None


def _write(counts):
    _write_counts("Failed logins: %s%s. Refused without a look at the password: %s.", counts)


def _write_asked(counts):
    _write_counts("New passwords asked for by mail: %s%s. Refused: %s.", counts)


def _write_counts(words, counts):
    refused, unnamed = counts.pop(REFUSED, 0), counts.pop(OTHERS, 0)
    named = [
        f"{shown(account)} from {address or 'an unknown address'} ({count:,})"
        for (account, address), count in counts.most_common(MOST_NAMED)
    ]
    if unnamed or len(counts) > MOST_NAMED:
        named.append("others")
    names = f", for {', '.join(named)}" if named else ""
    logger.warning(words, f"{counts.total() + unnamed:,}", names, f"{refused:,}")


tally, asked = Tally(_write), Tally(_write_asked)


def shown(name):
    """A name that anybody may have typed: short, in quotes, on one line."""
    return repr(str(name)[:LONGEST_NAME])


def log_refusal(request, *, is_login=True):
    """Count a login that was refused before the password was looked at, or a mail that was not sent."""
    request.is_counted = True
    (tally if is_login else asked).add(REFUSED)


def log_asked(request, email):
    """Count that somebody asked for a new password, whether an account has that address or not."""
    asked.add((email, client_address(request)))


def log_sent(user):
    logger.info("The way to a new password is sent to %s.", shown(user))


def log_chosen(request, user):
    address = client_address(request) or "an unknown address"
    logger.info("%s chose a new password by mail, from %s.", shown(user), address)


def _is_not_counted(record):
    return not getattr(getattr(record, "request", None), "is_counted", False)


# Django writes a line for each answer of 400 and more.
logging.getLogger("django.request").addFilter(_is_not_counted)


@receiver(user_login_failed)
def note_failure(sender, credentials, request=None, **kwargs):
    tally.add((credentials.get("username"), client_address(request) if request else ""))


@receiver(user_logged_in)
def note_login(sender, request, user, **kwargs):
    logger.info("%s logged in from %s.", shown(user), client_address(request) or "an unknown address")


@receiver(pre_save, sender=get_user_model())
def note_account(sender, instance, raw=False, update_fields=None, **kwargs):
    # Logging in writes the day, and now and then the same password with more rounds of hashing.
    if raw or update_fields is not None:
        return
    before = sender.objects.filter(pk=instance.pk).first() if instance.pk else None
    flags = [name for field, name in GRAVE.items() if getattr(instance, field)]
    if before is None:
        logger.warning("Account %s is new: %s.", shown(instance), ", ".join(flags) or "nothing more")
        return
    changes = [
        f"{name}: {'yes' if getattr(instance, field) else 'no'}"
        for field, name in GRAVE.items()
        if getattr(instance, field) != getattr(before, field)
    ]
    changes += ["new password"] if instance.password != before.password else []
    if changes:
        logger.warning("Account %s has changed: %s.", shown(instance), ", ".join(changes))


@receiver(post_delete, sender=get_user_model())
def note_deletion(sender, instance, **kwargs):
    logger.warning("Account %s was deleted.", shown(instance))
