"""A site without the places of care that a new one has."""

import pytest
from django.db import transaction

from providers.models import Provider
from therapydir.derived.catching_up import writing


@pytest.fixture(scope="module")
def nobody_at_all(django_db_setup, django_db_blocker):
    """No records, in a transaction around those of the tests of a file: it takes long to bring in step."""
    with django_db_blocker.unblock(), transaction.atomic():
        with writing():
            Provider.objects.all().delete()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def nobody(nobody_at_all, db):
    """No records."""
