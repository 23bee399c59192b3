"""What the admin of every kind of page has in common."""

import hashlib

from django import forms
from django.contrib import admin


def fingerprint(record):
    """A digest of all that a change form shows of a record and of its inline rows."""
    values = [(name, _plain(value)) for name, value in sorted(forms.model_to_dict(record).items())]
    values += [list(getattr(record, name).order_by("pk").values_list()) for name in record.INLINE_ROWS]
    return hashlib.sha256(repr(values).encode()).hexdigest()


def _plain(value):
    return sorted(related.pk for related in value) if isinstance(value, list) else str(value)


class PageForm(forms.ModelForm):
    """Refuses to overwrite what somebody else saved while the form was open."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = fingerprint(self.instance)

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk:
            self.instance.lock()
            stored = type(self.instance)._default_manager.get(pk=self.instance.pk)
            if self.cleaned_data.get("seen") != fingerprint(stored):
                raise forms.ValidationError(
                    "Somebody else saved this page while you were editing it, and nothing of yours is saved "
                    "yet: open it in a second window, copy your changes over, and save them there."
                )
        return cleaned


class PageAdmin(admin.ModelAdmin):
    """Change forms of records that have a page: save on top, and a link to the page if it shows."""

    form = PageForm
    save_on_top = True
    list_per_page = 50
    show_full_result_count = False

    def has_delete_permission(self, request, obj=None):
        """Nobody deletes a page here: withdrawn, its address goes on saying what became of it."""
        return False

    def get_view_on_site_url(self, obj=None):
        """The link to the page; none while it would lead to an error."""
        return super().get_view_on_site_url(obj) if obj is None or obj.is_visible else None

    def get_fieldsets(self, request, obj=None):
        (title, options), *others = super().get_fieldsets(request, obj)
        return [(title, {**options, "fields": [*options["fields"], "seen"]}), *others]
