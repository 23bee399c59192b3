"""A new password by mail for those who forgot theirs, where a mail server is set.

Whoever asks is told the same whether there is such an account or not, and it takes as long.
"""

import threading
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm
from django.http import Http404
from django.utils.cache import add_never_cache_headers

from therapydir.accounts.login_log import log_asked, log_chosen, log_sent
from therapydir.accounts.logins import LONGEST_NAME, TooManyAsked, network_of
from therapydir.accounts.models import FailedLogin
from therapydir.pages.clients import client_address


def no_mail_server(request):
    """What answers at these addresses where none is set."""
    raise Http404("No password is sent by mail here.")


def slow_down(request, email):
    """Count that a new password is asked for. Raises `TooManyAsked` if that was asked too often.

    Mails to one address are counted, whether it is an account's or not, and whoever asks is counted with
    those who fail to log in.
    """
    subjects = [
        f"mail {email[:LONGEST_NAME].lower()}",
        f"address {network_of(client_address(request))}",
    ]
    if seconds := FailedLogin.objects.seconds_to_wait(subjects):
        raise TooManyAsked(seconds)
    FailedLogin.objects.note(subjects)


class MailForm(PasswordResetForm):
    """Sends a link to the site's own address, whatever host the request names."""

    def save(self, **options):
        origin = urlsplit(settings.SITE_URL)
        own = {"domain_override": origin.netloc, "use_https": origin.scheme == "https"}
        super().save(**{**options, **own})

    def send_mail(self, subject_template_name, email_template_name, context, *others, **options):
        """Django's, in a thread: to write to a server takes long, and would tell that there is an account."""
        log_sent(context["user"])
        given = (subject_template_name, email_template_name, context, *others)
        threading.Thread(target=super().send_mail, args=given, kwargs=options, name="mail").start()


class Unseen:
    """A mixin for pages that nobody keeps, and whose addresses other sites are not told."""

    referrer = "same-origin"  # without any, browsers do not say either where a form comes from

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        response["Referrer-Policy"] = self.referrer
        add_never_cache_headers(response)
        return response

    def get_context_data(self, **kwargs):
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs)}


class AskView(Unseen, views.PasswordResetView):
    form_class = MailForm
    template_name, title = "accounts/ask.html", "Forgot your password?"
    subject_template_name, email_template_name = "accounts/subject.txt", "accounts/mail.txt"

    def form_valid(self, form):
        slow_down(self.request, form.cleaned_data["email"])
        log_asked(self.request, form.cleaned_data["email"])
        self.extra_email_context = {"site": settings.SITE_NAME}
        return super().form_valid(form)


class SentView(Unseen, views.PasswordResetDoneView):
    template_name, title = "accounts/sent.html", "Check your email"


class ChooseView(Unseen, views.PasswordResetConfirmView):
    """Where the link leads: it goes into the session, and the form is at an address without it."""

    template_name, title = "accounts/choose.html", "Choose a new password"

    def dispatch(self, request, *args, **kwargs):
        if kwargs["token"] != self.reset_url_token:
            self.referrer = "no-referrer"
        return super().dispatch(request, *args, **kwargs)

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and user.is_active else None

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context if self.validlink else {**context, "title": "This link no longer works"}

    def form_valid(self, form):
        """Save the password; whoever got the mail need not wait for what others failed at."""
        response = super().form_valid(form)
        log_chosen(self.request, self.user)
        FailedLogin.objects.forgive([f"account {self.user.get_username()}"])
        return response


class ChangedView(Unseen, views.PasswordResetCompleteView):
    template_name, title = "accounts/changed.html", "Your password is changed"
