"""Indexes the names of the places that a site already has."""

from itertools import batched

from django.db import migrations

from locations.name_index import keys_for
from locations.names import misspellings
from therapydir.content import BATCH

PART = 2  # the kind of name that is not looked up by its misspellings


def fill(apps, schema_editor):
    City, PlaceName, Misspelling = (
        apps.get_model("locations", name) for name in ("City", "PlaceName", "Misspelling")
    )
    cities = City.objects.filter(is_published=True, state__is_published=True).order_by("pk")
    for some in batched(cities.prefetch_related("aliases").iterator(BATCH), BATCH):
        names = PlaceName.objects.bulk_create(
            PlaceName(city=city, key=key, kind=kind, population=city.population or 0)
            for city in some
            for key, kind in keys_for([city.name, *(alias.name for alias in city.aliases.all())]).items()
        )
        Misspelling.objects.bulk_create(
            (
                Misspelling(name=name, text=text)
                for name in names
                if name.kind != PART
                for text in sorted(misspellings(name.key))
            ),
            batch_size=BATCH,
        )


class Migration(migrations.Migration):
    dependencies = [("locations", "0004_search_index")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
