from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import Truncator

from locations.heads import counted
from providers.entries import REGISTRY
from providers.models import ImportRun, Provider, Report, Specialty
from providers.naming import add_aliases
from therapydir.history.editing import Remembered
from therapydir.pages.editing import GuardedAdmin, ReadOnly, SoundInput

AHEAD = 1  # page that a list counts behind the one that is shown


class LooksAhead(Paginator):
    """A paginator that counts no further than some pages ahead: to count a million takes long."""

    def __init__(self, *args, shown=1, **options):
        super().__init__(*args, **options)
        self.shown = shown

    @cached_property
    def count(self):
        return self.object_list.order_by()[: (self.shown + AHEAD) * self.per_page].count()


class StandingFilter(admin.SimpleListFilter):
    """Whether a record is on pages, and if not, why: of what is on none, there is an index."""

    title, parameter_name = "standing", "standing"
    WHY = {
        "hidden": ("hidden by an editor", Q(is_hidden=True)),
        "withdrawn": ("no longer in the registry", Q(is_hidden=False, withdrawn_on__isnull=False)),
        "nowhere": ("near no city with a page", Q(is_hidden=False, city=None)),
    }

    def lookups(self, request, model_admin):
        return [("listed", "on pages"), *((value, words) for value, (words, _) in self.WHY.items())]

    def queryset(self, request, queryset):
        if self.value() == "listed":
            return queryset.filter(is_listed=True)
        if self.value() in self.WHY:
            return queryset.filter(self.WHY[self.value()][1], is_listed=False)
        return queryset


@admin.register(Provider)
class ProviderAdmin(Remembered, GuardedAdmin):
    list_display = ["shown_name", "npi", "kind", "post_city", "zip_code", "city", "placed"]
    list_display += ["is_listed", "is_hidden", "source", "updated_on"]
    list_filter = [StandingFilter, "kind", "state", "source", "placed"]
    list_select_related = ["city__state"]
    search_fields = ["npi", "sort_name"]
    search_help_text = (
        "NPI, or how the name of an organization or the family name of a person begins. "
        "Records are counted a few pages ahead, and no further."
    )
    actions = ["hide", "show", "name_cities"]
    fieldsets = [
        (None, {"fields": ["shown_name", "record", "is_listed", "is_hidden"]}),
        ("What we know better", {"fields": ["our_name", "our_street", "our_phone", "note"]}),
        (
            "What the registry says",
            {
                "fields": [
                    *("npi", "kind", "is_ot", "is_pt", "specialties", "name", "legal_name", "credentials"),
                    *("street", "post_city", "state", "zip_code", "phone", "shows_street"),
                    *("source", "enumerated_on", "updated_on", "withdrawn_on"),
                ]
            },
        ),
        ("In which city", {"fields": ["city", "placed"]}),
    ]
    EDITED = ("is_hidden", "our_name", "our_street", "our_phone", "note")

    def get_readonly_fields(self, request, obj=None):
        names = [name for _, options in self.fieldsets for name in options["fields"]]
        return [name for name in names if name not in self.EDITED]

    def get_search_results(self, request, queryset, search_term):
        return queryset.beginning(search_term) if search_term else queryset, False

    def get_paginator(self, request, queryset, per_page, *args, **options):
        asked = request.GET.get("p", "")
        shown = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        return LooksAhead(queryset, per_page, *args, shown=shown, **options)

    def has_add_permission(self, request):
        return False  # an import adds what the registry has

    def has_delete_permission(self, request, obj=None):
        return False  # the next import would add it again: hide it

    @admin.display(description="name", ordering="sort_name")
    def shown_name(self, provider):
        return provider.shown_name

    @admin.display(description="official record")
    def record(self, provider):
        address = REGISTRY.format(npi=provider.npi)
        return format_html('<a href="{}" rel="noopener">{}</a>', address, address)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "is_hidden" in form.changed_data:  # who is not to be listed is not to be so anywhere
            Provider.objects.filter(npi=obj.npi).update(is_hidden=obj.is_hidden)

    @admin.action(description="Hide the selected records", permissions=["change"])
    def hide(self, request, providers):
        self._set_hidden(request, providers, True)

    @admin.action(description="Show the selected records again", permissions=["change"])
    def show(self, request, providers):
        self._set_hidden(request, providers, False)

    @admin.action(description="Let the names of their post offices mean their cities", permissions=["name"])
    def name_cities(self, request, providers):
        added, refused = add_aliases(providers)
        LogEntry.objects.log_actions(request.user.pk, added, ADDITION, [{"added": {}}])
        if added:
            count = counted(len(added), "name means", "names mean")
            names = ", ".join(f"{alias.name} ({alias.city})" for alias in added)
            self.message_user(request, f"{count} a city now: {names}.", messages.SUCCESS)
        for sentence in refused:
            self.message_user(request, sentence, messages.WARNING)

    def has_name_permission(self, request):
        return request.user.has_perm("locations.add_cityalias")

    def _set_hidden(self, request, providers, is_hidden):
        count = set_hidden(request, providers, is_hidden)
        standing = "hidden" if is_hidden else "shown"
        words = f"{counted(count, 'record is', 'records are')} {standing} now, at all of their places."
        self.message_user(request, words, messages.SUCCESS)


def set_hidden(request, providers, is_hidden):
    """Hide records at all of their places, or show them again, and log each; how many NPIs that concerns."""
    npis = set(providers.exclude(is_hidden=is_hidden).values_list("npi", flat=True))
    rows = list(Provider.objects.filter(npi__in=npis))
    Provider.objects.filter(npi__in=npis).update(is_hidden=is_hidden)
    LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, [{"changed": {"fields": ["hidden"]}}])
    return len(npis)


@admin.register(Report)
class ReportAdmin(Remembered, GuardedAdmin):
    list_display = ["what", "about", "words_in_short", "created_at", "is_handled"]
    list_filter = ["is_handled", "what"]
    actions = ["hide", "handled"]
    fields = ["what", "about", "words", "contact", "created_at", "is_handled"]
    readonly_fields = ["what", "about", "words", "contact", "created_at"]

    def has_add_permission(self, request):
        return False

    @admin.display(description="about")
    def about(self, report):
        record = Provider.objects.filter(npi=report.npi).order_by("place").first()
        if record is None:
            return report.npi
        address = reverse("admin:providers_provider_change", args=[record.pk])
        return format_html('<a href="{}">{}</a>', address, record)

    @admin.display(description="words")
    def words_in_short(self, report):
        return Truncator(report.words).chars(80)

    @admin.action(description="Hide the records of the selected reports", permissions=["change"])
    def hide(self, request, reports):
        npis = set(reports.values_list("npi", flat=True))
        set_hidden(request, Provider.objects.filter(npi__in=npis), True)
        reports.update(is_handled=True)
        words = f"{counted(len(npis), 'record is', 'records are')} hidden now, whatever later imports say."
        self.message_user(request, words, messages.SUCCESS)

    @admin.action(description="Mark the selected reports as handled", permissions=["change"])
    def handled(self, request, reports):
        reports.update(is_handled=True)


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly, SoundInput, admin.ModelAdmin):
    list_display = ["file_name", "file_date", "is_whole", "finished_at", "added", "changed", "withdrawn"]


@admin.register(Specialty)
class SpecialtyAdmin(Remembered, GuardedAdmin):
    list_display = ["code", "kind", "profession", "label"]
    list_filter = ["kind", "profession"]
    fields = ["code", "kind", "profession", "slug", "label"]
    readonly_fields = ["code", "kind", "profession", "slug"]  # by which records were told apart

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
