from django.db import migrations

from therapydir.migrations._granting import grant


def grant_guide(apps, schema_editor):
    # No deleting: a line is taken off the guide, and its date goes on counting.
    grant(
        apps,
        "articles",
        {
            "concern": ["view", "add", "change"],
            "warningsign": ["view", "add", "change"],
            "owner": ["view", "change"],
        },
    )


def make_owner(apps, schema_editor):
    apps.get_model("articles", "Owner").objects.get_or_create()


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_guide_and_site_pages")]
    operations = [
        migrations.RunPython(grant_guide, migrations.RunPython.noop),
        migrations.RunPython(make_owner, migrations.RunPython.noop),
    ]
