"""Pages as they would be: made from what stands in a form of the admin, and never saved."""

from copy import copy

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import all_valid
from django.http import QueryDict
from django.template.response import TemplateResponse
from django.urls import path, resolve, reverse

from therapydir.pages.paths import Gone, Missing, Moved


class Previewed:
    """A mixin for the admin of records with a page: a button that shows it with what stands in the form."""

    def get_urls(self):
        name, view = self._preview_name(), self.admin_site.admin_view(self.preview_view)
        return [
            path("add/preview/", view, name=f"{name}_new"),
            path("<path:object_id>/change/preview/", view, name=name),
            *super().get_urls(),
        ]

    def _preview_name(self):
        return f"{self.opts.app_label}_{self.opts.model_name}_preview"

    def render_change_form(self, request, context, *, obj=None, **options):
        name = f"admin:{self._preview_name()}"
        address = reverse(name, args=[obj.pk]) if obj else reverse(f"{name}_new")
        query = request.GET.urlencode()
        if self.has_change_permission(request, obj) if obj else self.has_add_permission(request):
            context["preview_address"] = f"{address}?{query}" if query else address
        return super().render_change_form(request, context, obj=obj, **options)

    def preview_view(self, request, object_id=None):
        """What visitors would see. It is saved, looked at and taken back, all in one transaction."""
        record = self.get_object(request, unquote(object_id)) if object_id else None
        may = self.has_change_permission(request, record) if record else self.has_add_permission(request)
        if request.method != "POST" or not may or (object_id and not record):
            raise PermissionDenied
        return self.preview_of(request, self.bound_form(request, record))

    def bound_form(self, request, record):
        """The form of a record, or of a new one, with what was sent."""
        fields = flatten_fieldsets(self.get_fieldsets(request, record))
        form = self.get_form(request, record, change=bool(record), fields=fields)
        return form(request.POST, instance=record)

    def preview_of(self, request, form):
        """The page of what is in a form, or what keeps it from being shown."""
        form.is_only_shown = True  # nothing is asked
        with transaction.atomic():
            self.before_writing()
            formsets, _ = self._create_formsets(request, form.instance, change=bool(form.instance.pk))
            if form.errors or not all_valid(formsets):
                errors = [error for one in (form, *formsets) for error in _errors(one)]
                return self.no_preview(request, errors)
            form.save()
            for formset in formsets:
                formset.save()
            try:
                return page_of(request, self.made_visible(form.instance))
            except (Moved, Gone, Missing):
                return self.no_preview(request, ["Its page shows nothing at its own address."])
            finally:
                transaction.set_rollback(True)

    def before_writing(self):
        """What makes other writers wait, where there is something."""

    def made_visible(self, record):
        """The record, where a page of it shows; within the transaction that is taken back."""
        for one in (record, getattr(record, "state", None)):
            if hasattr(one, "is_published") and not one.is_published:
                one.is_published = True
                one.save()
        return record

    def no_preview(self, request, errors):
        context = {
            **self.admin_site.each_context(request),
            "title": "It cannot be shown yet",
            "errors": errors,
        }
        return TemplateResponse(request, "admin/no_preview.html", context)


def _errors(form):
    """Sentences that begin with the name of the box."""
    if not hasattr(form, "fields"):  # a set of forms
        return [*form.non_form_errors(), *(error for one in form.forms for error in _errors(one))]
    return [
        f"{form.fields[name].label}: {error}" if name in form.fields else error
        for name, errors in form.errors.items()
        for error in errors
    ]


def page_of(request, record):
    """The page of a record as a visitor gets it, with a note that it is a preview."""
    address = record.get_absolute_url().partition("#")[0]
    asked = copy(request)
    asked.method, asked.path, asked.path_info = "GET", address, address
    asked.GET, asked.POST, asked.user = QueryDict(), QueryDict(), AnonymousUser()
    asked.preview_note = "This is a preview. Nothing of it is saved."
    match = asked.resolver_match = resolve(address)
    response = match.func(asked, *match.args, **match.kwargs)
    if hasattr(response, "render"):
        response.render()
    return private(response)


def private(response):
    """The response, for who asked alone: kept nowhere, listed nowhere, and its address told to nobody."""
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
