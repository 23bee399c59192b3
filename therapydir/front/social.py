"""The pictures that stand for pages when they are shared: drawn once, then kept as files."""

import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from articles.heads import article_picture
from articles.models import Article
from locations.heads import city_picture, state_picture
from locations.models import City, State
from therapydir.front.drawing import shared_picture

logger = logging.getLogger(__name__)

# What has a picture of its own: its published records, and the `SocialPicture` of one.
KINDS = {
    "article": (lambda: Article.objects.published().articles().defer("body"), article_picture),
    "state": (State.objects.published, state_picture),
    "city": (lambda: City.objects.published().select_related("state"), city_picture),
}


def all_pictures():
    """The `SocialPicture` of every published article, state and city."""
    for find, picture_of in KINDS.values():
        for record in find().iterator():
            yield picture_of(record)


def folder():
    """Where drawn pictures are kept."""
    return Path(settings.VAR_DIR) / "social"


def draw(picture):
    """The PNG bytes of a picture: from its file, or drawn and kept there.

    Where the file cannot be written, the picture is drawn each time.
    """
    file = folder() / picture.file_name
    try:
        return file.read_bytes()
    except FileNotFoundError:
        content = shared_picture(picture.title)
    except OSError as error:
        logger.warning("The picture %s cannot be read, so it is drawn each time: %s", file, error)
        return shared_picture(picture.title)
    try:
        _write_whole(file, content)
    except OSError as error:
        logger.warning("The picture %s cannot be kept, so it is drawn each time: %s", file, error)
    return content


def _write_whole(file, content):
    """Write beside the file and put it in place at once: nobody reads half a picture."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix="new-")
    try:
        with os.fdopen(handle, "wb") as open_file:
            open_file.write(content)
        os.chmod(beside, 0o644)  # whoever draws it, the server may read it
        os.replace(beside, file)
    except OSError:
        os.unlink(beside)
        raise


@require_safe
def social_picture(request, kind, pk, digest):
    """A picture for sharing; one whose page has another title by now leads to the present one.

    What was drawn once is found by its address alone, which names what it shows.
    """
    with suppress(OSError):
        return _picture((folder() / f"{kind}-{pk}-{digest}.png").read_bytes())
    find, picture_of = KINDS[kind]
    record = find().filter(pk=pk).first()
    if record is None:
        raise Http404("There is no such picture.")
    picture = picture_of(record)
    if digest != picture.digest:
        return HttpResponseRedirect(picture.path)
    return _picture(draw(picture))


def _picture(content):
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(content, content_type="image/png", headers=headers)
