"""The admin's part in keeping what is worked out in step."""

from contextlib import nullcontext

from django.contrib import messages

from therapydir.derived.catching_up import catch_up, outstanding, writing


class KeptInStep:
    """A mixin for the admin of content: whatever a form or an action saves is in step when it is answered.

    What somebody changed by SQL and did not work off, the next who looks at a list works off.
    """

    def changeform_view(self, request, *args, **kwargs):
        with self._writing(request):
            return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        if request.method == "GET" and outstanding():
            count = catch_up()
            messages.info(request, f"{count:,} changes from elsewhere were worked off just now.")
        with self._writing(request):
            return super().changelist_view(request, *args, **kwargs)

    @staticmethod
    def _writing(request):
        return writing() if request.method == "POST" else nullcontext()
