"""Cities: places with a landing page of their own."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from locations.city_lists import by_name
from locations.coordinates import LATITUDE, LONGITUDE
from locations.distance import direction, in_miles
from locations.maps.outlines import is_far_from_its_county
from therapydir.pages.fields import Content, MarkdownField
from therapydir.pages.markdown import render_markdown
from therapydir.pages.paths import PathField

LARGE = 50_000  # people, of a city that others are placed by
LARGER = 2  # times as many people as the other
MARKDOWN_HELP = "Markdown; leave empty when there is nothing to say that is true of this place alone."


class CityQuerySet(models.QuerySet):
    def published(self):
        """Cities that visitors and crawlers may see."""
        return self.filter(is_published=True, state__is_published=True)

    def set_published(self, is_published):
        """Publish or withdraw these cities, as saving each would. Returns how many there are."""
        from locations.freshness import one_writer_at_a_time, refresh_pages

        rows = list(self.values_list("pk", "state"))
        cities = City.objects.filter(pk__in=[pk for pk, _ in rows])
        with transaction.atomic():
            one_writer_at_a_time()
            cities.update(is_published=is_published)
            if is_published:
                cities.published().filter(first_published_at=None).update(first_published_at=timezone.now())
            refresh_pages([pk for pk, _ in rows], {state for _, state in rows}, moved=True)
        return len(rows)


class City(Content):
    """A place with a landing page of its own."""

    INLINE_ROWS = ("aliases",)

    class DataSource(models.TextChoices):
        GEONAMES = "GeoNames", "GeoNames"
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
    population = models.PositiveIntegerField(
        null=True, blank=True, help_text="Shown rounded and without a year; empty when unknown."
    )
    population_source = models.CharField(
        max_length=20, choices=PopulationSource, default=PopulationSource.GEONAMES
    )
    zip_codes = models.ManyToManyField(
        "locations.ZipCode",
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
    first_published_at = models.DateTimeField(null=True, editable=False)
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

    def get_absolute_url(self):
        return reverse("locations:city", args=[self.state.slug, self.slug])

    sort_key = by_name

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

    @property
    def intro_html(self):
        return render_markdown(self.intro).html

    @property
    def shown_aliases(self):
        return sorted(alias.name for alias in self.aliases.all() if alias.is_shown)

    @property
    def position(self):
        """Where it lies from the nearest much larger city: «12 miles northwest of Newark, NJ»; or ""."""
        least = max(LARGE, LARGER * (self.population or 0))
        links = sorted(self.nearby(), key=lambda link: link.miles)
        link = next((link for link in links if (link.neighbor.population or 0) >= least), None)
        if link is None:
            return ""
        if link.is_vague:
            return f"close by {link.neighbor}"
        return f"{in_miles(link.miles)} {direction(link.neighbor, self)} of {link.neighbor}"

    @property
    def zip_code_groups(self):
        """(names of the published places that share them, ZIP codes) pairs; its own alone first."""
        groups = {}
        for zip_code in self.zip_codes.all():
            others = sorted(
                str(city) for city in zip_code.cities.all() if city.pk != self.pk and city.is_visible
            )
            groups.setdefault(tuple(others), []).append(zip_code.code)
        return sorted((list(others), sorted(codes)) for others, codes in groups.items())

    @cached_property
    def zip_codes_around(self):
        """The nearest ZIP codes that are not its own, as `ZipCodeNearby`."""
        from locations.nearby import zip_codes_around

        return zip_codes_around([self])[self.pk]

    def nearby(self):
        """The nearest published cities, then the nearest big ones, as `Neighbor` rows."""
        return self.neighbor_links.all() if self._has_prefetched_neighbors else self.neighbor_links.shown()

    @property
    def _has_prefetched_neighbors(self):
        return "neighbor_links" in getattr(self, "_prefetched_objects_cache", ())

    def content_facts(self):
        if not self.is_visible:
            return []
        return [
            self.name,
            self.get_absolute_url(),
            self.state.name,
            self.state.code,
            self.county,
            self.latitude,
            self.longitude,
            self.data_source,
            self.geonames_id,
            self.population,
            self.population_source,
            self.intro,
            self.shown_aliases,
            [rule.shown_facts() for rule in self.state.rules.all()],
            [self.position, self.zip_code_groups],
            [link.shown_facts() for link in self.nearby()],
            [
                [near.code, near.place_name, near.miles_shown, near.direction]
                for near in self.zip_codes_around
            ],
        ]

    def lock(self):
        from locations.freshness import one_writer_at_a_time

        one_writer_at_a_time()

    def withdraw(self):
        """Take the page off the site; its address answers 410 from now on."""
        City.objects.filter(pk=self.pk).set_published(False)
        self.refresh_from_db()

    def save(self, **kwargs):
        from locations.freshness import one_writer_at_a_time, refresh_pages
        from locations.paths import keep_old_city_address

        kwargs.pop("update_fields", None)  # redirects and dates follow the whole row, so it is written whole
        if self.is_visible and self.first_published_at is None:
            self.first_published_at = timezone.now()
        with transaction.atomic():
            one_writer_at_a_time()
            before = City.objects.filter(pk=self.pk).select_related("state").first()
            super().save(**kwargs)
            keep_old_city_address(self, before)
            states = {self.state_id, before.state_id if before else self.state_id}
            where = ("latitude", "longitude", "is_published", "state_id", "population")
            moved = before is None or any(getattr(before, f) != getattr(self, f) for f in where)
            refresh_pages(cities=[self.pk], states=states, moved=moved)
            self.refresh_stamps()
