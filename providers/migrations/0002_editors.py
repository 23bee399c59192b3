from django.db import migrations

from therapydir.migrations._granting import grant


def grant_providers(apps, schema_editor):
    changed = ["view", "change"]
    grant(apps, "providers", {"provider": changed, "specialty": changed, "importrun": ["view"]})
    grant(apps, "providers", {"report": [*changed, "delete"]})  # once handled, nobody needs it


class Migration(migrations.Migration):
    dependencies = [("providers", "0001_initial"), ("locations", "0014_editors_other_places")]
    operations = [migrations.RunPython(grant_providers, migrations.RunPython.noop)]
