from django.db import migrations

from therapydir.migrations._granting import grant


def grant_other_places(apps, schema_editor):
    # They have no page that could be missed: who adds one may take it away.
    grant(apps, "locations", {"otherplace": ["view", "add", "change", "delete"]})


class Migration(migrations.Migration):
    dependencies = [("locations", "0013_places_of_2020")]
    operations = [migrations.RunPython(grant_other_places, migrations.RunPython.noop)]
