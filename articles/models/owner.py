"""What only the owner of the site can say."""

from django.db import transaction
from django.urls import reverse

from articles.models.articles import Article
from therapydir.content import Content, MarkdownField, stamp
from therapydir.markdown import render_markdown


class Owner(Content):
    """Who publishes the site and who keeps it running: one row, made with the table.

    Shown below every page about the site. Where nothing is filled in, the page says so.
    """

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

    def get_absolute_url(self):
        return reverse("articles:about")

    @property
    def is_visible(self):
        return True

    def content_facts(self):
        return [self.publisher, self.contact, self.hosting]

    def save(self, **kwargs):
        with transaction.atomic():
            super().save(**kwargs)
            stamp([self])
            stamp(Article.objects.filter(section=Article.Section.ABOUT))

    @classmethod
    def load(cls):
        """The one row; blank while it is not there."""
        return cls.objects.first() or cls()
