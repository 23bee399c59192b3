"""What everybody changed, in the admin."""

from itertools import islice

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from therapydir.history.differences import differences
from therapydir.history.editing import say_done
from therapydir.history.keeping import kept
from therapydir.history.models import Batch
from therapydir.history.recording import tie_what_was_left
from therapydir.history.undoing import NotUndone, undo
from therapydir.pages.editing import ReadOnly, SoundInput

MOST_READ, MOST_SHOWN = 2000, 200  # rows of one change that are compared, and shown


@admin.register(Batch)
class BatchAdmin(ReadOnly, SoundInput, admin.ModelAdmin):
    """What everybody changed, the latest first: who may change such records may undo it."""

    list_display = ["what", "at", "who", "by", "why", "standing"]
    list_filter = ["by", ("at", admin.DateFieldListFilter), "who"]
    search_fields = ["what", "why", "who"]
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "admin/change_of_everybody.html"
    fields = ["what", "at", "who", "by", "why"]
    actions = None

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("undoings__undoings")

    def get_urls(self):
        view = self.admin_site.admin_view(self.undo_view)
        return [path("<int:pk>/undo/", view, name="therapydir_batch_undo"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        tie_what_was_left()
        return super().changelist_view(request, {"title": "What everybody changed", **(extra_context or {})})

    @admin.display(description="standing")
    def standing(self, batch):
        return "undone" if batch.is_undone else ""

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if batch := self.get_object(request, object_id):
            found = list(islice(differences(batch.versions.order_by("pk")[:MOST_READ]), MOST_SHOWN))
            extra_context = {
                "title": batch.what,
                "subtitle": None,
                "differences": found,
                "more": max(batch.versions.count() - len(found), 0) if len(found) >= MOST_SHOWN else 0,
                "may_undo": found and not batch.is_undone and self._may_undo(request, batch),
                **(extra_context or {}),
            }
        return super().change_view(request, object_id, form_url, extra_context)

    @staticmethod
    def _may_undo(request, batch):
        """Whether somebody may change all that it changed, by forms."""
        tables = batch.versions.order_by().values_list("table", flat=True).distinct()
        models = {kept()[table].owner_model for table in tables if table in kept()}
        names = [(model._meta.app_label, get_permission_codename("change", model._meta)) for model in models]
        return all(request.user.has_perm(f"{app}.{name}") for app, name in names)

    def undo_view(self, request, pk):
        """Take a change back, all of it or nothing."""
        batch = get_object_or_404(Batch, pk=pk)
        if request.method != "POST" or not self._may_undo(request, batch):
            raise PermissionDenied
        try:
            done = undo(batch, request.user.get_username())
        except NotUndone as error:
            messages.error(request, str(error))
        else:
            say_done(request, done, "It is as it was before.")
        return HttpResponseRedirect(reverse("admin:therapydir_batch_change", args=[pk]))
