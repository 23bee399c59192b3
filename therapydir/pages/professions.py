"""The two professions that the site is about."""

from django.db.models import TextChoices


class Profession(TextChoices):
    """A therapist's; its label names the therapy."""

    PT = "PT", "physical therapy"
    OT = "OT", "occupational therapy"
