from django.apps import AppConfig

from therapydir.pages.markdown import reserve_ids


class LocationsConfig(AppConfig):
    name = "locations"
    verbose_name = "Directory"

    def ready(self):
        reserve_ids("cities", "counties", "finding", "map", "nearby", "rules")
