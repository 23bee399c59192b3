"""What only the owner of the site can say."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from therapydir.derived.content import Content
from therapydir.pages.fields import MarkdownField
from therapydir.pages.markdown import render_markdown


class Owner(Content):
    """Who publishes the site and who keeps it running: one row, made with the table.

    Shown below every page about the site. Where nothing is filled in, the page says so.
    """

    ONLY = 1  # the primary key of the one row

    publisher = MarkdownField(
        "who publishes this site",
        blank=True,
        help_text="The name of the person or organization, and what they are. Markdown.",
    )
    contact = MarkdownField(
        "how to reach them",
        blank=True,
        help_text="Such as [words@example.org](mailto:words@example.org), or a postal address. Markdown.",
    )
    hosting = MarkdownField(
        "who hosts it, and what they record",
        blank=True,
        help_text="The company whose computers serve the site, what its logs keep, for how long. Markdown.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "owner of the site"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_owner")]

    def __str__(self):
        return "The owner of the site"

    @property
    def publisher_html(self):
        return render_markdown(self.publisher).html

    @property
    def contact_html(self):
        return render_markdown(self.contact).html

    @property
    def hosting_html(self):
        return render_markdown(self.hosting).html

    @property
    def missing(self):
        """What is not filled in yet, as a page says it."""
        fields = (self._meta.get_field(name) for name in ("publisher", "contact", "hosting"))
        return [field.verbose_name for field in fields if not getattr(self, field.name)]

    def get_absolute_url(self):
        return reverse("articles:about")

    @property
    def is_visible(self):
        return True

    def clean(self):
        # Shown together below another text, whose headings and notes have the same ids.
        errors = {
            name: "Write this without headings, blocks and footnotes."
            for name in ("publisher", "contact", "hosting")
            if (rendered := render_markdown(getattr(self, name))).headings or "footnote" in rendered.html
        }
        if errors:
            raise ValidationError(errors)

    @classmethod
    def load(cls):
        """The one row; blank while it is not there."""
        return cls.objects.first() or cls(pk=cls.ONLY)
