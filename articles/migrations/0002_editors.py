from django.db import migrations

from therapydir.migrations._granting import grant


def grant_articles(apps, schema_editor):
    # No deleting: an editor withdraws a page, and its address goes on saying so.
    grant(apps, "articles", {"article": ["view", "add", "change"]})


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant_articles, migrations.RunPython.noop)]
