from django.apps import AppConfig

from therapydir.pages.markdown import reserve_ids


class ArticlesConfig(AppConfig):
    name = "articles"

    def ready(self):
        reserve_ids("contents", "owner")
