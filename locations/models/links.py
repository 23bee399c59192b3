"""What leads to a place: its other names, its old addresses, its ZIP codes, its neighbors."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction

from locations.coordinates import LATITUDE, LONGITUDE
from locations.distance import in_miles
from locations.models.cities import City
from locations.models.states import State
from therapydir.addresses import slug_for


class ZipCode(models.Model):
    """A ZIP code, its post office's place name, and the center of its area."""

    code = models.CharField(
        "ZIP code",
        max_length=5,
        unique=True,
        error_messages={"unique": "This ZIP code is listed already: search for it and change it there."},
        validators=[RegexValidator(r"^\d{5}$", "A ZIP code is five digits, like 07030.")],
    )
    state = models.ForeignKey(State, models.PROTECT, related_name="zip_codes")
    place_name = models.CharField(max_length=100, help_text="The name that the post office uses.")
    county = models.CharField(max_length=60, blank=True)
    latitude = models.FloatField(help_text="Degrees north, WGS 84.", validators=LATITUDE)
    longitude = models.FloatField(
        help_text="Degrees east, WGS 84: negative in the Americas.", validators=LONGITUDE
    )

    class Meta:
        ordering = ["code"]
        verbose_name = "ZIP code"

    def __str__(self):
        return self.code

    def save(self, **kwargs):
        from locations.freshness import one_writer_at_a_time, refresh_pages

        with transaction.atomic():
            one_writer_at_a_time()
            super().save(**kwargs)
            refresh_pages(cities=list(self.cities.values_list("pk", flat=True)), states=[])


class StateRedirect(models.Model):
    """A slug that a state once had: it leads to the present one, with all below it."""

    slug = models.SlugField(max_length=50, unique=True)
    state = models.ForeignKey(State, models.CASCADE, related_name="former_slugs")

    def __str__(self):
        return self.slug


class CityRedirect(models.Model):
    """An address below a state that leads to a city's page, or to the state's own.

    Slugs that a city once had, and entries of the owner's list that are no names.
    """

    state = models.ForeignKey(State, models.CASCADE, related_name="city_redirects")
    slug = models.SlugField(max_length=100)
    city = models.ForeignKey(
        City,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="former_slugs",
        help_text="Empty: the state.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state", "slug"], name="unique_city_redirect_per_state")
        ]

    def __str__(self):
        return self.slug


class CityAlias(models.Model):
    """Another name that people search for or link to."""

    city = models.ForeignKey(City, models.CASCADE, related_name="aliases")
    name = models.CharField(
        max_length=100,
        help_text="Its address below the state leads to the city, even after you remove the name.",
    )
    slug = models.SlugField(max_length=100, editable=False)
    is_shown = models.BooleanField(
        "shown on the page",
        default=True,
        help_text="As “also called”. Clear this for misspellings that should only lead here.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name = "other name"
        constraints = [models.UniqueConstraint(fields=["city", "slug"], name="unique_alias_per_city")]

    def __str__(self):
        return self.name

    def clean(self):
        self.slug = slug_for(self.name)
        if not self.slug:
            raise ValidationError({"name": "The name needs a letter or a digit, to make an address of."})
        if len(self.slug) > self._meta.get_field("slug").max_length:
            raise ValidationError({"name": "The name is too long to make an address of: shorten it."})

    def save(self, **kwargs):
        from locations.addresses import keep_leading
        from locations.freshness import one_writer_at_a_time, refresh_pages

        kwargs.pop("update_fields", None)  # the slug follows the name
        self.slug = slug_for(self.name)
        with transaction.atomic():
            one_writer_at_a_time()
            before = CityAlias.objects.filter(pk=self.pk).select_related("city__state").first()
            super().save(**kwargs)
            CityRedirect.objects.filter(state=self.city.state_id, slug=self.slug).delete()
            if before and before.slug != self.slug:
                keep_leading(before.city.state, before.slug, self.city)
            refresh_pages(cities=[self.city_id], states=[])

    def delete(self, **kwargs):
        from locations.addresses import keep_leading
        from locations.freshness import one_writer_at_a_time, refresh_pages

        with transaction.atomic():
            one_writer_at_a_time()
            deleted = super().delete(**kwargs)
            keep_leading(self.city.state, self.slug, self.city)
            refresh_pages(cities=[self.city_id], states=[])
        return deleted


class NeighborQuerySet(models.QuerySet):
    def shown(self):
        """Links to published cities, with all that a list of them needs, in one query."""
        return (
            self.filter(neighbor__is_published=True, neighbor__state__is_published=True)
            .select_related("neighbor__state")
            .order_by("rank")
        )


class Neighbor(models.Model):
    """One of the cities nearest to a city; kept up to date by `freshness`, never by hand."""

    city = models.ForeignKey(City, models.CASCADE, related_name="neighbor_links")
    neighbor = models.ForeignKey(City, models.CASCADE, related_name="neighbor_of")
    miles = models.FloatField(help_text="Great-circle distance.")
    rank = models.PositiveSmallIntegerField(help_text="1 is the nearest.")

    objects = NeighborQuerySet.as_manager()

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["city", "neighbor"], name="unique_neighbor")]

    def __str__(self):
        return f"{self.city} → {self.neighbor}"

    @property
    def is_vague(self):
        """Whether the points are not known well enough for a figure."""
        return self.miles < 1 and not (self.city.is_exact and self.neighbor.is_exact)

    @property
    def distance(self):
        """The distance in words."""
        return "close by" if self.is_vague else in_miles(self.miles)
