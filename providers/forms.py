"""What visitors send of a record."""

import time

from django import forms
from django.core import signing

from providers.models import Report

SALT = "providers.report"
QUICKEST = 4  # seconds in which nobody has read a form and filled it in
OLDEST = 24 * 60 * 60  # seconds for which a form can be sent


class ReportForm(forms.ModelForm):
    """Asks what is wrong with a record. Programs that fill in every field, or too quickly, are told apart.

    There is no cookie, so that each form carries its own stamp: of which record it is, and since when.
    """

    stamp = forms.CharField(widget=forms.HiddenInput)
    website = forms.CharField(required=False)  # which people do not see

    class Meta:
        model = Report
        fields = ["what", "words", "contact"]
        widgets = {"what": forms.RadioSelect, "words": forms.Textarea(attrs={"rows": 5, "maxlength": 2000})}
        labels = {"what": "What is it?", "words": "In your words", "contact": "How to reach you"}
        help_texts = {
            "words": "What is wrong, and what would be right? Please nothing about anybody’s health.",
            "contact": "Only if you want an answer: an email address or a phone number.",
        }

    def __init__(self, *args, npi="", **kwargs):
        super().__init__(*args, **kwargs)
        self.npi = npi
        self.initial["stamp"] = signing.dumps([npi, int(time.time())], salt=SALT)
        self.fields["what"].choices = Report.What.choices
        self.fields["what"].error_messages["required"] = "Choose what it is."

    def clean(self):
        super().clean()
        try:
            npi, since = signing.loads(self.cleaned_data.get("stamp", ""), salt=SALT, max_age=OLDEST)
        except signing.BadSignature as error:
            raise forms.ValidationError(
                "This form is too old, so nothing was sent: copy your words, open it anew, and send it again."
            ) from error
        self.npi = npi
        if self.cleaned_data.get("website") or time.time() - since < QUICKEST:
            raise forms.ValidationError(
                "That was quicker than anybody writes, so nothing was sent yet: send it again."
            )
