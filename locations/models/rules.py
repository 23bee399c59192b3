"""What a state's law says on seeing a therapist: kept with its citation and the day it was checked."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from locations.models.states import State
from therapydir.pages.fields import CleanText, ProseField
from therapydir.pages.professions import Profession

FIRST_YEAR = 2000  # of a check: whatever is older is a slip of the hand
CHECK_AFTER = timedelta(days=365)  # from then on a rule says of itself that it may have changed


def is_due(checked_on):
    """Whether a check on that day was more than a year ago."""
    return timezone.localdate() - checked_on > CHECK_AFTER


class PracticeRuleQuerySet(models.QuerySet):
    def due(self, today=None):
        """Rules that nobody has checked for a year."""
        return self.filter(checked_on__lt=(today or timezone.localdate()) - CHECK_AFTER)


class PracticeRule(CleanText):
    """Whether one can see a therapist of a profession without a referral, in one state."""

    class Confidence(models.TextChoices):
        HIGH = "high", "High: the law says so"
        MEDIUM = "medium", "Medium: insurers and employers may differ"
        LOW = "low", "Low: we could not establish the rule"

    state = models.ForeignKey(State, models.CASCADE, related_name="rules")
    profession = models.CharField(max_length=2, choices=Profession)
    in_short = models.CharField(
        max_length=120, help_text="The rule in one line, for city pages: can one go without a referral?"
    )
    summary = ProseField(help_text="The rule in two or three plain sentences.")
    limit = models.CharField(
        max_length=120, blank=True, help_text="Up to what one can go without a referral, such as: 30 days."
    )
    citation = models.CharField(
        max_length=200, help_text="The law or guidance that says so, with its section."
    )
    board = models.CharField(max_length=150, help_text="Who licenses these therapists in this state.")
    board_url = models.URLField("board's address")
    license_lookup_url = models.URLField(
        "license look-up", help_text="Where anybody can check a therapist's license."
    )
    confidence = models.CharField(
        max_length=6, choices=Confidence, help_text="The page words the rule accordingly."
    )
    checked_on = models.DateField(
        "checked on", help_text="The day somebody last compared this with the law. Shown on the page."
    )

    read_in = models.CharField(
        "the copy that was read",
        max_length=120,
        blank=True,
        help_text=(
            "What was compared, and of what date it is, to go after “Checked on … in”: “the statute as of "
            "October 2, 2008”, or “an undated copy of § 2620.1”."
        ),
    )

    INLINE_ROWS = ()

    objects = PracticeRuleQuerySet.as_manager()

    class Meta:
        ordering = ["state", "-profession"]  # physical therapy first, as everywhere on the site
        constraints = [
            models.UniqueConstraint(
                fields=["state", "profession"],
                name="one_rule_per_state_and_profession",
                violation_error_message="This state has a rule for this profession already: change that one.",
            )
        ]

    def __str__(self):
        return f"{self.get_profession_display().capitalize()} in {self.state.name}"

    def clean(self):
        if self.checked_on and self.checked_on > timezone.localdate():
            raise ValidationError(
                {"checked_on": "This day is still to come: give the day of the last check."}
            )
        if self.checked_on and self.checked_on.year < FIRST_YEAR:
            raise ValidationError({"checked_on": f"Check the year: it must be {FIRST_YEAR} or later."})

    def get_absolute_url(self):
        return f"{self.state.get_absolute_url()}#rules"

    @property
    def is_visible(self):
        return self.state.is_visible

    @property
    def is_due(self):
        """Whether it was not checked for a year, so that it may have changed."""
        return is_due(self.checked_on)

    @property
    def due_on(self):
        return self.checked_on + CHECK_AFTER + timedelta(days=1)
