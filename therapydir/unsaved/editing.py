"""The admin's part in what was typed and not saved: kept while one types, and put back into the form."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import path, reverse

from therapydir.unsaved.open_forms import FIELD, Ticket, as_data, forget, note, open_at, time_of

SHOWS_AGAIN = "_shows_again"  # among what was typed, of a form that is not to be saved


class KeepsTyped:
    """A mixin for the admin: nothing that somebody types into a form is lost before it is saved.

    While one types, the page sends it here (`static/js/editing.js`). It stands in the form again when that
    person opens the page the next time, until it is saved or thrown away.
    """

    @property
    def media(self):
        return super().media + forms.Media(js=["js/editing.js"])

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_unsaved"
        view = self.admin_site.admin_view(self.unsaved_view)
        return [
            path("add/unsaved/", view, name=f"{name}_new"),
            path("<path:object_id>/change/unsaved/", view, name=name),
            *super().get_urls(),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.is_only_shown = SHOWS_AGAIN in request.POST
        return form

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        request.is_saved = True

    def _changeform_view(self, request, object_id, form_url, extra_context):
        context = extra_context or {}
        if request.method == "POST":
            return self._keeping(request, object_id, form_url, context)
        try:
            model, key = self.page_of(request, object_id)
        except ValidationError:  # no such page, as Django says
            return super()._changeform_view(request, object_id, form_url, context)
        taken, others = open_at(request.user, model, key)
        if not (self.has_change_permission(request) if object_id else self.has_add_permission(request)):
            taken = None  # no longer theirs to save
        context |= {
            "open_form": Ticket.new(request.user, model, key, taken),
            "unsaved_address": self._unsaved_address(request, object_id),
            "others": others,
        }
        if taken is None:
            return super()._changeform_view(request, object_id, form_url, context)
        context["unsaved"] = time_of(taken.typed_at)
        return self._shown_again(request, taken.typed, object_id, form_url, context)

    def _keeping(self, request, object_id, form_url, context):
        """Save what was posted; what cannot be saved as it is stays in the form, and here."""
        ticket = Ticket.read(request.POST.get(FIELD))
        if ticket and ticket.who == request.user.pk:
            context |= {"open_form": ticket, "unsaved_address": self._unsaved_address(request, object_id)}
        else:
            ticket = None
        response = self.posted(request, object_id, form_url, context)
        if ticket and getattr(request, "is_saved", False):
            forget(ticket)
        elif ticket:
            note(ticket, request.POST)
        return response

    def _shown_again(self, request, typed, object_id, form_url, context):
        """The form as it would be after it was sent, and could not be saved."""
        data = as_data(typed)
        data[SHOWS_AGAIN] = "yes"
        request.method, request.POST = "POST", data
        try:
            return super()._changeform_view(request, object_id, form_url, context)
        finally:
            request.method = "GET"

    def page_of(self, request, object_id):
        """(model, primary key) of the record of a form; no key for one that is still to be added."""
        return self.model, self.opts.pk.to_python(unquote(object_id)) if object_id else None

    def posted(self, request, object_id, form_url, context):
        """Save what was posted."""
        return super()._changeform_view(request, object_id, form_url, context)

    def _unsaved_address(self, request, object_id):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_unsaved"
        address = reverse(name, args=[object_id]) if object_id else reverse(f"{name}_new")
        query = request.GET.urlencode()
        return f"{address}?{query}" if query else address

    def unsaved_view(self, request, object_id=None):
        """Keep what is typed, told by a script every few seconds; or throw it away, told by a button."""
        ticket = Ticket.read(request.POST.get(FIELD))
        if request.method != "POST" or not ticket or ticket.who != request.user.pk:
            raise PermissionDenied
        if "_throw_away" in request.POST:
            forget(ticket)
            messages.info(request, "What you had typed is thrown away.")
            return HttpResponseRedirect(request.get_full_path().replace("/unsaved/", "/", 1))
        form = note(ticket, request.POST if "_typed" in request.POST else None)
        _, others = open_at(request.user, *self.page_of(request, object_id))
        return JsonResponse({"kept": time_of(form.seen_at), "others": others})
