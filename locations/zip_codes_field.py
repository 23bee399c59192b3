"""ZIP codes in a form: typed, as one would write them down, whether scripts run or not."""

import re

from django import forms
from django.core.exceptions import ValidationError

BETWEEN = re.compile(r"[\s,;]+")


class ZipCodesField(forms.ModelMultipleChoiceField):
    """The `ZipCode` rows for codes that are separated by commas, semicolons or blanks."""

    widget = forms.TextInput(attrs={"class": "vLargeTextField", "inputmode": "text", "autocomplete": "off"})

    def prepare_value(self, value):
        return value if isinstance(value, str) else ", ".join(sorted(row.code for row in value or ()))

    def clean(self, value):
        codes = _codes_in(value)
        found = self.queryset.filter(code__in=codes)
        if unknown := sorted(codes - set(found.values_list("code", flat=True))):
            raise ValidationError(
                f"Not among the ZIP codes of the directory: {', '.join(unknown)}. Check the digits, or add "
                "what is missing under ZIP codes first."
            )
        return found

    def has_changed(self, initial, data):
        return {row.code for row in initial or ()} != _codes_in(data)


def _codes_in(text):
    return {code for code in BETWEEN.split(text or "") if code}
