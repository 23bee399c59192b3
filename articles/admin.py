from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Max
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import localize
from django.utils.timezone import localtime

from articles import consequences
from articles.draft_admin import Drafted
from articles.forms import ArticleForm, ConcernForm
from articles.models import Article, Concern, FormerSlug, Owner, WarningSign
from articles.models.articles import CIRCLES
from articles.paths import is_gone_without
from articles.redirects import TextRedirectForm
from therapydir.history.editing import Remembered
from therapydir.pages.editing import PageAdmin
from therapydir.pages.redirects import RedirectAdmin


@admin.register(Article)
class ArticleAdmin(Drafted, Remembered, PageAdmin):
    form = ArticleForm
    consequences = staticmethod(consequences.of_article)
    list_display = ["title", "section", "standing", "draft_standing", "reviewed_at", "content_changed_at"]
    list_select_related = ["draft"]
    list_filter = ["section", "status", "is_explainer"]
    search_fields = ["title", "summary", "body"]
    date_hierarchy = "published_at"
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["content_changed_at", "old_paths", "standing"]
    formfield_overrides = {
        models.CharField: {"widget": AdminTextInputWidget(attrs={"class": "vLargeTextField"})},
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 5})},
    }
    fieldsets = [
        (None, {"fields": ["title", "short_title", "section", "slug", "old_paths", "summary", "body"]}),
        (
            "Publishing",
            {
                "fields": [
                    "standing",
                    "published_at",
                    "expires_at",
                    "is_explainer",
                    "position",
                    "content_changed_at",
                ]
            },
        ),
        (
            "Review",
            {
                "fields": ["reviewed_by", "reviewed_at"],
                "description": "Only of a review that took place: a licensed therapist, by name and license.",
            },
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "section"] if obj else self.readonly_fields

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if obj.is_explainer and (lost := circles_without_section(obj)):
            messages.warning(
                request,
                f"The two circles lead to headings which this text no longer has: {', '.join(lost)}. "
                "Until it has them again, those parts lead to its beginning.",
            )
        lost = concerns_without_section(obj) if obj.is_explainer else []
        if lost:
            words = ", ".join(f"“{concern}”" for concern in lost)
            messages.warning(
                request,
                f"Lines of the guide that lead to a part of this text which it no longer has: {words}. "
                "They now lead to its beginning: choose another part for them.",
            )

    @admin.display(description="standing", ordering="published_at")
    def standing(self, article):
        if article.status != Article.Status.PUBLISHED:
            return article.get_status_display() if article.pk else "New"
        if article.has_expired:
            return f"Expired {localize(localtime(article.expires_at))}"
        if not article.is_visible:
            return f"Will appear {localize(localtime(article.published_at))}"
        until = f", until {localize(localtime(article.expires_at))}" if article.expires_at else ""
        return f"Live{until}"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "body":
            field.widget.attrs["rows"] = 40
        return field

    @admin.display(description="old addresses")
    def old_paths(self, article):
        return ", ".join(sorted(str(slug) for slug in article.former_slugs.old())) or "none"


def circles_without_section(explainer):
    """What the headings that the circles lead to are called, where the explainer lacks them."""
    ids = {heading.id for heading in explainer.rendered.headings}
    return [f"“{section.replace('-', ' ')}”" for section in CIRCLES.values() if section not in ids]


def concerns_without_section(explainer):
    """The guide's published lines that lead to a heading which the explainer does not have."""
    ids = {heading.id for heading in explainer.rendered.headings}
    return list(Concern.objects.published().exclude(section="").exclude(section__in=ids))


class GuideLineAdmin(Remembered, PageAdmin):
    prepopulated_fields = {"slug": ["text"]}
    readonly_fields = ["content_changed_at"]
    formfield_overrides = {
        models.CharField: {"widget": AdminTextInputWidget(attrs={"class": "vLargeTextField"})},
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
    }

    def get_readonly_fields(self, request, obj=None):
        # Answers that people saved name their lines by it.
        return [*self.readonly_fields, "slug"] if obj else self.readonly_fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def get_changeform_initial_data(self, request):
        last = self.model.objects.aggregate(last=Max("position"))["last"] or 0
        return {"position": last + 10, **super().get_changeform_initial_data(request)}


@admin.register(Concern)
class ConcernAdmin(GuideLineAdmin):
    form = ConcernForm
    list_display = ["text", "group", "points_to", "is_published", "position"]
    list_filter = ["group", "points_to", "is_published"]
    search_fields = ["text", "why"]
    fields = [
        "text",
        "slug",
        "group",
        "points_to",
        "why",
        "section",
        "doctor_first",
        "position",
        "is_published",
        "content_changed_at",
    ]


@admin.register(WarningSign)
class WarningSignAdmin(GuideLineAdmin):
    """New ones begin off the guide: what they say is grave, and to be looked at before anybody reads it."""

    consequences = staticmethod(consequences.of_warning_sign)
    list_display = ["text", "urgency", "is_published", "position"]
    list_filter = ["urgency", "is_published"]
    search_fields = ["text", "advice"]
    fields = [
        "text",
        "slug",
        "urgency",
        "advice",
        "source_name",
        "source_url",
        "also_source_name",
        "also_source_url",
        "position",
        "is_published",
        "content_changed_at",
    ]

    def get_changeform_initial_data(self, request):
        return {**super().get_changeform_initial_data(request), "is_published": False}


@admin.register(Owner)
class OwnerAdmin(Remembered, PageAdmin):
    readonly_fields = ["content_changed_at"]
    fields = ["publisher", "contact", "hosting", "content_changed_at"]

    def has_add_permission(self, request):
        return False  # there is one owner, and its row was made with the table

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        owner, _ = Owner.objects.get_or_create(pk=Owner.ONLY)
        address = reverse("admin:articles_owner_change", args=[owner.pk])
        return HttpResponseRedirect(address)


@admin.register(FormerSlug)
class FormerSlugAdmin(RedirectAdmin, Remembered, admin.ModelAdmin):
    form = TextRedirectForm
    fields = ["old_address", "article"]
    list_select_related = ["article"]
    search_fields = ["slug", "article__title"]
    ordering = ["slug"]

    def path(self, redirect):
        is_about = redirect.article.section == Article.Section.ABOUT
        return reverse("articles:about_page" if is_about else "articles:detail", args=[redirect.slug])

    def target(self, redirect):
        return redirect.article

    is_gone_without = staticmethod(is_gone_without)
