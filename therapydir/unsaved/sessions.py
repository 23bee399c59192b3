"""What is sent when a session has ended, or its form cannot be told from a forged one: it is kept."""

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse

from therapydir.unsaved.open_forms import FIELD, Ticket, note

# How addresses end to which scripts send what is typed, and a button what is to be shown.
UNSAVED, PREVIEW = "unsaved/", "preview/"


class EndedSessionMiddleware:
    """Keeps what somebody sends whose session has ended; after logging in, it stands in the form."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not _is_of_admin(request) or FIELD not in request.POST or request.user.is_authenticated:
            return None
        if not _kept(request):
            return None
        if request.path.endswith(UNSAVED):
            return JsonResponse({"ended": reverse("admin:login")})
        messages.warning(request, "Your session had ended. Log in: what you typed stands in the form then.")
        return redirect_to_login(form_of(request), reverse("admin:login"))


def csrf_refusal(request, reason=""):
    """The site's `CSRF_FAILURE_VIEW`: says what to do; what an editor sent is kept before."""
    context = {
        **admin.site.each_context(request),
        "title": "Nothing was saved",
        "is_kept": _is_of_admin(request) and _kept(request),
        "form": form_of(request),
    }
    return render(request, "admin/not_sent.html", context, status=403)


def form_of(request):
    """The address of the form from which something was sent."""
    path, mark, query = request.get_full_path().partition("?")
    for end in (UNSAVED, PREVIEW):
        path = path.removesuffix(end)
    return path + mark + query


def _is_of_admin(request):
    return request.method == "POST" and request.resolver_match.app_name == "admin"


def _kept(request):
    """Whether the form that was sent was given to somebody, for whom its text is kept now."""
    ticket = Ticket.read(request.POST.get(FIELD))
    return bool(ticket and note(ticket, request.POST))
