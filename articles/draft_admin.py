"""The admin's part in drafts: texts are written in private, reviewed, and published by who may."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from articles.drafting import SHOWN_FOR, day_of, draft_of, preview, preview_token, save_draft
from articles.models import Article, Draft
from therapydir.history.differences import words_compared
from therapydir.history.editing import Remembered, say_done
from therapydir.history.models import Batch
from therapydir.history.recording import recorded
from therapydir.pages.editing import GuardedAdmin
from therapydir.unsaved.editing import SHOWS_AGAIN

WRITING = ("_draft", "_submit", "_send_back", "_discard")  # the buttons that publish nothing


class Drafted:
    """A mixin for the admin of texts: what is published changes only when somebody who may publishes it.

    Whoever may change articles publishes and withdraws them; whoever may change drafts writes, and submits
    what they wrote for review.
    """

    change_form_template = "admin/articles/article/change_form.html"
    grave_buttons = (*Remembered.grave_buttons, "_discard")

    def may_publish(self, request):
        return request.user.has_perm("articles.change_article")

    def may_restore(self, request, record):
        return self.may_publish(request)

    def has_add_permission(self, request):
        return request.user.has_perm("articles.add_article") or request.user.has_perm("articles.add_draft")

    def has_change_permission(self, request, obj=None):
        return self.may_publish(request) or request.user.has_perm("articles.change_draft")

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) or self.has_change_permission(request, obj)

    def _may_write(self, request, article):
        return self.has_change_permission(request, article) if article else self.has_add_permission(request)

    def get_urls(self):
        name, view = "articles_article", self.admin_site.admin_view
        return [
            path("<int:pk>/withdraw/", view(self.withdraw_view), name=f"{name}_withdraw"),
            path("<int:pk>/difference/", view(self.difference_view), name=f"{name}_difference"),
            *super().get_urls(),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.draft = draft_of(obj, request.GET.get("draft", ""))
        return form

    def page_of(self, request, object_id):
        draft = None if object_id else draft_of(None, request.GET.get("draft", ""))
        return (Draft, draft.pk) if draft else super().page_of(request, object_id)

    def render_change_form(self, request, context, *, obj=None, **options):
        draft = context["adminform"].form.draft
        shown = draft or (obj if obj and not obj.is_visible else None)
        context |= {
            "draft": draft,
            "may_publish": self.may_publish(request),
            "may_write": self.has_change_permission(request, obj)
            if obj
            else self.has_add_permission(request),
        }
        if shown:
            link = reverse("articles:preview", args=[preview_token(shown)])
            context |= {
                "preview_link": settings.SITE_URL + link,
                "shown_until": day_of(timezone.now() + SHOWN_FOR),
            }
        return super().render_change_form(request, context, obj=obj, **options)

    def posted(self, request, object_id, form_url, context):
        pressed = next((name for name in WRITING if name in request.POST), None)
        if pressed is None and not self.may_publish(request):
            raise PermissionDenied
        if pressed == "_send_back" and not self.may_publish(request):
            raise PermissionDenied
        if pressed:
            if response := self._written(request, object_id, pressed):
                return response
            request.POST = request.POST.copy()
            request.POST[SHOWS_AGAIN] = "yes"  # and nothing is saved by whatever else was pressed
        return super().posted(request, object_id, form_url, context)

    def save_model(self, request, obj, form, change):
        if not self.may_publish(request):
            raise PermissionDenied
        super().save_model(request, obj, form, change)
        if form.draft:
            form.draft.delete()

    def _written(self, request, object_id, pressed):
        """The answer to who writes; None where a colleague changed the same, which the form shows."""
        article = self.get_object(request, object_id) if object_id else None
        if not self._may_write(request, article) or (object_id and not article):
            raise PermissionDenied
        form = self.bound_form(request, article)
        if pressed == "_discard":
            return self._discarded(request, form, article)
        form.is_draft = True
        form.full_clean()
        if form.conflicts:
            return None
        problems = form.problems()
        draft = save_draft(form, article, request.user.get_username())
        request.is_saved = True
        self._reviewed(request, draft, pressed, problems)
        self._tell(request, form, draft, pressed, problems)
        return HttpResponseRedirect(address_of(draft))

    def _reviewed(self, request, draft, pressed, problems):
        """Move a draft into review, or out of it."""
        if pressed == "_submit" and not problems:
            draft.submitted_by, draft.note = request.user.get_username(), ""
        elif pressed == "_send_back":
            draft.submitted_by, draft.note = "", request.POST.get("_note", "").strip()[:300]
        else:
            return
        draft.save()

    def _tell(self, request, form, draft, pressed, problems):
        said = "Saved as a draft. Nobody sees it on the site until it is published."
        if pressed == "_submit" and not problems:
            said = "Submitted: who may publish it finds it among the drafts."
        elif pressed == "_send_back":
            said = "Sent back to be worked on."
        messages.success(request, said)
        if problems:
            words = "It is not submitted yet" if pressed == "_submit" else "It cannot be published yet"
            problems = " · ".join(problems)
            messages.warning(request, f"{words}. {problems}")
        if form.kept:
            names = ", ".join(f"“{form.fields[name].label}”" for name in form.kept)
            messages.info(request, f"Kept as somebody else saved it while you were editing: {names}.")

    def _discarded(self, request, form, article):
        if form.draft:
            form.draft.delete()
        request.is_saved = True
        messages.success(
            request, "The draft is thrown away. Its history, from where it can be put back, stays."
        )
        name = "change" if article else "changelist"
        return HttpResponseRedirect(
            reverse(f"admin:articles_article_{name}", args=[article.pk] if article else [])
        )

    def preview_of(self, request, form):
        """What stands in the form, as visitors would see it; what is unsound is left as it was."""
        form.is_draft = form.is_only_shown = True
        form.full_clean()
        return preview(request, form.drafted(), "This is a preview. Nothing of it is published.")

    def difference_view(self, request, pk):
        """What would change for visitors if the draft were published."""
        article = get_object_or_404(Article.objects.select_related("draft"), pk=pk)
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        form = self.get_form(request, article, change=True)(instance=article)
        lines = [
            (form.fields[name].label, words_compared(_text(form, name, before), _text(form, name, after)))
            for name, before, after in form.differences()
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": f"What the draft of “{article}” would change",
            "lines": lines,
            "draft": form.draft,
            "original": article,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/articles/article/difference.html", context)

    def withdraw_view(self, request, pk):
        """Ask, and take a page off the site: its address then says that it is gone."""
        article = get_object_or_404(Article, pk=pk)
        if not self.may_publish(request):
            raise PermissionDenied
        if request.method == "POST":
            with recorded(Batch.By.ACTION, who=request.user.get_username()) as made:
                article.status = Article.Status.WITHDRAWN
                article.save(update_fields=["status"])
            say_done(request, made[0] if made else None, f"“{article}” is withdrawn.")
            return HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk]))
        after = Article(
            **{field.attname: getattr(article, field.attname) for field in Article._meta.concrete_fields}
        )
        after.status = Article.Status.WITHDRAWN
        context = {
            **self.admin_site.each_context(request),
            "title": f"Withdraw “{article}”",
            "said": self.consequences(after, article),
            "original": article,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/articles/article/withdraw.html", context)

    @admin.display(description="draft")
    def draft_standing(self, article):
        draft = getattr(article, "draft", None)
        return standing_of(draft) if draft else ""


def _text(form, name, value):
    value = form.fields[name].prepare_value(value)
    return "" if value is None else str(value)


def address_of(draft):
    """Where a draft is written: the form of its text, or one for a new text with the draft in it."""
    if draft.article_id:
        return reverse("admin:articles_article_change", args=[draft.article_id])
    return f"{reverse('admin:articles_article_add')}?{urlencode({'draft': draft.pk})}"


def standing_of(draft):
    return f"In review, submitted by {draft.submitted_by}" if draft.is_in_review else "Being written"


class InReviewFilter(admin.SimpleListFilter):
    title = "standing"
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [("review", "In review"), ("written", "Being written")]

    def queryset(self, request, queryset):
        if self.value() == "review":
            return queryset.exclude(submitted_by="")
        return queryset.filter(submitted_by="") if self.value() == "written" else queryset


@admin.register(Draft)
class DraftAdmin(Remembered, GuardedAdmin):
    """What is being written: each leads to the form in which it is."""

    list_display = ["title_or_none", "of", "standing", "author", "changed_at"]
    list_filter = [InReviewFilter, "author"]
    list_select_related = ["article"]
    search_fields = ["title"]

    def has_delete_permission(self, request, obj=None):
        return False  # thrown away in its form, where it can be put back

    def add_view(self, request, form_url="", extra_context=None):
        return HttpResponseRedirect(reverse("admin:articles_article_add"))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        draft = self.get_object(request, object_id)
        if draft is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(address_of(draft))

    @admin.display(description="title", ordering="title")
    def title_or_none(self, draft):
        return str(draft)

    @admin.display(description="of")
    def of(self, draft):
        if draft.article is None:
            return "A new text"
        return "A live text" if draft.article.is_visible else "A text that is not live"

    @admin.display(description="standing")
    def standing(self, draft):
        return standing_of(draft)
