"""What is worked out of the records for each city: its lists, and the pages of those that are long."""

from django.db import models
from django.urls import reverse

from locations.models import City
from therapydir.derived.content import Content

AT_FIRST = 6  # entries of a list that the page of the city shows
PER_PAGE = 20


class CityList(models.Model):
    """How long a list of a city is, and which records are its first; kept by `derivations`."""

    city = models.ForeignKey(City, models.CASCADE, related_name="care_lists")
    slug = models.SlugField(max_length=40)
    count = models.PositiveIntegerField()
    first = models.JSONField(default=list, help_text="The primary keys of those that the city's page shows.")
    specialties = models.JSONField(default=dict, help_text="How many have each specialty, by slug.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "slug"], name="unique_list_per_city")]

    def __str__(self):
        return f"{self.slug} of {self.city}"


class ListPageQuerySet(models.QuerySet):
    def shown(self):
        """Those that visitors may see, with their cities and states."""
        return self.filter(city__in=City.objects.published()).select_related("city__state")


class ListPage(Content):
    """A page of a list that has more entries than the city's page shows; kept by `derivations`."""

    DATED_BY = ("city", "slug", "number")

    city = models.ForeignKey(City, models.CASCADE, related_name="list_pages", db_index=False)
    slug = models.SlugField(max_length=40)
    number = models.PositiveIntegerField()

    objects = ListPageQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "slug", "number"], name="unique_page_of_list")]
        indexes = [models.Index(fields=["city", "content_changed_at"], name="list_page_newest")]

    def __str__(self):
        return f"{self.slug} of {self.city}, page {self.number}"

    def get_absolute_url(self):
        return list_path(self.city.state.slug, self.city.slug, self.slug, self.number)


def page_count(count):
    """How many pages a list of that many entries has."""
    return -(-count // PER_PAGE)


def list_path(state_slug, city_slug, slug, number=1):
    """The path of a page of a list."""
    pages = [] if number == 1 else [number]
    return reverse("providers:list", args=[state_slug, city_slug, slug, *pages])
