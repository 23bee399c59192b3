"""Once filled the index of names, which is worked out after every migration where it is not in step."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("locations", "0004_search_index")]

    operations = []
