from django.db import migrations

from therapydir.migrations._granting import grant


def grant_history(apps, schema_editor):
    grant(apps, "therapydir", {"batch": ["view"]})


class Migration(migrations.Migration):
    dependencies = [
        ("therapydir", "0006_history"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant_history, migrations.RunPython.noop)]
