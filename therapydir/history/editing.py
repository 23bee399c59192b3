"""The admin's part in what is remembered: who saved what, how it reads beside what was there, and Undo."""

from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from therapydir.derived.catching_up import catch_up, one_writer_at_a_time, outstanding
from therapydir.history.differences import differences_of_each, words_marked
from therapydir.history.models import Batch
from therapydir.history.recording import recorded, tie_what_was_left
from therapydir.history.undoing import NotUndone, restore, versions_of
from therapydir.unsaved.editing import KeepsTyped

SHOWN = 50  # changes on one page of a record's history


class Remembered(KeepsTyped):
    """A mixin for the admin of content: what a form or an action saves is in step, and can be undone.

    What somebody changed by SQL and did not work off, the next who looks at a list works off.
    """

    object_history_template = "admin/record_history.html"
    grave_buttons = ("confirmed",)  # after which it is told how to take it back

    def changeform_view(self, request, *args, **kwargs):
        is_grave = any(request.POST.get(name) for name in self.grave_buttons)
        with self._recorded(request, Batch.By.FORM, is_grave=is_grave):
            return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        if request.method == "GET" and outstanding():
            count = catch_up()
            messages.info(request, f"{count:,} changes from elsewhere were worked off just now.")
        with self._recorded(request, Batch.By.ACTION, is_grave=True):
            return super().changelist_view(request, *args, **kwargs)

    @contextmanager
    def _recorded(self, request, by, *, is_grave):
        """Remember what a POST changes; after what is grave, or about many, tell how to take it back."""
        if request.method != "POST":
            yield
            return
        with recorded(by, who=request.user.get_username()) as made:
            yield
        if made and is_grave:
            say_done(request, made[0])

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.who_changed, form.compared = staticmethod(who_changed), staticmethod(words_marked)
        return form

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        view = self.admin_site.admin_view(self.restore_view)
        return [path("<path:object_id>/history/<int:batch>/restore/", view, name=name), *super().get_urls()]

    def history_view(self, request, object_id, extra_context=None):
        """What became of a record, the latest first, as differences."""
        record = self.get_object(request, object_id)
        if record is None:
            return super().history_view(request, object_id, extra_context)
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        tie_what_was_left()
        versions = versions_of(self.model, record.pk)
        batches = Batch.objects.filter(pk__in=versions.values("batch")).prefetch_related("undoings__undoings")
        batches = list(batches[:SHOWN])
        since = versions.filter(batch__gte=batches[-1]) if batches else versions.none()
        found = differences_of_each(since.order_by("pk"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"What became of {record}",
            "changes": [(batch, found[batch.pk]) for batch in batches if batch.pk in found],
            "object": record,
            "module_name": str(self.opts.verbose_name_plural).capitalize(),
            "opts": self.opts,
            "may_change": self.may_restore(request, record),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def before_writing(self):
        one_writer_at_a_time()

    def may_restore(self, request, record):
        return self.has_change_permission(request, record)

    def restore_view(self, request, object_id, batch):
        """Make the record as it was before that change; what came since stays in its history."""
        record = self.get_object(request, object_id)
        change = Batch.objects.filter(pk=batch).first()
        if record is None or change is None or not versions_of(self.model, record.pk).filter(batch=change):
            raise Http404
        if request.method != "POST" or not self.may_restore(request, record):
            raise PermissionDenied
        try:
            done = restore(self.model, record.pk, change, request.user.get_username())
        except NotUndone as error:
            messages.error(request, str(error))
        else:
            say_done(request, done, "It is as it was before that change.")
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_history"
        return HttpResponseRedirect(reverse(name, args=[record.pk]))


def who_changed(record):
    """Who changed a record last, and when: the beginning of a sentence."""
    last = Batch.objects.filter(pk__in=versions_of(type(record), record.pk).values("batch")).first()
    if last is None:
        return "Somebody else"
    return f"{last.who or 'Somebody else'} ({date_format(localtime(last.at), 'TIME_FORMAT')})"


def say_done(request, batch, sentence=""):
    """Tell what was done, with the way to take it back."""
    if batch is None:
        messages.info(request, "It was so already: nothing is changed.")
        return
    address = reverse("admin:therapydir_batch_change", args=[batch.pk])
    link = format_html('<a href="{}">See what was changed, or undo it</a>', address)
    messages.success(request, format_html("{} {}", sentence, link))
