"""A site that runs gets the corrected lines of the guide, and keeps what its editors wrote."""

import tomllib
from datetime import UTC, datetime

import pytest
from django.conf import settings

from articles import loading
from articles.loading import load
from articles.models import Article, Concern, WarningSign
from tests.factories import save
from therapydir.derived.catching_up import catch_up, writing

FOLDER = settings.BASE_DIR / "fixtures"
FORMER = FOLDER / "former" / "2026-11-23" / "guide.toml"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LINES = {"concern": Concern, "sign": WarningSign}


def correct(folder):
    with writing():
        return loading.correct(folder)


@pytest.fixture
def former_site(db):
    """The guide as the version before had it, and its lines by slug."""
    former = tomllib.loads(FORMER.read_text(encoding="utf-8"))
    WarningSign.objects.all().delete()
    Concern.objects.all().delete()
    for kind, model in LINES.items():
        for number, entry in enumerate(former[kind], start=1):
            model(**entry, position=number * 10).save()
        catch_up()
        model.objects.update(content_changed_at=LONG_AGO)
    return former


def present(kind):
    return {entry["slug"]: entry for entry in tomllib.loads((FOLDER / "guide.toml").read_text())[kind]}


def changed(model):
    return set(model.objects.exclude(content_changed_at=LONG_AGO).values_list("slug", flat=True))


def test_lines_that_nobody_edited_are_corrected(former_site):
    corrected, edited = correct(FOLDER)
    assert (corrected, edited) == (12, [])
    for kind, model in LINES.items():
        for line in model.objects.all():
            for field, value in present(kind)[line.slug].items():
                assert field == "position" or getattr(line, field) == value


def test_a_second_correction_has_nothing_to_do(former_site):
    correct(FOLDER)
    assert correct(FOLDER) == (0, [])


def test_dates_follow_what_the_guide_shows(former_site):
    correct(FOLDER)
    assert changed(WarningSign) == {entry["slug"] for entry in former_site["sign"]}
    assert changed(Concern) == {"feelings", "hand"}  # whose reasons answers show


def test_what_an_editor_wrote_stays_and_is_named(former_site):
    sign = WarningSign.objects.get(slug="swollen-calf")
    sign.advice = "Call us first: 555-0100."
    save(sign)
    corrected, edited = correct(FOLDER)
    assert (corrected, edited) == (11, ["warning sign “A calf that is swollen, warm and painful”"])
    sign.refresh_from_db()
    assert sign.advice == "Call us first: 555-0100."


def test_a_sign_that_an_editor_took_off_the_guide_stays_off(former_site):
    WarningSign.objects.filter(slug="fever").update(is_published=False)
    load(FOLDER)
    sign = WarningSign.objects.get(slug="fever")
    assert not sign.is_published
    assert sign.text == "Fever, with bad back pain or a hot, swollen joint"
    assert correct(FOLDER)[1] == ["warning sign “Fever, with bad back pain or a hot, swollen joint”"]


def test_a_line_that_was_only_moved_is_corrected_where_it_is(former_site):
    WarningSign.objects.filter(slug="fever").update(position=3)
    correct(FOLDER)
    sign = WarningSign.objects.get(slug="fever")
    assert (sign.position, sign.text) == (3, present("sign")["fever"]["text"])


def test_words_that_an_editor_gave_to_another_line_are_not_given_twice(former_site):
    text = present("sign")["fever"]["text"]
    WarningSign(
        slug="ours", text=text, urgency="now", advice="A.", source_name="B", source_url="https://c.d"
    ).save()
    assert correct(FOLDER)[1] == ["warning sign “Fever, with bad back pain or a hot, swollen joint”"]


def test_loading_then_adds_the_signs_that_were_missing(former_site):
    correct(FOLDER)
    assert load(FOLDER) == {"articles": 0, "lines of the guide": 5}
    assert list(WarningSign.objects.values_list("slug", flat=True)) == list(present("sign"))
    assert correct(FOLDER) == (0, [])
    assert load(FOLDER) == {"articles": 0, "lines of the guide": 0}


def test_a_text_that_nobody_edited_is_corrected_and_another_named(db):
    former = FORMER.parent / "articles"
    Article.objects.filter(slug="privacy").update(body=(former / "privacy.md").read_text().strip())
    Article.objects.filter(slug="report-an-error").update(body="Our own words.")
    corrected, edited = correct(FOLDER)
    assert (corrected, edited) == (1, ["text “Report an error”"])
    present = (FOLDER / "articles" / "privacy.md").read_text().strip()
    assert Article.objects.get(slug="privacy").body == present
    assert Article.objects.get(slug="report-an-error").body == "Our own words."


def test_a_text_whose_slug_an_editor_changed_is_not_loaded_again(db, settings):
    privacy = Article.objects.get(slug="privacy")
    privacy.slug = "your-privacy"
    save(privacy)
    added = load(settings.BASE_DIR / "fixtures")
    assert added["articles"] == 0
    assert not Article.objects.filter(slug="privacy").exists()
