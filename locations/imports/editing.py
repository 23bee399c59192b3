"""The admin's part in files: one is uploaded, shown as what it would do, and taken or not; and downloaded."""

import csv

from django import forms
from django.contrib import messages
from django.contrib.auth import get_permission_codename
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html

from locations.imports.csv_files import FileInMemory, Refused
from locations.imports.plans import ADDED, CHANGED, UNCHANGED
from therapydir.history.differences import texts_compared
from therapydir.history.editing import say_done
from therapydir.history.models import Batch
from therapydir.history.recording import recorded

# As a form brings it back, signed and compressed, it is less than what Django reads of one.
MOST_BYTES = 1_500_000
ZIP = b"PK\x03\x04"  # with which spreadsheets begin
SHOWN = 1000  # rows of each kind on the page of what a file would do
OPEN = 50  # rows that are shown unfolded
SALT = "locations.imports.editing."


class FileForm(forms.Form):
    """Takes a CSV file, small enough, as a `FileInMemory`."""

    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,  # of which the reader has its own sentence
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "Choose a file first."},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                f"{file.name} has {file.size / 1e6:.1f} MB, and {MOST_BYTES / 1e6:.1f} MB are taken at once: "
                "split it into several files, each with the first line, and upload one after the other."
            )
        data = file.read()
        if data.startswith(ZIP):
            raise forms.ValidationError(
                f"{file.name} is a spreadsheet and not a CSV file: open it, save it as “CSV UTF-8”, and "
                "upload that."
            )
        return FileInMemory(file.name, data)


class Preview:
    """What a file would do, as the page shows it; `token` is the file and what was shown, signed."""

    def __init__(self, kind, file, plan):
        self.kind, self.file, self.plan = kind, file, plan

    @cached_property
    def token(self):
        content = {"name": self.file.name, "plan": self.plan.digest, "file": self.file.data.decode("latin-1")}
        return _signer(self.kind).sign_object(content, compress=True)

    @property
    def problems(self):
        """What is wrong, by line."""
        return sorted(self.plan.problems, key=lambda problem: problem.line)[:SHOWN]

    @property
    def lines_wrong(self):
        return len({problem.line for problem in self.plan.problems})

    @property
    def takes(self):
        """The steps that take something away from others."""
        return [step for step in self.plan.steps if step.takes]

    @property
    def groups(self):
        """The rows that would do something."""
        return [_Group(verb, self.plan.of(verb)) for verb in (CHANGED, ADDED) if self.plan.of(verb)]

    @property
    def unchanged(self):
        return len(self.plan.of(UNCHANGED))

    @property
    def more_problems(self):
        return len(self.plan.problems) - len(self.problems)

    @property
    def counts(self):
        """«997 added, 3 changed»."""
        return ", ".join(
            f"{len(self.plan.of(verb)):,} {verb}" for verb in (ADDED, CHANGED) if self.plan.of(verb)
        )

    @property
    def would(self):
        """«add 997 and change 3»."""
        words = {ADDED: "add", CHANGED: "change"}
        numbers = {verb: len(self.plan.of(verb)) for verb in words}
        return " and ".join(f"{words[verb]} {number:,}" for verb, number in numbers.items() if number)


class _Group:
    """Rows that would do the same, of which the page shows so many."""

    def __init__(self, verb, steps):
        self.verb, self.count = verb, len(steps)
        self.steps = [(step, self._lines(step)) for step in steps[:SHOWN]]
        self.more = self.count - len(self.steps)
        self.is_open = verb == CHANGED or self.count <= OPEN

    @staticmethod
    def _lines(step):
        return [(column, _compared(before, after)) for column, before, after in step.cells]


def _compared(before, after):
    text = texts_compared(before, after, " → ")
    return text if after else format_html("{} → empty", text)


class _PlanChanged(Exception):
    """What a file would do is not what was shown; `plan` is what it would do now."""

    def __init__(self, plan):
        super().__init__()
        self.plan = plan


class TakesFiles:
    """A mixin for the admin of what files of rows are taken for, and given.

    `kinds_of_files` are such as `locations.imports.kinds` has: a `slug`, a `title`, the `model` and what one
    `needs` to be allowed to do with it, `columns`, `plan(file)` and `rows()`. The first is that of the list
    itself.
    """

    kinds_of_files = ()
    change_list_template = "admin/list_with_files.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = []
        for kind in self.kinds_of_files:
            for view, name in ((self.import_view, "import"), (self.export_view, "export")):
                own.append(
                    path(f"{name}/{kind.slug}/", wrap(view), {"kind": kind}, name=self._name(kind, name))
                )
        return [*own, *super().get_urls()]

    def _name(self, kind, what):
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}_{kind.slug}"

    def _address(self, kind, what):
        return reverse(f"admin:{self._name(kind, what)}", current_app=self.admin_site.name)

    def changelist_view(self, request, extra_context=None):
        kinds = [self._links(kind) for kind in self.kinds_of_files if _may(request, kind.model, *kind.needs)]
        return super().changelist_view(request, {"kinds_of_files": kinds, **(extra_context or {})})

    def _links(self, kind):
        return {
            "label": kind.slug.replace("-", " ").capitalize(),
            "is_own": kind.model is self.model,
            "import": self._address(kind, "import"),
            "export": self._address(kind, "export"),
        }

    def import_view(self, request, kind):
        """Upload a file, see what it would do, and have it done."""
        _require(request, kind)
        if request.method == "POST" and "file_seen" in request.POST:
            return self._take(request, kind)
        form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                preview = Preview(kind, file, _plan(request, kind, file))
            except Refused as refused:
                form.add_error("file", refused.problems)
            else:
                return self._page(request, kind, FileForm(), preview)
        return self._page(request, kind, form)

    def _take(self, request, kind):
        """Do what was shown, if that is still what the file would do; else show what it would do now."""
        try:
            seen = _signer(kind).unsign_object(request.POST["file_seen"])
        except signing.BadSignature:
            messages.error(request, "That was no file that you looked at here: upload it again.")
            return HttpResponseRedirect(self._address(kind, "import"))
        file = FileInMemory(seen["name"], seen["file"].encode("latin-1"))
        try:
            with recorded(Batch.By.IMPORT, who=request.user.get_username(), why=file.name) as made:
                plan = _plan(request, kind, file)
                if plan.problems or plan.digest != seen["plan"]:
                    raise _PlanChanged(plan)
                plan.carry_out()
        except Refused as refused:
            messages.error(request, " ".join(["Nothing was imported.", *refused.problems]))
            return HttpResponseRedirect(self._address(kind, "import"))
        except _PlanChanged as changed:
            messages.warning(
                request,
                "Nothing was imported: somebody changed the site since you looked at this file. Below is "
                "what it would do now.",
            )
            return self._page(request, kind, FileForm(), Preview(kind, file, changed.plan))
        counts = Preview(kind, file, plan).counts
        say_done(request, made[0] if made else None, f"Imported from {file.name}: {counts}.")
        return HttpResponseRedirect(self._list)

    @property
    def _list(self):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _page(self, request, kind, form, preview=None):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Import {kind.title[0].lower()}{kind.title[1:]}",
            "kind": kind,
            "links": self._links(kind),
            "form": form,
            "preview": preview,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/import.html", context)

    def export_view(self, request, kind):
        """A CSV file that would change nothing if it were imported."""
        _require(request, kind)
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        name = f"{kind.title.lower().replace(' ', '-')}-{timezone.localdate()}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        csv.writer(response).writerows(kind.rows())
        return response


def _plan(request, kind, file):
    """What the file would do; complains of what it would add and this person may not."""
    plan = kind.plan(file)
    for model in plan.adds:
        if not _may(request, model, "add"):
            names = model._meta.verbose_name_plural
            raise Refused([f"{file.name} would add {names}, and your account may not: ask somebody who may."])
    return plan


def _may(request, model, *actions):
    opts = model._meta
    names = [get_permission_codename(action, opts) for action in actions]
    return all(request.user.has_perm(f"{opts.app_label}.{name}") for name in names)


def _require(request, kind):
    if not _may(request, kind.model, *kind.needs):
        raise PermissionDenied


def _signer(kind):
    return signing.Signer(salt=SALT + kind.model._meta.label_lower)
