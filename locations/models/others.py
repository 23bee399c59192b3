"""Places that people search for and that have no page: towns, neighborhoods, areas of several."""

from django.db import models

from locations.coordinates import LATITUDE, LONGITUDE
from locations.models.cities import City
from locations.models.states import State
from therapydir.pages.fields import CleanText


class OtherPlaceQuerySet(models.QuerySet):
    def found(self):
        """Those that the search may name, with what it leads to."""
        led_to = models.Prefetch("leads_to", City.objects.published().select_related("state"))
        return self.filter(state__is_published=True).select_related("state").prefetch_related(led_to)


class OtherPlace(CleanText):
    """A name that the search knows, and where it leads: to the cities closest to it, or to those chosen."""

    INLINE_ROWS = ()

    class Source(models.TextChoices):
        CENSUS = "US Census", "US Census Bureau"
        GEONAMES = "GeoNames", "GeoNames"
        OURS = "ours", "the editors of this site"

    state = models.ForeignKey(State, models.PROTECT, related_name="other_places")
    name = models.CharField(max_length=100)
    other_names = models.CharField(
        max_length=200, blank=True, help_text="Further names that people search for, separated by semicolons."
    )
    county = models.CharField(
        max_length=60,
        blank=True,
        help_text="Without the word “County”; tells places of one name apart.",
    )
    latitude = models.FloatField(help_text="Degrees north, WGS 84.", validators=LATITUDE)
    longitude = models.FloatField(
        help_text="Degrees east, WGS 84: negative in the Americas.", validators=LONGITUDE
    )
    population = models.PositiveIntegerField(
        null=True, blank=True, help_text="To order by where several have a name; empty when unknown."
    )
    leads_to = models.ManyToManyField(
        City,
        blank=True,
        related_name="other_places",
        verbose_name="pages that it leads to",
        help_text="For an area, the cities in it. Leave empty to lead to the closest.",
    )
    source = models.CharField(max_length=20, choices=Source, default=Source.OURS)

    objects = OtherPlaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = "place without a page"
        verbose_name_plural = "places without a page"
        constraints = [
            models.UniqueConstraint(
                fields=["state", "name", "county"],
                name="unique_other_place_per_state",
                violation_error_message="This place is listed already: search for it and change it there.",
            )
        ]

    def __str__(self):
        return f"{self.name}, {self.state.code}"

    @property
    def query(self):
        """What one types to be led to what is close to it."""
        return f"{self.name}, {self.state.code}"

    @property
    def full_name(self):
        """Its name with its state, and where several have that, its county."""
        county = f"{self.county} County, " if self.county and self.source != self.Source.OURS else ""
        return f"{self.name}, {county}{self.state.name}"
