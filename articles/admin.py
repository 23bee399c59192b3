from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db import models
from django.utils.formats import localize
from django.utils.timezone import localtime

from articles.models import Article
from therapydir.admin import PageAdmin


@admin.register(Article)
class ArticleAdmin(PageAdmin):
    list_display = ["title", "standing", "reviewed_at", "content_changed_at"]
    list_filter = ["status", "is_explainer"]
    search_fields = ["title", "summary", "body"]
    date_hierarchy = "published_at"
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["content_changed_at", "old_addresses"]
    formfield_overrides = {
        models.CharField: {"widget": AdminTextInputWidget(attrs={"class": "vLargeTextField"})},
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 5})},
    }
    fieldsets = [
        (None, {"fields": ["title", "short_title", "slug", "old_addresses", "summary", "body"]}),
        ("Publishing", {"fields": ["status", "published_at", "is_explainer", "content_changed_at"]}),
        (
            "Review",
            {
                "fields": ["reviewed_by", "reviewed_at"],
                "description": "Only of a review that took place: a licensed therapist, by name and license.",
            },
        ),
    ]

    @admin.display(description="standing", ordering="published_at")
    def standing(self, article):
        if article.status == Article.Status.PUBLISHED and not article.is_visible:
            return f"Will appear {localize(localtime(article.published_at))}"
        return "Live" if article.is_visible else article.get_status_display()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "body":
            field.widget.attrs["rows"] = 40
        return field

    @admin.display(description="old addresses")
    def old_addresses(self, article):
        return ", ".join(sorted(str(slug) for slug in article.former_slugs.all())) or "none"
