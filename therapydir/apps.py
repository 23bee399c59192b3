from django.apps import AppConfig


class TherapyDirConfig(AppConfig):
    name = "therapydir"
    verbose_name = "TherapyDir"
