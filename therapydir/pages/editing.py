"""What the admin of every kind of page has in common."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import DataError
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.html import format_html

from therapydir.pages.merging import as_text, digest_of, digests, from_text, value_of
from therapydir.pages.previewing import Previewed


class ReadOnly:
    """A mixin for the admin: what is written by the site alone, and is there to be read."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def ask_first(model_admin, request, *, action, button, **context):
    """The page that asks before an action on many records: its button does what it says.

    `words` say what becomes of them, `shown` are some of them, as they call themselves, and there are `more`.
    """
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": f"{button}?",
        "button": button,
        "action": action,
        "selected": request.POST.getlist("_selected_action"),
        "select_across": request.POST.get("select_across", "0"),
        "back": request.get_full_path(),
        **context,
    }
    return TemplateResponse(request, "admin/many_confirmation.html", context)


class SoundInput:
    """A mixin for the admin: what the address of a form or a list gives, and makes no sense, is left out."""

    def get_changeform_initial_data(self, request):
        fields = self.get_form(request).base_fields
        given = super().get_changeform_initial_data(request)
        return {
            name: value for name, value in given.items() if name in fields and _is_taken(fields[name], value)
        }

    def get_changelist_instance(self, request):
        try:
            return super().get_changelist_instance(request)
        except (OverflowError, ValueError, DataError) as error:
            raise IncorrectLookupParameters(error) from error

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, forms.NumberInput):
            # Boxes for numbers alone change when the wheel of a mouse passes over them.
            field.widget.input_type = "text"
            if isinstance(field, forms.IntegerField) and not isinstance(field, forms.FloatField):
                field.widget.attrs["inputmode"] = "numeric"
        return field


def _is_taken(field, value):
    try:
        field.clean(value)
    except (forms.ValidationError, OverflowError, ValueError):
        return False
    return True


class GuardedForm(forms.ModelForm):
    """Overwrites nothing that somebody else saved while the form was open, and asks before grave steps.

    What others changed in fields that one left alone stays theirs, and their names are in `kept`. A field
    that both changed shows both texts, and is saved the next time as it then stands in its box.

    `who_changed(record)` says who saved it last, and when; `compared(theirs, mine)` is HTML of their text.
    `consequences(record, before)` says in sentences what saving would take away; `before` is None for a
    new record. A box to check then appears, and everything that was typed stays.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    confirmed = forms.BooleanField(widget=forms.HiddenInput, required=False, label="Yes, do that")

    OWN = ("seen", "confirmed")
    is_only_shown = False  # with what was typed, and was not sent to be saved
    consequences = staticmethod(lambda record, before: [])
    who_changed = staticmethod(lambda record: "Somebody else")
    compared = staticmethod(lambda theirs, mine: theirs)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kept, self.conflicts = [], []
        if stored := self.instance if self.instance.pk else self._stored():
            self.initial["seen"] = as_text(self._digests(stored))

    def is_valid(self):
        return super().is_valid() and not self.is_only_shown

    @cached_property
    def changed_data(self):
        """The fields that read otherwise: other line ends, which browsers send, are no change."""
        others = {*self.OWN, *self.kept}
        return [name for name in super().changed_data if name not in others and not self._reads_alike(name)]

    def _reads_alike(self, name):
        field = self.fields[name]
        before, after = self.get_initial_for_field(field, name), self[name].data
        if not isinstance(before, str) or not isinstance(after, str):
            return False
        return before.replace("\r\n", "\n").strip() == after.replace("\r\n", "\n").strip()

    def _stored(self):
        """The record as it is now; None for one that is only now added."""
        return type(self.instance)._default_manager.filter(pk=self.instance.pk).first()

    def _digests(self, stored):
        """{name: digest} of what its form would show."""
        return digests(stored)

    def _value(self, stored, name):
        return value_of(stored, name)

    def _is_sound(self, name):
        """Whether what is stored can be saved again as it is."""
        return True

    def clean(self):
        cleaned = super().clean()
        if stored := self._stored():
            self._merge(stored)
        return cleaned

    def _merge(self, stored):
        """Keep what somebody else changed meanwhile; say so where both changed the same."""
        seen, now = from_text(self.cleaned_data.get("seen")), self._digests(stored)
        theirs = [name for name, digest in now.items() if seen.get(name) != digest]
        if theirs and (not seen or {*theirs} & {*stored.INLINE_ROWS}):
            self.conflicts = theirs
            raise forms.ValidationError(
                "Somebody else saved this page while you were editing it, and nothing of yours is saved "
                "yet: open it in a second window, copy your changes over, and save them there."
            )
        both = self.conflicts
        for name in {*theirs} & {*self.fields}:
            mine = digest_of(self.cleaned_data.get(name, self[name].data))
            if mine == seen.get(name) and self._is_sound(name):
                self.cleaned_data[name] = self._value(stored, name)
                self.kept.append(name)
            elif mine != now[name]:
                both.append(name)
        self.__dict__.pop("changed_data", None)
        if both:
            # Who has seen both, and saves again, means it.
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = as_text(seen | {name: now[name] for name in both})
            for name in both:
                self.add_error(name, self._both_texts(stored, name))

    def _who(self, stored):
        return self.who_changed(stored)

    def _both_texts(self, stored, name):
        theirs = self.fields[name].prepare_value(self._value(stored, name))
        return format_html(
            "{} changed this while you were editing it. Nothing is saved yet. Theirs, marked where it is not "
            "yours: "
            '<span class="both-texts">{}</span> Make it in the box as it should be, and save again.',
            self._who(stored),
            self.compared(str(theirs or ""), str(self[name].value() or "")),
        )

    def asks(self):
        """Whether it asks before grave steps."""
        return not (self.errors or self.is_only_shown or self.cleaned_data.get("confirmed"))

    def _post_clean(self):
        super()._post_clean()
        if not self.asks():
            return
        before = self._stored() if self.instance.pk else None
        if said := self.consequences(self.instance, before):
            self.fields["confirmed"].widget = forms.CheckboxInput()
            self.add_error("confirmed", [*said, "If you mean that, check the box and save again."])


class GuardedAdmin(SoundInput, admin.ModelAdmin):
    """Change forms that are guarded, with buttons on top, too."""

    class Media:
        css = {"all": ["css/admin.css"]}

    form = GuardedForm
    change_form_template = "admin/guarded_form.html"
    save_on_top = True
    list_per_page = 50
    show_full_result_count = False

    @staticmethod
    def consequences(record, before):
        """What saving would take away, in sentences."""
        return []

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.consequences = staticmethod(self.consequences)
        return form

    def render_change_form(self, request, context, *, obj=None, **options):
        # Browsers put back what was typed into a form whose first fields have the same names: after
        # “Back”, an old text into the form of what a colleague saved meanwhile.
        context["version"] = digest_of(context["adminform"].form.initial.get("seen", "new"))
        return super().render_change_form(request, context, obj=obj, **options)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if form.kept:
            names = ", ".join(f"“{form.fields[name].label}”" for name in form.kept)
            messages.info(request, f"Kept as somebody else saved it while you were editing: {names}.")

    def log_change(self, request, obj, message):
        return super().log_change(request, obj, message) if message else None

    def get_fieldsets(self, request, obj=None):
        fieldsets = [
            (
                title,
                {**options, "fields": [name for name in options["fields"] if name not in GuardedForm.OWN]},
            )
            for title, options in super().get_fieldsets(request, obj)
        ]
        may_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        if not may_save:
            return fieldsets
        (title, options), *others = fieldsets
        # The question stands first, where the form is seen again.
        return [(title, {**options, "fields": ["confirmed", *options["fields"], "seen"]}), *others]


class PageAdmin(Previewed, GuardedAdmin):
    """Change forms of records that have a page: nobody deletes one, and a link leads to it if it shows."""

    def has_delete_permission(self, request, obj=None):
        """Nobody deletes a page here: withdrawn, its address goes on saying what became of it."""
        return False

    def get_view_on_site_url(self, obj=None):
        """The link to the page; none while it would lead to an error."""
        return super().get_view_on_site_url(obj) if obj is None or obj.is_visible else None
