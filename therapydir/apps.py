from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from therapydir.pages.markdown import reserve_ids


class TherapyDirConfig(AppConfig):
    name = "therapydir"
    verbose_name = "TherapyDir"

    def ready(self):
        # Models can be imported from here on, and no earlier.
        import therapydir.accounts.login_log  # noqa: F401, PLC0415  its receivers
        from therapydir.derived.triggers import set_triggers  # noqa: PLC0415
        from therapydir.history.triggers import set_triggers as set_history_triggers  # noqa: PLC0415

        autodiscover_modules("derivations", "history")
        reserve_ids("directory", "states")  # the first which follows the explainer
        post_migrate.connect(set_triggers, sender=self)
        post_migrate.connect(set_history_triggers, sender=self)
