from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TherapyDirConfig(AppConfig):
    name = "therapydir"
    verbose_name = "TherapyDir"

    def ready(self):
        import therapydir.accounts.login_log  # noqa: F401  its receivers
        from therapydir.derived.versions import note_changes

        post_migrate.connect(note_changes, sender=self)
