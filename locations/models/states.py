"""States: a page of their own, and a part of the directory."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import cached_property

from locations import city_lists
from locations.models.cities import MARKDOWN_HELP, City
from locations.offering import kept_back
from therapydir.derived.content import ListedContent
from therapydir.pages.fields import MarkdownField
from therapydir.pages.markdown import render_markdown
from therapydir.pages.paths import PathField

LARGEST_SHOWN = 10  # cities that a state page names first


class StateQuerySet(models.QuerySet):
    def published(self):
        """States that visitors and crawlers may see."""
        return self.filter(is_published=True)

    def with_city_count(self):
        """Adds `city_count`, the number of published cities, which an index holds, and orders by name."""
        cities = City.objects.filter(state=OuterRef("pk"), is_published=True).order_by()
        count = Subquery(cities.values("state").annotate(count=Count("pk")).values("count"))
        return self.annotate(city_count=Coalesce(count, 0)).order_by("name")

    def with_cities(self):
        """These states as a list, each with its `listed_cities` at hand."""
        states = list(self)
        State.add_cities(states)
        return states


class State(ListedContent):
    """A state, its page, and its part of the directory."""

    name = models.CharField(max_length=50, unique=True)
    slug = PathField(
        max_length=50,
        unique=True,
        help_text=(
            "Part of the address of the state and of all its cities. After a change, all the old "
            "addresses lead to the new ones."
        ),
    )
    code = models.CharField(
        "USPS code",
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", "The USPS code is two capital letters, like CA.")],
        help_text="Two capital letters; shown after city names.",
    )
    intro = MarkdownField(blank=True, help_text=f"Shown at the top of the state's page. {MARKDOWN_HELP}")
    neighbors = models.ManyToManyField(
        "self", blank=True, help_text="States that share a border; the state's page links to them."
    )
    is_published = models.BooleanField(
        "published",
        default=True,
        help_text="Clear this to withdraw the state and all its cities: their addresses then say so.",
    )
    first_published_at = models.DateTimeField(null=True, editable=False)

    city_count = None  # which `with_city_count()` gives

    objects = StateQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("locations:state", args=[self.slug])

    def letter_path(self, letter):
        """The address of its cities that begin with a letter, if it has too many for one page."""
        return reverse("locations:letter", args=[self.slug, letter])

    @property
    def full_name(self):
        return self.name

    @property
    def is_visible(self):
        return self.is_published

    @property
    def was_visible(self):
        return self.first_published_at is not None

    @staticmethod
    def add_cities(states):
        """Give each of those states its `listed_cities`, in two queries for all of them."""
        listed = {state.pk: [] for state in states}
        addresses = {state.pk: state.get_absolute_url() for state in states}
        rows = City.objects.published().filter(state__in=listed).order_by()
        not_offered = set(kept_back(rows).values_list("pk", flat=True))
        for state, *fields, slug in rows.values_list("state", *city_lists.COLUMNS, "slug"):
            path, is_offered = f"{addresses[state]}{slug}/", fields[0] not in not_offered
            listed[state].append(city_lists.ListedCity(*fields, path, is_offered))
        for state in states:
            state.listed_cities = sorted(listed[state.pk], key=city_lists.by_name)

    @cached_property
    def listed_cities(self):
        """Its published cities by name, as `ListedCity`; for several states see `with_cities()`."""
        State.add_cities([self])
        return self.listed_cities

    @cached_property
    def cities_by_letter(self):
        """{first letter of their addresses: its published cities} by name."""
        return city_lists.by_first_letter(self.listed_cities)

    @property
    def is_split(self):
        """Whether it has more cities than one page lists: each first letter then has a page of its own."""
        return city_lists.is_split(len(self.listed_cities))

    @cached_property
    def mapped_cities(self):
        """Those of its cities that its map shows, by name: all, or of very many the largest."""
        return city_lists.largest(self.listed_cities) if self.is_split else self.listed_cities

    @cached_property
    def largest_cities(self):
        """Its published cities of known population, the most populous first."""
        known = [city for city in self.listed_cities if city.population]
        return sorted(known, key=lambda city: -city.population)[:LARGEST_SHOWN]

    @cached_property
    def cities_by_county(self):
        """[(county, its id on the page, its published cities by name)]; of very many cities the largest."""
        return city_lists.by_county(self.mapped_cities)

    @cached_property
    def county_count(self):
        return len({city.county for city in self.listed_cities})

    @property
    def intro_html(self):
        return render_markdown(self.intro).html
