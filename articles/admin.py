from dataclasses import replace

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.timezone import localtime, now

from articles.models import Article
from articles.pages import article_page
from therapydir.admin import PageAdmin


@admin.register(Article)
class ArticleAdmin(PageAdmin):
    list_display = ["title", "standing", "reviewed_at", "content_changed_at"]
    list_filter = ["status", "is_explainer"]
    search_fields = ["title", "summary", "body"]
    date_hierarchy = "published_at"
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["content_changed_at", "old_addresses", "preview_link"]
    formfield_overrides = {
        models.CharField: {"widget": AdminTextInputWidget(attrs={"class": "vLargeTextField"})},
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 5})},
    }
    fieldsets = [
        (None, {"fields": ["title", "short_title", "slug", "old_addresses", "summary", "body"]}),
        (
            "Publishing",
            {"fields": ["preview_link", "status", "published_at", "is_explainer", "content_changed_at"]},
        ),
        (
            "Review",
            {
                "fields": ["reviewed_by", "reviewed_at"],
                "description": "Only of a review that took place: a licensed therapist, by name and license.",
            },
        ),
    ]

    def get_urls(self):
        preview = self.admin_site.admin_view(self.preview)
        return [path("<int:pk>/preview/", preview, name="articles_article_preview"), *super().get_urls()]

    def preview(self, request, pk):
        """The article as visitors will see it, whatever its status; for editors' eyes only."""
        article = get_object_or_404(Article, pk=pk)
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        article.published_at = article.published_at or now()
        page = replace(article_page(article), is_indexable=False)
        return render(request, "articles/article_detail.html", {"article": article, "page": page})

    @admin.display(description="preview")
    def preview_link(self, article):
        if not article.pk:
            return "Save first; a draft is seen by nobody else."
        address = reverse("admin:articles_article_preview", args=[article.pk])
        return format_html('<a href="{}">As visitors will see what was last saved</a>', address)

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
