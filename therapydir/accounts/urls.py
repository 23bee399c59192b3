"""Addresses of a new password by mail, by the names that Django's own views and the login page know."""

from django.urls import path

from therapydir.accounts import resets

urlpatterns = [
    path("", resets.AskView.as_view(), name="admin_password_reset"),
    path("sent/", resets.SentView.as_view(), name="password_reset_done"),
    path("changed/", resets.ChangedView.as_view(), name="password_reset_complete"),
    path("<uidb64>/<token>/", resets.ChooseView.as_view(), name="password_reset_confirm"),
]
