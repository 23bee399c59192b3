from django.db import migrations

from therapydir.migrations._granting import grant


def grant_redirects(apps, schema_editor):
    # No changing: one is removed, and another added.
    may = ["view", "add", "delete"]
    grant(apps, "locations", {"cityredirect": may, "stateredirect": may})


class Migration(migrations.Migration):
    dependencies = [("locations", "0014_editors_other_places")]
    operations = [
        migrations.AlterModelOptions(
            name="cityredirect",
            options={"verbose_name": "redirect to a city", "verbose_name_plural": "redirects to cities"},
        ),
        migrations.AlterModelOptions(
            name="stateredirect",
            options={"verbose_name": "redirect to a state", "verbose_name_plural": "redirects to states"},
        ),
        migrations.RunPython(grant_redirects, migrations.RunPython.noop),
    ]
