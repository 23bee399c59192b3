"""Cities in a form: typed by name and state, as they are written everywhere, whether scripts run or not."""

import re

from django import forms
from django.core.exceptions import ValidationError

from locations.models import City

NAME_AND_STATE = re.compile(r"(.+),\s*([A-Za-z]{2})")
HOW = "write it as “Anaheim, CA”"


class CityField(forms.CharField):
    """The `City` of a name and a USPS code, «Anaheim, CA»; None for nothing."""

    widget = forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"})

    def prepare_value(self, value):
        if isinstance(value, int):
            value = City.objects.select_related("state").filter(pk=value).first()
        return str(value) if value else ""

    def clean(self, value):
        text = super().clean(value)
        return _city(text) if text else None

    def has_changed(self, initial, data):
        return self.prepare_value(initial).casefold() != (data or "").strip().casefold()


class CitiesField(forms.CharField):
    """Several of them in their order, separated by semicolons: a list of `City` rows."""

    widget = forms.TextInput(attrs={"class": "vLargeTextField", "autocomplete": "off"})

    def prepare_value(self, value):
        return value if isinstance(value, str) else "; ".join(str(city) for city in value or ())

    def clean(self, value):
        text = super().clean(value)
        cities = [_city(name.strip()) for name in text.split(";") if name.strip()]
        return list({city.pk: city for city in cities}.values())

    def has_changed(self, initial, data):
        return _names(self.prepare_value(initial)) != _names(data or "")


def _names(text):
    return [name.strip().casefold() for name in text.split(";") if name.strip()]


def _city(text):
    found = NAME_AND_STATE.fullmatch(text)
    if not found:
        raise ValidationError(f"“{text}” does not name a state: {HOW}.")
    cities = City.objects.select_related("state").filter(state__code=found[2].upper())
    city = cities.filter(name__iexact=found[1].strip()).first()
    if city is None:
        raise ValidationError(f"“{text}” is no city of the directory: {HOW}, or add it first.")
    return city
