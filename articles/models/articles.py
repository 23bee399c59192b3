"""Articles: the explainer, whatever editors write beside it, and the pages about the site."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html

from articles.models.owner import Owner
from therapydir.derived.content import ListedContent
from therapydir.pages.fields import MarkdownField, ProseField
from therapydir.pages.head import LONGEST_DESCRIPTION, LONGEST_TITLE, SHORTEST_DESCRIPTION
from therapydir.pages.markdown import render_markdown
from therapydir.pages.paths import PathField

BODY_HELP = format_html(
    "<p>Markdown: ## heading, ### smaller heading, **bold**, *italic*, [words](address), - list, tables, "
    "footnotes as [^1]. Headings of the first two levels make the table of contents. HTML and pictures "
    "are not shown.</p><p>To set both therapies side by side, and to show what to do next, write blocks "
    "with empty lines around them:</p><pre>{}</pre>",
    "::: compare After a stroke\n"
    "Words for both, if any.\n"
    "\n"
    "PT: What physical therapy does.\n"
    "\n"
    "OT: What occupational therapy does.\n"
    ":::\n"
    "\n"
    "::: next\n"
    "[Which one do I need?](/which-therapy/)\n"
    ":::",
)

FIRST_YEAR, LAST_YEAR = 2000, 2100  # that a date may have, and not be a slip of the hand

# The parts of the explainer that the three regions of the circles lead to.
CIRCLES = {
    "pt": "physical-therapy-is-about-movement",
    "ot": "occupational-therapy-is-about-function",
    "both": "when-you-need-both",
}


MOST_ON_A_PAGE = 50  # articles of the list


class ArticleQuerySet(models.QuerySet):
    def published(self):
        """Articles and pages about the site that visitors and crawlers may see now."""
        now = timezone.now()
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=now),
            status=Article.Status.PUBLISHED,
            published_at__lte=now,
        )

    def articles(self):
        """Without the pages about the site: what is listed under Articles and in the feed."""
        return self.filter(section=Article.Section.ARTICLES)

    def on_pages(self):
        """The pages of the list of articles, without what only an article's own page shows."""
        return Paginator(self.published().articles().defer("body"), MOST_ON_A_PAGE)

    def explainer(self):
        """The published explainer, or None."""
        return self.published().filter(is_explainer=True).first()


class Article(ListedContent):
    """A page of text: an article, or a page about the site itself.

    One of the articles may be the explainer, which also carries the directory.
    """

    ABOUT_SLUG = "about"  # the page that the others about the site stand below

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Section(models.TextChoices):
        ARTICLES = "articles", "Article"
        ABOUT = "about", "Page about the site"

    section = models.CharField(
        max_length=10,
        choices=Section,
        default=Section.ARTICLES,
        help_text=(
            "Articles are listed and in the feed; pages about the site are linked at the foot of every "
            "page. Chosen once, because it is part of the address."
        ),
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Pages about the site are listed from low to high."
    )
    title = models.CharField(max_length=120, help_text="The heading of the page.")
    short_title = models.CharField(
        max_length=LONGEST_TITLE,
        unique=True,
        help_text=f"The title in search results and browser tabs, at most {LONGEST_TITLE} characters.",
    )
    slug = PathField(
        max_length=100,
        unique=True,
        help_text="The last part of the address. After a change, the old address leads here.",
    )
    summary = ProseField(
        unique=True,
        validators=[MinLengthValidator(SHORTEST_DESCRIPTION), MaxLengthValidator(LONGEST_DESCRIPTION)],
        help_text=(
            "The answer in one or two sentences: shown under the heading, in lists and in search "
            f"results. {SHORTEST_DESCRIPTION} to {LONGEST_DESCRIPTION} characters."
        ),
    )
    body = MarkdownField(help_text=BODY_HELP)
    status = models.CharField(
        max_length=10,
        choices=Status,
        default=Status.DRAFT,
    )
    published_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Visible from this moment on. Left empty, it is the moment of publishing.",
    )
    expires_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=(
            "From this moment on the page is off the site, and its address says that it is gone. Left empty, "
            "it stays."
        ),
    )
    reviewed_by = models.CharField(
        max_length=120,
        blank=True,
        help_text=(
            "Name and license of the therapist who reviewed this text. Left empty, the page says "
            "that none has yet."
        ),
    )
    reviewed_at = models.DateField(null=True, blank=True, help_text="The day of that review.")
    is_explainer = models.BooleanField(
        "is the explainer",
        default=False,
        help_text=(
            "The article that compares both professions: every page's navigation leads to it, and "
            "the full directory follows it. Only one article can be it."
        ),
    )

    # The first moment of being visible, which may be to come; kept by `derivations`.
    first_published_at = models.DateTimeField(null=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-is_explainer", "position", "-published_at", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_explainer"],
                condition=Q(is_explainer=True),
                name="only_one_explainer",
                violation_error_message="Another article is the explainer: clear its box first.",
            ),
            models.CheckConstraint(
                condition=Q(is_explainer=False) | Q(section="articles"),
                name="the_explainer_is_an_article",
                violation_error_message="The explainer stands among the articles: choose that section.",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by="", reviewed_at=None)
                | (~Q(reviewed_by="") & Q(reviewed_at__isnull=False)),
                name="a_review_has_reviewer_and_date",
                violation_error_message="Give both who reviewed the article and when, or neither.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        if self.section == self.Section.ARTICLES:
            return reverse("articles:detail", args=[self.slug])
        if self.slug == self.ABOUT_SLUG:
            return reverse("articles:about")
        return reverse("articles:about_page", args=[self.slug])

    def clean(self):
        errors = {}
        if self.section == self.Section.ARTICLES:
            self.position = 0  # articles are listed by date
        if self.section == self.Section.ABOUT and self.slug == "design":
            errors["slug"] = "The page of this name is for the people who build the site."
        if self.published_at and not FIRST_YEAR <= self.published_at.year <= LAST_YEAR:
            errors["published_at"] = f"Check the year: it must be from {FIRST_YEAR} to {LAST_YEAR}."
        if self.expires_at and not FIRST_YEAR <= self.expires_at.year <= LAST_YEAR:
            errors["expires_at"] = f"Check the year: it must be from {FIRST_YEAR} to {LAST_YEAR}."
        elif self.expires_at and self.expires_at <= (self.published_at or timezone.now()):
            errors["expires_at"] = "This is before the page appears: give a later moment, or none."
        if self.reviewed_at and self.reviewed_at.year < FIRST_YEAR:
            errors["reviewed_at"] = f"Check the year: it must be {FIRST_YEAR} or later."
        if self.reviewed_at and self.reviewed_at > timezone.localdate():
            errors["reviewed_at"] = "This day is still to come: give the day of a review that took place."
        if errors:
            raise ValidationError(errors)

    @property
    def is_visible(self):
        """Whether visitors may see it now; the same rule as `published()`."""
        return (
            self.status == self.Status.PUBLISHED
            and self.published_at is not None
            and self.published_at <= timezone.now()
            and not self.has_expired
        )

    @property
    def has_expired(self):
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def was_visible(self):
        return self.first_published_at is not None and self.first_published_at <= timezone.now()

    @property
    def updated_at(self):
        """When the visible text last changed: at the earliest, when it became visible."""
        return max(filter(None, [self.content_changed_at, self.published_at]))

    @property
    def rendered(self):
        """The body as HTML, with its headings."""
        return render_markdown(self.body)

    def path_of(self, section):
        """The address of the page's part under the heading with that id; of the page if it has none."""
        address = self.get_absolute_url()
        has_it = any(heading.id == section for heading in self.rendered.headings)
        return f"{address}#{section}" if has_it else address

    @property
    def circles(self):
        """Where the three regions of the overlapping circles lead: {"pt": address, …}."""
        return {side: self.path_of(section) for side, section in CIRCLES.items()}

    @cached_property
    def owner(self):
        """The `Owner` of the site, whose words stand below the pages about it."""
        return Owner.load()


class FormerSlugQuerySet(models.QuerySet):
    def old(self):
        """Slugs that no text has now, but for one that does not show, and is another."""
        texts = Article.objects.filter(slug=OuterRef("slug"))
        own_or_shown = texts.filter(Q(pk=OuterRef("article")) | Q(pk__in=Article.objects.published()))
        return self.exclude(Exists(own_or_shown))


class FormerSlug(models.Model):
    """A slug under which an article was published: its old addresses lead to the present one.

    The present one is among them; they are remembered by `derivations`.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="former_slugs")
    slug = models.SlugField(max_length=100, unique=True)

    objects = FormerSlugQuerySet.as_manager()

    class Meta:
        verbose_name = "redirect to a text"
        verbose_name_plural = "redirects to texts"

    def __str__(self):
        return self.slug
