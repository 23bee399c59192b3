"""The project's own part of the admin, each beside what it serves: here accounts and groups."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

import therapydir.history.admin  # noqa: F401
from therapydir.pages.editing import SoundInput

admin.site.unregister([User, Group])


@admin.register(User)
class AccountAdmin(SoundInput, UserAdmin):
    pass


@admin.register(Group)
class AccountGroupAdmin(SoundInput, GroupAdmin):
    pass
