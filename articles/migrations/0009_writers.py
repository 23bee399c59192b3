from django.db import migrations

from therapydir.migrations._granting import EDITORS, WRITERS, grant

DRAFTS = {"draft": ["view", "add", "change"]}


def let_write(apps, schema_editor):
    grant(apps, "articles", DRAFTS, EDITORS)
    grant(apps, "articles", {**DRAFTS, "article": ["view"]}, WRITERS)
    grant(apps, "therapydir", {"batch": ["view"]}, WRITERS)


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_drafts"), ("therapydir", "0008_open_forms")]
    operations = [migrations.RunPython(let_write, migrations.RunPython.noop)]
