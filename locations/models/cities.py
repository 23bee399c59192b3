"""Cities: places with a landing page of their own."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property

from locations.city_lists import by_name
from locations.coordinates import LATITUDE, LONGITUDE
from locations.maps.outlines import is_far_from_its_county
from therapydir.derived.content import Content
from therapydir.pages.fields import MarkdownField
from therapydir.pages.paths import PathField

GEOIDS = r"^(\d{7}|\d{10})( (\d{7}|\d{10}))*$"
MARKDOWN_HELP = "Markdown; leave empty when there is nothing to say that is true of this place alone."


class CityQuerySet(models.QuerySet):
    def published(self):
        """Cities that visitors and crawlers may see."""
        return self.filter(is_published=True, state__is_published=True)

    def withdrawn_alone(self):
        """Cities that somebody withdrew by themselves or with a few others, and so meant each."""
        return self.filter(is_published=False, withdrawn_among_many=False)

    def withdrawn_with_many(self):
        return self.filter(is_published=False, withdrawn_among_many=True)

    def wholes(self):
        """{primary key of a part: that of what it is a part of}."""
        parts = self.filter(part_of__gt=0)  # which the index of them answers, as it does not “is not null”
        return dict(parts.order_by().values_list("pk", "part_of"))

    def parts_of(self, keys):
        """The primary keys of all parts of those cities, and of their parts."""
        wholes = self.wholes()
        return {part for part in wholes if not keys.isdisjoint(wholes_of(part, wholes))}

    def parts_of_themselves(self):
        """The cities that are a part of one that is a part of them, which cannot be."""
        wholes = self.wholes()
        return self.filter(pk__in=[pk for pk in wholes if pk in wholes_of(pk, wholes)])


def wholes_of(key, wholes):
    """The primary keys of what a city is a part of, from {part: whole}; itself last, if it goes round."""
    found = []
    while (key := wholes.get(key)) and key not in found:
        found.append(key)
    return found


class City(Content):
    """A place with a landing page of its own."""

    INLINE_ROWS = ("aliases",)
    KEPT = (*Content.KEPT, "first_published_at")

    class Kind(models.TextChoices):
        """What it is by law, or to those who live there."""

        CITY = "city"
        TOWN = "town"
        VILLAGE = "village"
        BOROUGH = "borough"
        TOWNSHIP = "township"
        MUNICIPALITY = "municipality"
        CDP = "CDP", "census-designated place"
        COMMUNITY = "community"
        NEIGHBORHOOD = "neighborhood"
        BASE = "base", "military base"

    class DataSource(models.TextChoices):
        GEONAMES = "GeoNames", "GeoNames"
        CENSUS = "US Census", "US Census Bureau"
        ZIP_CENTROID = "ZIP centroid", "the center of its ZIP codes"
        APPROXIMATE = "approximate", "an approximation"

    class PopulationSource(models.TextChoices):
        GEONAMES = "GeoNames", "GeoNames"
        CENSUS = "US Census", "US Census Bureau"

    state = models.ForeignKey("locations.State", models.PROTECT, related_name="cities")
    name = models.CharField(max_length=100, help_text="As residents write it: Mount Dora, not Mt Dora.")
    slug = PathField(
        max_length=100,
        help_text="The last part of the address. After a change, the old address leads here.",
    )
    kind = models.CharField(max_length=20, choices=Kind, blank=True, help_text="Leave empty when unsure.")
    part_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="parts",
        help_text="The city that this borough or neighborhood belongs to, if that has a page, too.",
    )
    county = models.CharField(max_length=60, help_text="Without the word “County”.")
    latitude = models.FloatField(
        help_text="Degrees north, WGS 84, like 33.8353. Nearby cities are found from it.",
        validators=LATITUDE,
    )
    longitude = models.FloatField(
        help_text="Degrees east, WGS 84: negative in the Americas, like -117.9145.",
        validators=LONGITUDE,
    )
    data_source = models.CharField(
        "source of the coordinates", max_length=20, choices=DataSource, default=DataSource.APPROXIMATE
    )
    geonames_id = models.PositiveIntegerField(
        "GeoNames id", null=True, blank=True, help_text="The number in the place's GeoNames address."
    )
    census_geoid = models.CharField(
        "Census GEOID",
        max_length=40,
        blank=True,
        help_text=(
            "The Census Bureau's number of the place, 7 digits, or of the town or township, 10 digits; "
            "of several that it is made of, with blanks between."
        ),
        validators=[RegexValidator(GEOIDS, "A GEOID is 7 or 10 digits, like 0600562.")],
    )
    population = models.PositiveIntegerField(
        null=True, blank=True, help_text="Shown rounded, with its year; empty when unknown."
    )
    population_year = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="When it was counted or estimated; empty when unknown.",
        validators=[MinValueValidator(1790), MaxValueValidator(2100)],
    )
    population_source = models.CharField(
        max_length=20, choices=PopulationSource, default=PopulationSource.GEONAMES
    )
    zip_codes = models.ManyToManyField(
        "locations.ZipCode",
        through="locations.Serves",
        blank=True,
        related_name="cities",
        verbose_name="ZIP codes",
        help_text="Five digits each, separated by commas.",
    )
    intro = MarkdownField(blank=True, help_text=f"The editors' own words about this city. {MARKDOWN_HELP}")
    is_published = models.BooleanField(
        "published",
        default=True,
        help_text="Clear this to withdraw the page: its address then says that it is gone.",
    )
    withdrawn_among_many = models.BooleanField(
        "withdrawn with many others",
        default=False,
        db_default=False,
        editable=False,
        help_text="Not by itself or with a few: who publishes many publishes it again.",
    )
    first_published_at = models.DateTimeField(null=True, editable=False)  # kept by `derivations`
    source_name = models.CharField(
        max_length=100,
        blank=True,
        editable=False,
        help_text="The name in the list that the place was loaded from: its key there.",
    )

    objects = CityQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "cities"
        indexes = [
            models.Index(fields=["latitude", "longitude"], name="city_position"),
            # For figures of a state's cities, without a look at the cities.
            models.Index(fields=["state", "is_published", "content_changed_at"], name="city_figures"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["state", "slug"],
                name="unique_city_slug_per_state",
                violation_error_message="Another city of this state has this slug: choose another.",
            ),
            models.UniqueConstraint(
                fields=["state", "name"],
                name="unique_city_name_per_state",
                violation_error_message=(
                    "Another city of this state has this name: add what tells them apart, such as the county."
                ),
            ),
            models.UniqueConstraint(
                fields=["state", "source_name"],
                condition=~Q(source_name=""),
                name="unique_source_name_per_state",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.state.code}"

    @property
    def full_name(self):
        return f"{self.name}, {self.state.name}"

    def clean(self):
        self._check_whole()
        if self.county.lower().endswith(" county"):
            raise ValidationError({"county": "Leave out the word “County”: the page adds it."})
        whole = self.state_id and None not in (self.latitude, self.longitude)
        if whole and is_far_from_its_county(self):
            raise ValidationError(
                {
                    "county": (
                        f"This point is nowhere near {self.county} County, {self.state.code}: "
                        "check the county, the latitude and the longitude."
                    )
                }
            )

    def _check_whole(self):
        if self.part_of is None:
            return
        if self.state_id and self.part_of.state_id != self.state_id:
            raise ValidationError({"part_of": f"{self.part_of} is in another state."})
        wholes = City.objects.wholes()
        if self.pk and self.pk in [self.part_of_id, *wholes_of(self.part_of_id, wholes)]:
            raise ValidationError(
                {"part_of": f"{self.part_of} is a part of this place, or this place itself."}
            )

    def get_absolute_url(self):
        return reverse("locations:city", args=[self.state.slug, self.slug])

    @cached_property
    def path(self):
        """Its address, of a city that is only read: many pages name the same one."""
        return self.get_absolute_url()

    sort_key = by_name

    @property
    def kind_shown(self):
        """What people call such a place; "" where nobody says."""
        return "community" if self.kind == self.Kind.CDP else self.get_kind_display().lower()

    @property
    def is_visible(self):
        return self.is_published and self.state.is_published

    @property
    def was_visible(self):
        return self.first_published_at is not None and self.state.was_visible

    @property
    def is_exact(self):
        """Whether its point is its own, and not worked out from ZIP codes or a guess."""
        return self.data_source == self.DataSource.GEONAMES
