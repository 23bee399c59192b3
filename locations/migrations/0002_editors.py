from django.db import migrations

from therapydir.migrations._granting import grant


def grant_directory(apps, schema_editor):
    # No deleting of what has a page: an editor withdraws it, and its address goes on saying so.
    grant(
        apps,
        "locations",
        {
            "state": ["view", "add", "change"],
            "city": ["view", "add", "change"],
            "zipcode": ["view", "add", "change"],
            "cityalias": ["view", "add", "change", "delete"],
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("locations", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant_directory, migrations.RunPython.noop)]
