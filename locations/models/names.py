"""The index that places are searched by; kept by `derivations`, never by hand."""

from django.db import models
from django.db.models import Q

from locations.city_lists import county_anchor
from locations.models.cities import City
from locations.models.others import OtherPlace
from locations.models.states import State

# Letters at the beginning of a name among which one mistake is forgiven when candidates are
# looked up; what follows them is compared afterward.
LOOKED_AT = 9


class PlaceName(models.Model):
    """One way to name a published city, or a place without a page: a key of letters and digits alone.

    Such keys sort alike in every database, so that a range of them is all with one beginning.
    """

    class Kind(models.IntegerChoices):
        WHOLE = 0, "its name, or another name of it"
        SHORT = 1, "its name without the kind of place"
        PART = 2, "the last words of its name"

    city = models.ForeignKey(City, models.CASCADE, null=True, related_name="search_names")
    other = models.ForeignKey(OtherPlace, models.CASCADE, null=True, related_name="search_names")
    key = models.CharField(max_length=120)
    kind = models.PositiveSmallIntegerField(choices=Kind)
    population = models.PositiveIntegerField(help_text="The place's, to order by; 0 when it is not known.")

    class Meta:
        # With what names are chosen and ordered by, so that their rows need not be read for that.
        indexes = [models.Index(fields=["key", "kind", "population", "city", "other"], name="place_name_key")]
        constraints = [
            models.UniqueConstraint(fields=["city", "key"], name="unique_key_per_city"),
            models.UniqueConstraint(fields=["other", "key"], name="unique_key_per_other_place"),
            models.CheckConstraint(
                condition=Q(city=None, other__isnull=False) | Q(city__isnull=False, other=None),
                name="place_name_of_one",
            ),
        ]

    def __str__(self):
        return self.key


class Misspelling(models.Model):
    """The beginning of a key with a letter left out: what it has in common with its misspellings."""

    name = models.ForeignKey(PlaceName, models.CASCADE, related_name="misspellings")
    text = models.CharField(max_length=LOOKED_AT)

    class Meta:
        indexes = [models.Index(fields=["text"], name="misspelling_text")]

    def __str__(self):
        return self.text


class County(models.Model):
    """A county in which published cities are, and the key that it is found by."""

    state = models.ForeignKey(State, models.CASCADE, related_name="counties")
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=60)

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["key"], name="county_key")]
        constraints = [models.UniqueConstraint(fields=["state", "name"], name="unique_county_per_state")]

    def __str__(self):
        return f"{self.name} County, {self.state.code}"

    @property
    def anchor(self):
        """Where its cities are on the page of the state."""
        return county_anchor(self.name)
