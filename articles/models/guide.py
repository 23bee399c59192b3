"""The lines of the decision guide: what a visitor can tick."""

from django.db import models
from django.urls import reverse

from therapydir.derived.content import Content
from therapydir.pages.fields import ProseField
from therapydir.pages.paths import PathField
from therapydir.pages.professions import Profession


class PointsTo(models.TextChoices):
    """Whose work a concern is."""

    PT = Profession.PT.value, Profession.PT.label
    OT = Profession.OT.value, Profession.OT.label
    BOTH = "both", "both therapies"


class GuideLineQuerySet(models.QuerySet):
    def published(self):
        """Lines that visitors see."""
        return self.filter(is_published=True)


class GuideLine(Content):
    """One line of the guide, with its place in the order and the day it last changed."""

    text = models.CharField(
        max_length=120, unique=True, help_text="As the visitor would say it, in plain words."
    )
    slug = PathField(
        max_length=40,
        unique=True,
        help_text="Stands for the line in the address of an answer. Keep it: people may have saved answers.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lines are shown from low to high.")
    is_published = models.BooleanField(
        "published", default=True, help_text="Clear this to take the line off the guide."
    )

    objects = GuideLineQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return reverse("articles:guide")

    @property
    def is_visible(self):
        return self.is_published


class Concern(GuideLine):
    """Something that is hard for a visitor, and the therapy that it points to."""

    class Group(models.TextChoices):
        MOVING = "moving", "Moving"
        DAILY = "daily", "Daily tasks"
        THINKING = "thinking", "Thinking and feeling"
        WORK = "work", "Work"
        HOME = "home", "Safety at home"
        CHILD = "child", "My child"

    group = models.CharField(max_length=10, choices=Group)
    points_to = models.CharField(max_length=4, choices=PointsTo)
    why = ProseField(help_text="One or two sentences, shown to those who ticked the line.")
    section = models.CharField(
        "read more at",
        max_length=100,
        blank=True,
        help_text="The part of the explainer that says more.",
    )
    doctor_first = models.BooleanField(
        "the doctor first",
        default=False,
        help_text="Checked alone, or with others of this kind, this leads to a doctor before any therapy.",
    )

    class Meta(GuideLine.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(points_to__in=PointsTo.values), name="concern_points_to_a_therapy"
            )
        ]


class WarningSign(GuideLine):
    """Something that cannot wait for therapy: it is answered before anything else."""

    class Urgency(models.TextChoices):
        CALL_911 = "911", "Call 911"
        CALL_988 = "988", "Call or text 988"
        CARE_NOW = "now", "Get care now"

    urgency = models.CharField(max_length=3, choices=Urgency)
    advice = ProseField(
        help_text="What it can be a sign of, and what to do: one or two sentences, for those who ticked it."
    )
    source_name = models.CharField(max_length=120, help_text="Who says so, such as: CDC, Signs of Stroke.")
    source_url = models.URLField("source address", help_text="The public page that says so.")
    also_source_name = models.CharField(
        "second source",
        max_length=120,
        blank=True,
        help_text="Where the first does not say all of it. What no page says is not said here.",
    )
    also_source_url = models.URLField("second source address", blank=True)

    class Meta(GuideLine.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(also_source_name="", also_source_url="")
                | ~models.Q(also_source_name="") & ~models.Q(also_source_url=""),
                name="a_second_source_has_name_and_address",
                violation_error_message="Give name and address of the second source, or neither.",
            )
        ]

    @property
    def is_emergency(self):
        """Whether nothing else should be said now."""
        return self.urgency != self.Urgency.CARE_NOW

    @property
    def sources(self):
        """(name, address) of each page that says what this sign says."""
        both = [(self.source_name, self.source_url), (self.also_source_name, self.also_source_url)]
        return [source for source in both if all(source)]
