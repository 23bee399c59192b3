"""What leads to a place: its other names, its old addresses, its ZIP codes, its neighbors."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q

from locations.coordinates import LATITUDE, LONGITUDE
from locations.distance import direction
from locations.models.cities import City
from locations.models.states import State
from therapydir.pages.fields import CleanText
from therapydir.pages.paths import slug_for

FAR = 30  # miles, beyond which a tenth of one is no help to anybody


class ZipCode(CleanText):
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

    INLINE_ROWS = ("serves_set",)

    class Meta:
        ordering = ["code"]
        verbose_name = "ZIP code"
        indexes = [models.Index(fields=["latitude", "longitude"], name="zip_code_position")]

    def __str__(self):
        return self.code

    def serve(self, cities):
        """From now on it is a ZIP code of those cities alone, of the first most."""
        Serves.objects.filter(zipcode=self).exclude(city__in=cities).delete()
        for rank, city in enumerate(cities, start=1):
            Serves.objects.update_or_create(zipcode=self, city=city, defaults={"rank": rank})


class Serves(models.Model):
    """A ZIP code of a city: its area, or its post office, is there."""

    city = models.ForeignKey(City, models.CASCADE)
    zipcode = models.ForeignKey(ZipCode, models.CASCADE)
    rank = models.PositiveSmallIntegerField(
        default=1, help_text="Among the cities of the ZIP code: 1 has most of its people and land."
    )

    class Meta:
        db_table = "locations_city_zip_codes"
        unique_together = [("city", "zipcode")]

    def __str__(self):
        return f"{self.zipcode} → {self.city}"


class StateRedirectQuerySet(models.QuerySet):
    def old(self):
        """Slugs that no state has now, but for one that does not show, and is another."""
        own_or_shown = State.objects.filter(Q(pk=OuterRef("state")) | Q(pk__in=State.objects.published()))
        return self.exclude(Exists(own_or_shown.filter(slug=OuterRef("slug"))))


class StateRedirect(models.Model):
    """A slug under which a state was published: it leads to the present one, with all below it.

    The present one is among them; they are remembered by `derivations`.
    """

    slug = models.SlugField(max_length=50, unique=True)
    state = models.ForeignKey(State, models.CASCADE, related_name="former_slugs")

    objects = StateRedirectQuerySet.as_manager()

    class Meta:
        verbose_name = "redirect to a state"
        verbose_name_plural = "redirects to states"

    def __str__(self):
        return self.slug


class CityRedirectQuerySet(models.QuerySet):
    def old(self):
        """Addresses that no city has now, but for one that does not show, and is another; and no names."""
        there = {"state": OuterRef("state"), "slug": OuterRef("slug")}
        own_or_shown = City.objects.filter(Q(pk=OuterRef("city")) | Q(is_published=True), **there)
        names = CityAlias.objects.filter(city__state=OuterRef("state"), slug=OuterRef("slug"))
        return self.exclude(Exists(own_or_shown)).exclude(Exists(names))


class CityRedirect(models.Model):
    """An address below a state that leads to a city's page, or to the state's own.

    Slugs under which a city was published, its present one and its other names among them, which
    `derivations` remembers; and entries of the owner's list that are no names.
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

    objects = CityRedirectQuerySet.as_manager()

    class Meta:
        verbose_name = "redirect to a city"
        verbose_name_plural = "redirects to cities"
        constraints = [
            models.UniqueConstraint(fields=["state", "slug"], name="unique_city_redirect_per_state")
        ]

    def __str__(self):
        return self.slug


class SlugOfName(models.SlugField):
    """The address segment for the name of the same row, whenever that is saved."""

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.SlugField", args, kwargs  # for migrations, which know Django alone

    def pre_save(self, model_instance, add):
        slug = slug_for(model_instance.name)
        setattr(model_instance, self.attname, slug)
        return slug


class CityAlias(CleanText):
    """Another name that people search for or link to."""

    city = models.ForeignKey(City, models.CASCADE, related_name="aliases")
    name = models.CharField(
        max_length=100,
        help_text="Its address below the state leads to the city, even after you remove the name.",
    )
    slug = SlugOfName(max_length=100, editable=False)
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


class NeighborQuerySet(models.QuerySet):
    def shown(self):
        """Links to published cities, with what a list of them needs and no more, in two queries.

        Many links lead to the same city, which is read once.
        """
        fields = "name slug county latitude longitude data_source state".split()
        of_state = (f"state__{field}" for field in "name slug code".split())
        cities = City.objects.select_related("state").only(*fields, *of_state)
        shown = self.filter(neighbor__is_published=True, neighbor__state__is_published=True)
        return shown.prefetch_related(Prefetch("neighbor", cities)).order_by("rank")


class Neighbor(models.Model):
    """One of the cities nearest to a city; kept by `derivations`, never by hand."""

    city = models.ForeignKey(City, models.CASCADE, related_name="neighbor_links")
    neighbor = models.ForeignKey(City, models.CASCADE, related_name="neighbor_of")
    miles = models.FloatField(help_text="Great-circle distance.")
    rank = models.PositiveSmallIntegerField(help_text="In the list of nearby places; 0: not in it.")
    is_anchor = models.BooleanField(
        default=False, help_text="The larger city from which the page says where this one is."
    )

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
    def is_precise(self):
        """Whether a tenth of a mile means something: both centers are known, and not far apart."""
        return self.miles < FAR and self.city.is_exact and self.neighbor.is_exact

    @property
    def miles_shown(self):
        """The distance in miles, no more precise than the centers are, or «close by»."""
        if self.is_vague:
            return "close by"
        return f"{self.miles:.1f}" if self.is_precise else f"{max(1, round(self.miles)):,}"

    @property
    def direction(self):
        """Which way the other city lies; "" where that cannot be told."""
        return "" if self.is_vague else direction(self.city, self.neighbor)
