from django import forms
from django.contrib import admin, messages
from django.contrib.admin.checks import ModelAdminChecks
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html

from locations import consequences, publishing
from locations.cities_field import CitiesField, CityField
from locations.consequences import HAS_A_PAGE, LEADS_ELSEWHERE, other_city_at
from locations.heads import counted
from locations.imports.editing import TakesFiles
from locations.imports.kinds import (
    CITY_REDIRECTS,
    OTHER_NAMES,
    PLACES,
    PRACTICE_RULES,
    STATE_REDIRECTS,
    ZIP_CODES,
)
from locations.models import (
    City,
    CityAlias,
    CityRedirect,
    OtherPlace,
    PracticeRule,
    State,
    StateRedirect,
    ZipCode,
)
from locations.paths import is_gone_without
from locations.publishing import MOST_UNASKED
from locations.redirects import CityRedirectForm, StateRedirectForm
from locations.zip_codes_field import ZipCodesField
from therapydir.history.editing import Remembered
from therapydir.pages.editing import GuardedAdmin, GuardedForm, PageAdmin, ask_first
from therapydir.pages.paths import slug_for
from therapydir.pages.redirects import RedirectAdmin

NAMED = 20  # of the cities that an action is about, on the page that asks


@admin.register(State)
class StateAdmin(Remembered, PageAdmin):
    consequences = staticmethod(consequences.of_state)
    list_display = ["name", "code", "city_count", "is_published", "content_changed_at"]
    list_filter = ["is_published"]
    search_fields = ["name", "code"]
    prepopulated_fields = {"slug": ["name"]}
    filter_horizontal = ["neighbors"]
    readonly_fields = ["content_changed_at", "old_paths"]
    fields = [
        "name",
        "code",
        "slug",
        "old_paths",
        "intro",
        "neighbors",
        "is_published",
        "content_changed_at",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_city_count()

    @admin.display(description="cities", ordering="city_count")
    def city_count(self, state):
        return state.city_count

    @admin.display(description="old addresses")
    def old_paths(self, state):
        return ", ".join(sorted(str(slug) for slug in state.former_slugs.old())) or "none"


class CityAliasFormSet(forms.BaseInlineFormSet):
    """Refuses names whose address is taken: by another of these names, or by a city's own page."""

    def clean(self):
        super().clean()
        names, new = {}, set()
        for form in self.forms:
            cleaned = getattr(form, "cleaned_data", {})
            name = cleaned.get("name")
            if not name or cleaned.get("DELETE"):
                continue
            other = names.setdefault(slug_for(name), name)
            if other is not name:
                raise forms.ValidationError(f"“{other}” and “{name}” have the same address: keep one.")
            if form.has_changed():
                new.add(slug_for(name))
        # Its own page is no obstacle: “St Cloud” is another spelling of St. Cloud.
        others = City.objects.exclude(pk=self.instance.pk).exclude(slug=self.instance.slug)
        pages = others.filter(state=self.instance.state_id, slug__in=new)
        for slug in pages.values_list("slug", flat=True):
            raise forms.ValidationError(HAS_A_PAGE.format(names[slug]))
        for slug in sorted(new):
            if other := other_city_at(self.instance.state_id, slug, self.instance.pk):
                raise forms.ValidationError(LEADS_ELSEWHERE.format(names[slug], other.name))


class CityAliasInline(admin.TabularInline):
    model = CityAlias
    formset = CityAliasFormSet
    extra = 1


class StandingFilter(admin.SimpleListFilter):
    title, parameter_name, ALONE = "withdrawal", "standing", "alone"

    def lookups(self, request, model_admin):
        return [(self.ALONE, "withdrawn by itself, or with a few"), ("many", "withdrawn with many others")]

    def queryset(self, request, cities):
        if self.value() == self.ALONE:
            return cities.withdrawn_alone()
        return cities.withdrawn_with_many() if self.value() == "many" else cities


class CityChecks(ModelAdminChecks):
    """Django's, but that ZIP codes may be in the form: their field knows how to save them."""

    def _check_field_spec_item(self, obj, field_name, label):
        return [] if field_name == "zip_codes" else super()._check_field_spec_item(obj, field_name, label)


@admin.register(City)
class CityAdmin(TakesFiles, Remembered, PageAdmin):
    kinds_of_files = (PLACES, OTHER_NAMES)
    checks_class = CityChecks
    consequences = staticmethod(consequences.of_city)
    list_display = ["name", "state", "county", "population", "is_published", "content_changed_at"]
    list_filter = ["state", "is_published", StandingFilter, "kind", "data_source"]
    list_select_related = ["state"]
    search_fields = ["name", "aliases__name", "county", "zip_codes__code"]
    search_help_text = "Name, other name, county or ZIP code"
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["content_changed_at", "old_paths"]
    inlines = [CityAliasInline]
    actions = ["publish", "withdraw"]
    fieldsets = [
        (None, {"fields": ["name", "state", "slug", "old_paths", "intro", "is_published"]}),
        (
            "Where it is",
            {"fields": ["kind", "part_of", "county", "zip_codes", "latitude", "longitude", "data_source"]},
        ),
        (
            "Facts",
            {
                "fields": [
                    *("population", "population_year", "population_source"),
                    *("census_geoid", "geonames_id", "content_changed_at"),
                ]
            },
        ),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "zip_codes":
            return db_field.formfield(form_class=ZipCodesField)
        if db_field.name == "part_of":
            return CityField(required=False, help_text=f"{db_field.help_text} Write it as “Los Angeles, CA”.")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="old addresses")
    def old_paths(self, city):
        return ", ".join(sorted(str(slug) for slug in city.former_slugs.old())) or "none"

    def save_model(self, request, obj, form, change):
        if "is_published" in form.changed_data:
            obj.withdrawn_among_many = False
        super().save_model(request, obj, form, change)

    @admin.action(description="Publish the selected cities", permissions=["change"])
    def publish(self, request, cities):
        """Publish cities; of many, or where some stay withdrawn, after the page that asks for it."""
        staying = list(publishing.staying_withdrawn(cities).select_related("state"))
        cities = cities.filter(is_published=False).exclude(pk__in=[city.pk for city in staying])
        rows = list(cities.select_related("state"))
        said = self._stay_words(request, staying) if staying else ""
        if rows and (staying or len(rows) > MOST_UNASKED) and request.POST.get("confirmed") != "yes":
            effect = "Their pages would be on the site again, for everybody."
            return self._question(
                request, "Publish", rows, effect, staying=staying[:NAMED], staying_words=said
            )
        publishing.publish(rows)
        self._say_done(request, rows, "published")
        if said:
            self.message_user(request, said, messages.WARNING)
        return None

    @admin.action(description="Withdraw the selected cities", permissions=["change"])
    def withdraw(self, request, cities):
        """Withdraw cities; of many, after the page that asks for it."""
        rows = list(cities.filter(is_published=True).select_related("state"))
        if len(rows) > MOST_UNASKED and request.POST.get("confirmed") != "yes":
            effect = "Their pages would go from the site, and their addresses say so."
            return self._question(request, "Withdraw", rows, effect)
        publishing.withdraw(rows)
        self._say_done(request, rows, "withdrawn")
        return None

    def _question(self, request, verb, rows, effect, **more):
        return ask_first(
            self,
            request,
            action=verb.lower(),
            button=f"{verb} {counted(len(rows), 'city', 'cities')}",
            words=effect,
            shown=rows[:NAMED],
            more=max(len(rows) - NAMED, 0),
            **more,
        )

    def _say_done(self, request, rows, standing):
        LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, [{"changed": {"fields": ["published"]}}])
        words = f"{counted(len(rows), 'city is', 'cities are')} {standing} now."
        self.message_user(request, words, messages.SUCCESS)

    @staticmethod
    def _stay_words(request, staying):
        """How many stay withdrawn, why, and the link to the list in which they can be selected alone."""
        asked = request.GET.copy()
        asked.pop("p", None)
        asked[StandingFilter.parameter_name] = StandingFilter.ALONE
        many = len(staying) > 1
        return format_html(
            "{} of the selected cities {} withdrawn, because somebody withdrew {} or with a few others. "
            'To publish {}, too, <a href="?{}">see the cities withdrawn that way</a>, and select no others.',
            f"{len(staying):,}",
            "stay" if many else "stays",
            "each by itself" if many else "it by itself",
            "them" if many else "it",
            asked.urlencode(),
        )


class DueFilter(admin.SimpleListFilter):
    title = "review"
    parameter_name = "review"

    def lookups(self, request, model_admin):
        return [("due", "Due: not checked for a year")]

    def queryset(self, request, rules):
        return rules.due() if self.value() == "due" else rules


@admin.register(PracticeRule)
class PracticeRuleAdmin(TakesFiles, Remembered, PageAdmin):
    kinds_of_files = (PRACTICE_RULES,)
    list_display = ["__str__", "in_short", "confidence", "checked_on", "review"]
    list_filter = [DueFilter, "profession", "confidence", "state"]
    list_select_related = ["state"]
    search_fields = ["state__name", "summary", "citation", "board"]
    ordering = ["checked_on", "state", "-profession"]  # what was not checked for longest comes first
    fields = [
        "state",
        "profession",
        "in_short",
        "summary",
        "limit",
        "citation",
        "board",
        "board_url",
        "license_lookup_url",
        "confidence",
        "checked_on",
        "read_in",
    ]

    @admin.display(description="review", ordering="checked_on")
    def review(self, rule):
        return "Due now" if rule.is_due else f"Due {localize(rule.due_on)}"


class ZipCodeForm(GuardedForm):
    """Says which cities a ZIP code serves, too, and in which order."""

    cities_in_order = CitiesField(
        required=False,
        label="Cities",
        help_text=(
            "Those that it serves, with most of its people and land first: “Manhattan, NY; New York, NY”. "
            "The search shows them in that order."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            links = self.instance.serves_set.select_related("city__state").order_by("rank", "pk")
            self.initial["cities_in_order"] = [link.city for link in links]


@admin.register(ZipCode)
class ZipCodeAdmin(TakesFiles, Remembered, GuardedAdmin):
    kinds_of_files = (ZIP_CODES,)
    list_display = ["code", "place_name", "state", "county", "city_count"]
    list_filter = ["state"]
    list_select_related = ["state"]
    search_fields = ["code__startswith", "place_name"]
    search_help_text = "First digits of the ZIP code, or the post office's place name"
    form = ZipCodeForm
    fields = ["code", "state", "place_name", "county", "latitude", "longitude", "cities_in_order"]

    def has_delete_permission(self, request, obj=None):
        return False  # it would leave the pages of its cities with a date that is not true

    def get_queryset(self, request):
        # Counted for the rows of a page alone, where a join would count for all.
        links = City.zip_codes.through.objects.filter(zipcode=OuterRef("pk")).order_by()
        count = Subquery(links.values("zipcode").annotate(count=Count("pk")).values("count"))
        return super().get_queryset(request).annotate(city_count=Coalesce(count, 0))

    @admin.display(description="cities", ordering="city_count")
    def city_count(self, zip_code):
        return zip_code.city_count

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if "cities_in_order" in form.changed_data:
            form.instance.serve(form.cleaned_data["cities_in_order"])


@admin.register(OtherPlace)
class OtherPlaceAdmin(Remembered, GuardedAdmin):
    list_display = ["name", "county", "state", "population", "source"]
    list_filter = ["state", "source"]
    list_select_related = ["state"]
    search_fields = ["name", "other_names"]
    fields = [
        *("name", "other_names", "state", "county", "leads_to"),
        *("latitude", "longitude", "population", "source"),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "leads_to":
            how = "With semicolons between them: “Oakland, CA; Berkeley, CA”."
            return CitiesField(required=False, label="Leads to", help_text=f"{db_field.help_text} {how}")
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(StateRedirect)
class StateRedirectAdmin(TakesFiles, RedirectAdmin, Remembered, admin.ModelAdmin):
    kinds_of_files = (STATE_REDIRECTS,)
    form = StateRedirectForm
    fields = ["old_address", "state"]
    list_select_related = ["state"]
    search_fields = ["slug", "state__name"]
    ordering = ["slug"]
    AND_BELOW = " and all below it"

    def path(self, redirect):
        return reverse("locations:state", args=[redirect.slug])

    def target(self, redirect):
        return redirect.state

    is_gone_without = staticmethod(is_gone_without)


@admin.register(CityRedirect)
class CityRedirectAdmin(TakesFiles, RedirectAdmin, Remembered, admin.ModelAdmin):
    kinds_of_files = (CITY_REDIRECTS,)
    form = CityRedirectForm
    fields = ["old_address", "city"]
    list_filter = ["state"]
    list_select_related = ["state", "city__state"]
    search_fields = ["slug", "city__name", "state__code"]
    ordering = ["state", "slug"]

    def path(self, redirect):
        return reverse("locations:city", args=[redirect.state.slug, redirect.slug])

    def target(self, redirect):
        return redirect.city or redirect.state

    is_gone_without = staticmethod(is_gone_without)
