"""Pictures for sharing, icons, and the page that shows the design."""

import io

import pytest
from django.core.management import call_command
from PIL import Image, ImageChops

from tests.factories import make_article, save, withdraw
from tests.reading import page_of
from therapydir.front import social
from therapydir.front.drawing import MOST_LINES, TITLE_WIDTH, _fit, drawable, shared_picture


@pytest.fixture(autouse=True)
def _pictures_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def path_of(client, path):
    return page_of(client, path).meta["og:image"].removeprefix("http://127.0.0.1:8000")


def test_a_pages_picture_is_a_picture_that_may_be_kept_for_ever(client, db):
    response = client.get(path_of(client, "/locations/california/anaheim/"))
    assert response["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(response.content)).size == (1200, 630)
    assert "immutable" in response["Cache-Control"]
    assert not response.cookies


def test_a_picture_is_drawn_once(client, db, monkeypatch):
    address = path_of(client, "/locations/california/")
    first = client.get(address).content
    monkeypatch.setattr(social, "shared_picture", lambda title: pytest.fail("drawn again"))
    assert client.get(address).content == first


def test_a_picture_that_was_drawn_costs_no_query_and_is_not_compressed_again(
    client, db, django_assert_num_queries
):
    address = path_of(client, "/locations/california/")
    first = client.get(address)
    with django_assert_num_queries(0):
        again = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert again.content == first.content
    assert "Content-Encoding" not in again
    assert again["ETag"] == first["ETag"]
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_another_title_has_another_picture_and_the_old_address_leads_to_it(client, anaheim):
    old = path_of(client, anaheim.get_absolute_url())
    anaheim.name = "Anaheim Hills"
    save(anaheim)
    new = path_of(client, anaheim.get_absolute_url())
    response = client.get(old)
    assert new != old
    assert (response.status_code, response["Location"]) == (302, new)


def test_what_is_not_published_has_no_picture(client, anaheim):
    address = path_of(client, anaheim.get_absolute_url())
    withdraw(anaheim)
    assert client.get(address).status_code == 404
    assert (
        client.get(f"/social/article-{make_article(status='draft').pk}-000000000000.png").status_code == 404
    )


def test_a_folder_that_cannot_be_written_costs_no_picture(client, db, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.VAR_DIR = tmp_path / "file"
    assert client.get(path_of(client, "/locations/california/")).status_code == 200


def test_pictures_can_be_drawn_ahead_and_a_second_run_changes_nothing(db, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(social, "shared_picture", lambda title: title.encode())
    (tmp_path / "social").mkdir()
    (tmp_path / "social" / "city-1-000000000000.png").write_bytes(b"of an old title")
    call_command("draw_social_images")
    assert capsys.readouterr().out == "Drawn: 948. Removed: 1. Pictures: 948.\n"
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "social").iterdir()}
    assert len(before) == 948
    call_command("draw_social_images")
    assert capsys.readouterr().out == "Drawn: 0. Removed: 0. Pictures: 948.\n"
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "social").iterdir()} == before


def test_the_longest_titles_fit_into_their_pictures(db):
    longest = sorted(social.all_pictures(), key=lambda picture: len(picture.title))[-100:]
    for picture in longest:
        font, lines = _fit(picture.title)
        assert " ".join(lines) == picture.title
        assert len(lines) <= MOST_LINES
        assert max(font.getlength(line) for line in lines) <= TITLE_WIDTH


def test_the_lines_of_a_title_are_about_equally_long():
    _, lines = _fit("Which therapy do I need?")
    assert lines == ["Which therapy", "do I need?"]  # not “Which therapy do I” over one word


def test_a_title_that_fits_in_no_size_is_cut(db):
    _, lines = _fit("Which is which " * 20)
    assert lines[-1].endswith("…")
    assert len(lines) <= MOST_LINES
    for title in ("W" * 120, "Deinstitutionalization/neurorehabilitation/deinstitutionalization for you"):
        font, lines = _fit(title)
        assert max(font.getlength(line) for line in lines) <= TITLE_WIDTH
        assert Image.open(io.BytesIO(shared_picture(title))).size == (1200, 630)
    assert lines[-1] == "for you"


def test_letters_that_the_font_lacks_are_replaced_or_left_out(db):
    assert drawable("Waiʻanae, non‑breaking 🙂") == "Wai’anae, non-breaking"
    assert drawable("日本") == "TherapyDir"
    titles = [picture.title for picture in social.all_pictures()]
    assert [drawable(title) for title in titles] == titles


def test_a_kept_picture_can_be_read_by_whoever_serves_it(client, db, tmp_path):
    client.get(path_of(client, "/locations/california/"))
    (file,) = (tmp_path / "social").iterdir()
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_disk_that_is_full_is_left_as_it_was(client, db, tmp_path, monkeypatch):
    monkeypatch.setattr(social.os, "replace", fail_to_write)
    assert client.get(path_of(client, "/locations/california/")).status_code == 200
    assert list((tmp_path / "social").iterdir()) == []


def fail_to_write(*_):
    raise OSError(28, "No space left on device")


def test_the_icons_are_what_the_command_draws(settings, tmp_path):
    call_command("draw_icons", folder=tmp_path, verbosity=0)
    drawn = [path for path in tmp_path.rglob("*.*") if path.suffix in (".png", ".ico")]
    assert len(drawn) == 5
    for path in drawn:
        kept = settings.BASE_DIR / "static" / path.relative_to(tmp_path)
        with Image.open(path) as new, Image.open(kept) as old:
            assert ImageChops.difference(new.convert("RGBA"), old.convert("RGBA")).getbbox() is None, path


def test_the_design_page_is_for_staff(client, editor_client, settings, db):
    from django.test import Client

    stranger = Client()
    assert stranger.get("/about/design/").status_code == 302
    response = editor_client.get("/about/design/")
    assert response.status_code == 200
    assert page_of(editor_client, "/about/design/").meta["robots"] == "noindex"
    assert "no-store" in response["Cache-Control"]
    settings.DEBUG = True
    assert stranger.get("/about/design/").status_code == 200
