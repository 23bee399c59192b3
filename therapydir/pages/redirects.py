"""Old addresses in the admin of each kind of page: where they lead, adding one, and removing some."""

from urllib.parse import unquote, urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html

from therapydir.pages.editing import SoundInput, ask_first
from therapydir.pages.paths import canonical_spelling

NAMED = 20  # redirects, on the page that asks whether they are to go


def own_path(text):
    """The path in an address as it is typed or pasted, with or without a host.

    Raises `ValidationError` for an address of another site.
    """
    if "://" not in text:
        first = text.partition("/")[0]
        text = f"//{text}" if "." in first or ":" in first else f"/{text.lstrip('/')}"
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.netloc and not validate_host(split_domain_port(parts.netloc)[0], settings.ALLOWED_HOSTS):
        raise ValidationError(f"“{parts.netloc}” is on another site: only addresses of this one lead on.")
    return unquote(parts.path)


def _view_at(path):
    try:
        return resolve(canonical_spelling(path))
    except Resolver404:
        return None


def of_a_page(page, target):
    """Why an address cannot lead to the target if it is that of a page that shows; "" if there is none."""
    if page is None:
        return ""
    if page == target:
        return f"This is the address of {page} now, and cannot lead to itself."
    return f"{page} has its page at this address, so it cannot lead elsewhere."


def of_another(row, target):
    """Why an address cannot be added that leads somewhere already; "" for one of a withdrawn page."""
    if row.pk and type(row).objects.old().filter(pk=row.pk).exists():
        return f"This address leads to {target} already. Remove that redirect first."
    return ""


class OldAddressForm(forms.ModelForm):
    """Adds an old address.

    `KIND`, `EXAMPLE` and `VIEWS` say of what it is, how it is written, and which views answer there, `TARGET`
    is the field with what it leads to. `row_at(parts)` is the row for what such a view is given, or a new
    one; `refusal(row, target)` says why that cannot lead there, "" if it can.
    """

    old_address = forms.CharField(
        label="Old address",
        widget=AdminTextInputWidget(attrs={"class": "vLargeTextField", "autocomplete": "off"}),
    )

    KIND, EXAMPLE, VIEWS, TARGET = "", "", (), ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["old_address"].help_text = f"Typed or pasted, like {self.EXAMPLE}"

    def clean_old_address(self):
        found = _view_at(own_path(self.cleaned_data["old_address"]))
        if found is None or found.view_name not in self.VIEWS:
            raise ValidationError(f"This is not the address of a {self.KIND}. Write it like {self.EXAMPLE}.")
        row = self.row_at(found.kwargs)
        longest = row._meta.get_field("slug").max_length
        if len(row.slug) > longest:
            raise ValidationError(f"The last part of this address is too long: {longest} letters at most.")
        return row

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            self.instance = cleaned["old_address"]
            if words := self.refusal(self.instance, cleaned[self.TARGET]):
                self.add_error("old_address", words)
        return cleaned


class RedirectAdmin(SoundInput):
    """A mixin for the admin of old addresses: what is in use now, in the same table, is not among them.

    They are added and removed, not changed. Of a redirect, `path()` is the old address, `target()` the record
    that it leads to, and `is_gone_without()` whether a withdrawn page answers there once it is removed.
    """

    list_display = ["old_address", "leads_to"]
    list_display_links = None
    list_per_page = 50
    show_full_result_count = False
    search_help_text = "A part of the old address, or the name of what it leads to"
    actions = ["remove"]
    AND_BELOW = ""

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_queryset(self, request):
        return super().get_queryset(request).old()

    def get_search_results(self, request, queryset, search_term):
        last = search_term.strip().strip("/").rpartition("/")[2]
        return super().get_search_results(request, queryset, last)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False  # but by the action, which says what then answers

    def has_remove_permission(self, request):
        return super().has_delete_permission(request)

    @admin.display(description="old address", ordering="slug")
    def old_address(self, redirect):
        path = self.path(redirect)
        return format_html('<a href="{}">{}</a>{}', path, path, self.AND_BELOW)

    @admin.display(description="leads to")
    def leads_to(self, redirect):
        target = self.target(redirect)
        if not target.is_visible:
            return f"Nowhere: {target} is not on the site"
        return format_html('<a href="{}">{}</a>', target.get_absolute_url(), target)

    def history_view(self, request, object_id, extra_context=None):
        """What became of a redirect stands in the history of what it leads to."""
        if (redirect := self.get_object(request, object_id)) is None:
            return super().history_view(request, object_id, extra_context)
        target = self.target(redirect)
        name = f"admin:{target._meta.app_label}_{target._meta.model_name}_history"
        return HttpResponseRedirect(reverse(name, args=[target.pk]))

    @admin.action(description="Remove the selected redirects", permissions=["remove"])
    def remove(self, request, redirects):
        """Remove them, after the page that asks."""
        rows = list(redirects)
        words = f"{len(rows):,} redirect{'' if len(rows) == 1 else 's'}"
        if request.POST.get("confirmed") != "yes":
            return ask_first(
                self,
                request,
                action="remove",
                button=f"Remove {words}",
                words="Links to these addresses, on other sites and in search engines, would lead nowhere.",
                shown=[self._what_becomes(row) for row in rows[:NAMED]],
                more=max(len(rows) - NAMED, 0),
            )
        self.log_deletions(request, redirects)
        self.model.objects.filter(pk__in=[row.pk for row in rows]).delete()
        verb = "is" if len(rows) == 1 else "are"
        self.message_user(request, f"{words} {verb} removed.", messages.SUCCESS)
        return None

    def _what_becomes(self, redirect):
        target, then = self.target(redirect), "there is no such page (404)"
        if self.is_gone_without(redirect):
            then = "it says that the page is gone (410)"
        now = f"leads to {target.get_absolute_url()} now" if target.is_visible else "leads nowhere now"
        return f"{self.path(redirect)}{self.AND_BELOW} {now}. Then {then}."
