"""Old addresses of states and cities that editors add, and why some cannot be."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from locations.cities_field import CityField
from locations.models import City, CityAlias, CityRedirect, State, StateRedirect
from therapydir.pages.redirects import OldAddressForm, of_a_page, of_another


class StateRedirectForm(OldAddressForm):
    state = forms.ModelChoiceField(State.objects.published(), label="Leads to")

    KIND, EXAMPLE, VIEWS, TARGET = "state", "/locations/old-name/", ("locations:state",), "state"

    class Meta:
        model = StateRedirect
        fields = ["state"]

    def row_at(self, parts):
        slug = parts["state_slug"]
        return StateRedirect.objects.filter(slug=slug).first() or StateRedirect(slug=slug)

    def refusal(self, row, target):
        page = State.objects.published().filter(slug=row.slug).first()
        return of_a_page(page, target) or of_another(row, row.pk and row.state)


class CityRedirectForm(OldAddressForm):
    city = CityField(
        required=False,
        label="Leads to",
        help_text="Write it as “Mount Dora, FL”. Left empty, the address leads to the page of its state.",
    )

    KIND, EXAMPLE, VIEWS, TARGET = "city", "/locations/florida/old-town/", ("locations:city",), "city"

    class Meta:
        model = CityRedirect
        fields = ["city"]

    def row_at(self, parts):
        state, slug = _state_at(parts["state_slug"]), parts["city_slug"]
        rows = CityRedirect.objects.select_related("state", "city__state")
        return rows.filter(state=state, slug=slug).first() or CityRedirect(state=state, slug=slug)

    def refusal(self, row, target):
        target = target or row.state
        pages = City.objects.filter(is_published=True).select_related("state")
        page = pages.filter(state=row.state, slug=row.slug).first()
        if words := of_a_page(page, target):
            return words
        names = CityAlias.objects.filter(city__state=row.state, slug=row.slug).select_related("city__state")
        if name := names.first():
            return f"“{name}” is another name of {name.city}: change that on the form of the city."
        if not target.is_visible:
            return f"{target} is not on the site, so nothing can lead there: publish it first."
        return of_another(row, row.pk and (row.city or row.state))


def _state_at(slug):
    """The state that has that slug, or had it."""
    former = StateRedirect.objects.filter(slug=slug).select_related("state").first()
    if state := State.objects.filter(slug=slug).first() or (former and former.state):
        return state
    raise ValidationError(f"There is no state at {reverse('locations:state', args=[slug])}")
