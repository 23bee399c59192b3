from django.db import migrations

from therapydir.migrations._granting import grant


def grant_rules(apps, schema_editor):
    # No deleting: a state without a rule says nothing, one with a doubtful rule says so.
    grant(apps, "locations", {"practicerule": ["view", "add", "change"]})


class Migration(migrations.Migration):
    dependencies = [("locations", "0006_practice_rules")]
    operations = [migrations.RunPython(grant_rules, migrations.RunPython.noop)]
