from django.db import migrations, models


def drop_triggers(apps, schema_editor):
    """On the way back: SQLite drops no column that a trigger names. The earlier code sets its own."""
    if schema_editor.connection.vendor == "sqlite":
        for event in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS keep_{event}_locations_city")


class Migration(migrations.Migration):
    # Of what is withdrawn already nobody knows, and so it stays until somebody publishes it by itself.
    dependencies = [("locations", "0015_redirects")]
    operations = [
        migrations.AddField(
            model_name="city",
            name="withdrawn_among_many",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Not by itself or with a few: who publishes many publishes it again.",
                verbose_name="withdrawn with many others",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, drop_triggers),
    ]
