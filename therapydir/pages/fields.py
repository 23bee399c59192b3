"""Fields and records of text that editors write: what is taken from them, and what they are told."""

from django.core.exceptions import ValidationError
from django.db import models

from therapydir.pages.markdown import problems_in
from therapydir.pages.words import without_controls


class ProseField(models.TextField):
    """Text that editors write: its line ends stay as they were, whatever a browser makes of them."""

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs  # for migrations, which know Django alone

    def clean(self, value, model_instance):
        return super().clean(value.replace("\r\n", "\n").strip(), model_instance)


class MarkdownField(ProseField):
    """Markdown whose blocks are well formed, and which says so when they are not."""

    def clean(self, value, model_instance):
        value = super().clean(value, model_instance)
        if problems := problems_in(value):
            raise ValidationError(problems)
        return value


class CleanText(models.Model):
    """A record from whose texts characters that do not show are taken when it is checked."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude=None):
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname)
            if isinstance(value, str) and field.name not in (exclude or ()):
                setattr(self, field.attname, without_controls(value))
        super().clean_fields(exclude=exclude)
