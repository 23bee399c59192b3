from django.db import migrations

from therapydir.migrations._granting import grant


def grant_redirects(apps, schema_editor):
    # No changing: one is removed, and another added.
    grant(apps, "articles", {"formerslug": ["view", "add", "delete"]})


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_writers")]
    operations = [
        migrations.AlterModelOptions(
            name="formerslug",
            options={"verbose_name": "redirect to a text", "verbose_name_plural": "redirects to texts"},
        ),
        migrations.RunPython(grant_redirects, migrations.RunPython.noop),
    ]
