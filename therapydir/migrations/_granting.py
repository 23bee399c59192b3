"""For migrations alone, and as settled as they are: what people who edit the site may do.

The Editors group is for those who edit it and do not run it; Writers write texts that others publish.
"""

from django.contrib.auth.management import create_permissions

EDITORS, WRITERS = "Editors", "Writers"


def grant(apps, app_label, permissions, name=EDITORS):
    """In a migration: let the group of that name do what `permissions` names, {model name: actions}.

    Django makes its permissions only after all migrations, so they are made here first.
    Permissions that were granted before, by hand too, stay.
    """
    config = apps.get_app_config(app_label)
    config.models_module = True  # a stub has none, and create_permissions skips such apps
    create_permissions(config, apps=apps, verbosity=0)
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
    codenames = [f"{action}_{model}" for model, actions in permissions.items() for action in actions]
    granted = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label=app_label, codename__in=codenames
    )
    group.permissions.add(*granted)
