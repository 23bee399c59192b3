"""The forms in which texts are written and guide lines edited."""

from django import forms
from django.utils.functional import cached_property

from articles.models import Article, Concern
from therapydir.pages.editing import GuardedForm
from therapydir.pages.merging import as_text, digest_of, from_text, value_of
from therapydir.unsaved.open_forms import as_data, time_of, typed_in


class ArticleForm(GuardedForm):
    """A text, with what was drafted of it; saved as it is, it is published.

    `draft` is the `Draft` whose text stands in the form, if there is one.
    """

    draft = None
    is_draft = False  # it is to be saved as one: nothing is asked, and whatever is wrong is no hindrance

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.draft:
            self.initial |= self._drafted

    @cached_property
    def _drafted(self):
        """{name: what stands in the draft}, sound or not, as the browser sent it."""
        if not self.draft:
            return {}
        data = as_data(self.draft.fields)
        fields = {name: field for name, field in self.fields.items() if name not in self.OWN}
        return {
            name: field.widget.value_from_datadict(data, {}, self.add_prefix(name))
            for name, field in fields.items()
            if not field.widget.value_omitted_from_data(data, {}, self.add_prefix(name))
        }

    @cached_property
    def _sound(self):
        """{name: what stands in the draft} as Python has it, where it is sound."""
        return {name: _cleaned(self.fields[name], value) for name, value in self._drafted.items()}

    def _is_sound(self, name):
        if name not in self._drafted:
            return True
        try:
            self.fields[name].clean(self._drafted[name])
        except forms.ValidationError:
            return False
        return True

    def _stored(self):
        return super()._stored() or (Article() if self.draft else None)

    def _digests(self, stored):
        found = super()._digests(stored)
        return found | {name: digest_of(value) for name, value in self._sound.items() if name in found}

    def _value(self, stored, name):
        return self._sound[name] if name in self._sound else super()._value(stored, name)

    def _who(self, stored):
        if self.draft:
            return f"{self.draft.author} ({time_of(self.draft.changed_at)})"
        return super()._who(stored)

    def clean(self):
        cleaned = super().clean()
        self._require_standing()
        if not self.is_only_shown:
            self.instance.status = Article.Status.PUBLISHED
        if self.kept and not (self.is_draft or self.conflicts):
            self._show_what_was_kept()
        return cleaned

    def _require_standing(self):
        """Nobody brings back by a stale form what somebody withdrew, or published, while it was open."""
        seen = from_text(self.cleaned_data.get("seen"))
        stored = super()._stored()
        if self.is_draft or not stored or seen.get("status") == digest_of(stored.status):
            return
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = as_text(seen | {"status": digest_of(stored.status)})
        self.add_error(
            None,
            f"{super()._who(stored)} changed the standing of this text while you were editing: it is now "
            f"{stored.get_status_display().lower()}. Nothing is published yet: do it again if you mean it.",
        )

    def _show_what_was_kept(self):
        """Nobody publishes words of somebody else which were not in the form: they are now."""
        self.data = self.data.copy()
        for name in self.kept:
            for box, values in self._as_sent(name).items():
                self.data.setlist(box, values)
        self.data[self.add_prefix("seen")] = as_text(self._digests(self._stored()))
        labels = ", ".join(f"“{self.fields[name].label}”" for name in self.kept)
        self.add_error(
            None,
            f"{self._who(self.instance)} changed {labels} while you were editing. Nothing is published yet: "
            "it stands in the form now, look at it and publish again.",
        )

    def asks(self):
        return super().asks() and not self.is_draft

    def problems(self):
        """What is wrong with it, in sentences that begin with the name of the box."""
        found = []
        for name, errors in self.errors.items():
            label = f"{self.fields[name].label}: " if name in self.fields else ""
            found += [f"{label[:1].upper()}{label[1:]}{error}" for error in errors]
        return found

    def differences(self):
        """(name, value, value in the draft) of each box in which the draft reads otherwise than the text."""
        for name, drafted in self._sound.items():
            value = value_of(self.instance, name)
            if digest_of(value) != digest_of(drafted):
                yield name, value, drafted

    def to_be_drafted(self):
        """{name: [values]} for a `Draft`: what was typed, and what somebody else changed in other boxes."""
        own = {self.add_prefix(name) for name in self.OWN}
        fields = {
            name: values
            for name, values in typed_in(self.data).items()
            if name not in own and not name.startswith("version-")
        }
        for name in self.kept:
            fields |= self._as_sent(name)
        return fields

    def _as_sent(self, name):
        """{name: [values]} of one box: as it stands in the draft, or as a browser would send it."""
        prefixed = self.add_prefix(name)
        if name in self._drafted:
            boxes = (prefixed, f"{prefixed}_0", f"{prefixed}_1")
            return {box: self.draft.fields[box] for box in boxes if box in self.draft.fields} or {
                prefixed: []
            }
        widget, value = self.fields[name].widget, self.cleaned_data[name]
        if isinstance(widget, forms.MultiWidget):
            parts = zip(widget.widgets, widget.decompress(value), strict=True)
            return {
                f"{prefixed}_{number}": [part.format_value(value) or ""]
                for number, (part, value) in enumerate(parts)
            }
        if isinstance(widget, forms.CheckboxInput):
            return {prefixed: ["on"] if value else []}
        value = self.fields[name].prepare_value(value)
        return {prefixed: ["" if value is None else str(value)]}

    def drafted(self):
        """The text as its draft has it, to be shown and not saved: what is unsound is left as it was."""
        for name, value in self.cleaned_data.items():
            if name not in self.OWN:
                setattr(self.instance, name, value)
        return self.instance


def _cleaned(field, value):
    """The value of a box as Python has it; as it was typed where that is impossible."""
    try:
        return field.clean(value)
    except forms.ValidationError:
        return value


class ConcernForm(GuardedForm):
    """Offers the explainer's own headings as parts to lead to."""

    section = forms.ChoiceField(
        label="Read more at", required=False, help_text=Concern._meta.get_field("section").help_text
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        explainer = Article.objects.filter(is_explainer=True).first()
        headings = explainer.rendered.headings if explainer else ()
        choices = {"": "Its beginning", **{heading.id: heading.text for heading in headings}}
        if self.instance.section not in choices:
            choices[self.instance.section] = f"{self.instance.section} (no longer there)"
        self.fields["section"].choices = list(choices.items())
