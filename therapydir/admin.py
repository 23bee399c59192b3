"""Accounts and groups in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from therapydir.pages.editing import SoundInput

admin.site.unregister([User, Group])


@admin.register(User)
class AccountAdmin(SoundInput, UserAdmin):
    pass


@admin.register(Group)
class AccountGroupAdmin(SoundInput, GroupAdmin):
    pass
