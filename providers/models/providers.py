"""Records of the public registry of health care providers, each at one place of practice."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from locations.models import City, State
from providers.presentation import digits_of_phone, organization_sort_name, phone_shown
from therapydir.pages.fields import CleanText

NPI_BEGUN = re.compile(r"[12]\d{3,9}", re.ASCII)


class Kind(models.TextChoices):
    """What a record is of, by its taxonomy codes."""

    THERAPIST = "therapist"
    CLINIC = "clinic", "clinic or practice"
    HOME_HEALTH = "home health", "home health agency"
    REHABILITATION = "rehabilitation", "rehabilitation hospital or unit"
    NURSING = "nursing", "skilled nursing facility"


class Source(models.TextChoices):
    """Where a record is from; its label stands on pages."""

    MEDICARE = "Medicare 2022-08", "Medicare’s files of August 2022"
    NPPES = "NPPES", "the NPI registry"


class Placed(models.TextChoices):
    """How it was told in which city a record is."""

    BOTH = "both", "ZIP code and name of the city agree"
    ZIP_CODE = "ZIP code", "by its ZIP code"
    DISAGREE = "disagree", "ZIP code and name of the city disagree"
    NAME = "name", "by the name of the city"
    NEAR = "near", "the nearest city"
    NOWHERE = "nowhere", "nowhere near a city with a page"


class ProviderQuerySet(models.QuerySet):
    def listed(self):
        """Records that visitors may see; whether their city shows is the city's."""
        return self.filter(is_listed=True)

    def beginning(self, text):
        """Those whose NPI, or else the name that lists are ordered by, begins like that."""
        if NPI_BEGUN.fullmatch(text):
            return self.filter(npi__range=(text, f"{text:9<10}"))
        key = organization_sort_name(text)
        return self.filter(sort_name__range=(key, f"{key:z<60}")) if key else self.none()


class Provider(CleanText):
    """A record of the registry at one place of practice: a card on the page of a city.

    Who practices at several places has a record for each; `place` is empty for the one that the registry
    has first. What the registry says is written by imports alone. What an editor says has fields of its own,
    which no import touches.
    """

    INLINE_ROWS = ()

    npi = models.CharField(
        "NPI", max_length=10, validators=[RegexValidator(r"^[12]\d{9}$", "An NPI is ten digits.")]
    )
    place = models.CharField(
        max_length=60, blank=True, editable=False, help_text="Tells further places of practice apart."
    )
    is_organization = models.BooleanField("organization")
    kind = models.CharField(max_length=20, choices=Kind)
    is_ot = models.BooleanField("occupational therapy", default=False)
    is_pt = models.BooleanField("physical therapy", default=False)
    specialties = models.CharField(
        max_length=200, blank=True, help_text="Their slugs, with a space around each."
    )
    name = models.CharField(max_length=200, help_text="As people write it.")
    legal_name = models.CharField(max_length=200, blank=True, help_text="Where people know it by another.")
    sort_name = models.CharField(max_length=60, help_text="What lists are ordered by.")
    credentials = models.CharField(max_length=100, blank=True)
    street = models.CharField(max_length=200, blank=True)
    post_city = models.CharField("city of the address", max_length=60, blank=True)
    state = models.ForeignKey(State, models.PROTECT, related_name="providers", db_index=False)
    zip_code = models.CharField("ZIP code", max_length=5, blank=True)
    phone = models.CharField(max_length=10, blank=True, help_text="Ten digits.")
    source = models.CharField(max_length=20, choices=Source)
    enumerated_on = models.DateField("in the registry since", null=True, blank=True)
    updated_on = models.DateField("last changed there", null=True, blank=True)
    withdrawn_on = models.DateField(
        null=True, blank=True, help_text="When an import found that it is no longer in the registry."
    )

    is_hidden = models.BooleanField(
        "hidden",
        default=False,
        help_text="It is on no page, whatever later imports say. Hides all places of the same NPI.",
    )
    our_name = models.CharField("name, corrected", max_length=200, blank=True)
    our_street = models.CharField("street, corrected", max_length=200, blank=True)
    our_phone = models.CharField("phone, corrected", max_length=20, blank=True)
    note = models.TextField(blank=True, help_text="For editors: who said so, and when.")

    # Worked out by `derivations`, never by hand.
    city = models.ForeignKey(
        City, models.SET_NULL, null=True, blank=True, editable=False, related_name="providers"
    )
    placed = models.CharField(max_length=20, choices=Placed, default=Placed.NOWHERE, editable=False)
    is_listed = models.BooleanField(default=False, editable=False)
    shows_street = models.BooleanField(default=False, editable=False)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        ordering = ["sort_name", "id"]
        constraints = [models.UniqueConstraint(fields=["npi", "place"], name="unique_npi_and_place")]
        indexes = [
            # With all that tells who is in a list: so any place in one is found in the index alone.
            models.Index(
                fields=["city", "kind", "sort_name", "id", "is_ot", "is_pt", "specialties", "is_listed"],
                condition=Q(is_listed=True),
                name="provider_list",
            ),
            models.Index(fields=["zip_code", "street"], name="provider_address"),
            models.Index(fields=["sort_name", "id"], name="provider_by_name"),
            models.Index(
                fields=["is_hidden", "sort_name", "id", "is_listed", "withdrawn_on", "city"],
                condition=Q(is_listed=False),
                name="provider_unlisted",
            ),
            models.Index(fields=["state", "placed"], name="provider_placed"),  # and for the foreign key
        ]

    def __str__(self):
        return f"{self.shown_name} ({self.npi})"

    def clean(self):
        if self.our_phone:
            digits = digits_of_phone(self.our_phone)
            if not digits:
                raise ValidationError({"our_phone": "Write ten digits, like 714-555-0123."})
            self.our_phone = phone_shown(digits)

    @property
    def shown_name(self):
        return self.our_name or self.name

    @property
    def shown_phone(self):
        """As people write it; "" where none is known."""
        return self.our_phone or phone_shown(self.phone)
