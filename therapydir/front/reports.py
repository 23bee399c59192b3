"""The form on which visitors say that a record is wrong, or not to be listed."""

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from providers.forms import ReportForm
from providers.models import Provider, Report
from therapydir.pages.clients import client_address
from therapydir.pages.head import HOME, Crumb, PageMeta
from therapydir.pages.parameters import reads
from therapydir.pages.paths import Missing, takes_posts

TOO_MANY = "Several reports came from here today already: nothing was sent. Please try again tomorrow."
FULL = "So many reports wait for an editor that no more are taken: nothing was sent. Please try again later."


@takes_posts
@csrf_exempt  # nobody is logged in here, and each form carries a stamp of its own
@never_cache
@reads("npi", "sent")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request):
    """Say what is wrong with a record; who sent it is not kept, but for a digest that lasts a day."""
    if request.GET.get("sent"):
        return _render(request, {"is_sent": True})
    if not (npi := request.GET.get("npi", "")):
        return _render(request, {})
    record = Provider.objects.listed().filter(npi=npi).order_by("place").first() if npi.isascii() else None
    if record is None:
        raise Missing("No record with that number is listed.")
    form = ReportForm(request.POST or None, npi=npi)
    if request.method == "POST" and form.is_valid() and form.npi == npi:
        if refused := _save(request, form):
            form.add_error(None, refused)
        else:
            return HttpResponseRedirect(f"{reverse('report')}?sent=1", status=303)
    return _render(request, {"form": form, "record": record}, 200 if request.method != "POST" else 422)


def _save(request, form):
    """Keep the report, or say why not."""
    day = timezone.localdate().isoformat()
    told = f"{day} {client_address(request)}"
    sender = salted_hmac("providers.report", told, algorithm="sha256").hexdigest()
    if Report.objects.filter(sender=sender).count() >= Report.MOST_A_DAY:
        return TOO_MANY
    if Report.objects.filter(is_handled=False).count() >= Report.MOST_OPEN:
        return FULL
    form.instance.npi, form.instance.sender = form.npi, sender
    form.save()
    return ""


def _render(request, context, status=200):
    page = PageMeta(
        title="Wrong, or Not to Be Listed?",
        description="",
        path=reverse("report"),
        trail=(HOME, Crumb("Wrong, or not to be listed?", reverse("report"))),
        is_indexable=False,
    )
    return render(request, "providers/report.html", {**context, "page": page}, status=status)
