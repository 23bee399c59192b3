"""What the codes of the registry mean: a profession or a kind of place, and in plain words a specialty."""

from django.core.validators import RegexValidator
from django.db import models

from providers.models.providers import Kind
from therapydir.pages.fields import CleanText
from therapydir.pages.professions import Profession


class Specialty(CleanText):
    """A code of the NUCC's taxonomy that the site lists records of, in words of our own."""

    INLINE_ROWS = ()

    code = models.CharField(
        "taxonomy code",
        max_length=10,
        unique=True,
        validators=[RegexValidator(r"^[0-9A-Z]{9}X$", "A taxonomy code is nine letters or digits and an X.")],
    )
    kind = models.CharField(max_length=20, choices=Kind, help_text="What an organization with it is.")
    profession = models.CharField(max_length=2, choices=Profession, blank=True)
    slug = models.SlugField(
        max_length=30,
        blank=True,
        help_text="Several codes with the same one are one specialty to visitors. Empty: none in particular.",
    )
    label = models.CharField(
        max_length=60, blank=True, help_text="Plain words, as after “works with”: «hands», «children»."
    )

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "specialties"

    def __str__(self):
        return f"{self.code} {self.label}".strip()
