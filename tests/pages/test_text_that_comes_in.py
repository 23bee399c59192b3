"""Text from editors and visitors: characters that do not show, digits of other scripts, marks of law."""

from xml.etree import ElementTree

import pytest

from articles.models import Article
from locations.models import City, CityAlias, PracticeRule
from locations.search.query import read
from tests.factories import make_article
from tests.reading import form_data
from therapydir.pages.markdown import render_markdown
from therapydir.pages.words import without_controls, words_of

ATOM = {"atom": "http://www.w3.org/2005/Atom"}
ODD = "One\x0b two\x01\x1f \x7f\x85three\ufffe."


def test_characters_that_do_not_show_go_and_space_stays():
    assert without_controls(ODD) == "One two three."
    assert without_controls("a\r\n\tb\u00a0c\u2028d é 🙂") == "a\r\n\tb\u00a0c\u2028d é 🙂"


@pytest.mark.parametrize(
    ("model", "field"),
    [(Article, "body"), (Article, "title"), (City, "intro"), (City, "county"), (PracticeRule, "limit")],
)
def test_what_an_editor_pastes_is_cleaned_of_them(admin_client, db, model, field):
    row = model.objects.order_by("pk").first()
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/"
    form = form_data(admin_client.get(address)) | {field: ODD}
    assert admin_client.post(address, form).status_code == 302
    row.refresh_from_db()
    assert getattr(row, field) == "One two three."


def test_names_are_cleaned_too(db):
    alias = CityAlias(city=City.objects.first(), name="Old\x02 Town")
    alias.full_clean(exclude=["slug"])
    assert alias.name == "Old Town"


def test_the_feed_can_be_read_whatever_is_in_the_database(client, db):
    article = make_article(title="An old text")
    Article.objects.filter(pk=article.pk).update(
        title='<OT> & "PT"\x01',
        summary="How <OT> & <b>PT</b> differ\x0b, AT&T and all; and why it matters so much.",
    )
    entry = next(
        entry
        for entry in ElementTree.fromstring(client.get("/feed.xml").content).iterfind("atom:entry", ATOM)
        if "OT" in entry.findtext("atom:title", "", ATOM)
    )
    assert entry.findtext("atom:title", "", ATOM) == '<OT> & "PT"'
    summary = entry.find("atom:summary", ATOM)
    assert summary.get("type") == "html"
    shown = ElementTree.fromstring(f"<p>{summary.text}</p>")  # as a reader of HTML shows it
    assert shown.text == "How <OT> & <b>PT</b> differ, AT&T and all; and why it matters so much."


@pytest.mark.parametrize("mark", ["(c)", "(C)", "(r)", "(R)", "(tm)", "(TM)", "(p)"])
def test_subsections_of_a_law_are_no_signs(mark):
    assert f"§ 2620.1{mark}" in render_markdown(f"See § 2620.1{mark}.").html


def test_dashes_quotes_and_dots_are_still_typographic():
    html = render_markdown("""It's "one" -- or two... +-3""").html
    assert html == "<p>It’s “one” – or two… ±3</p>\n"


@pytest.mark.parametrize(
    "typed", ["３３０６５", "٣٣٠٦٥", "۳۳۰۶۵", "३३०६५", "33065", "ＦＬ ３３０６５-１２３４"]
)
def test_digits_of_other_scripts_are_digits(typed):
    assert read(typed).zip_code == "33065"


def test_words_with_such_digits_are_found_too():
    assert words_of("Route ６६") == ["route", "66"]
    assert read("٣٣").is_number


@pytest.mark.parametrize("typed", ["²³½", "Ⅳ", "①②③④⑤"])
def test_other_numbers_are_no_zip_code(typed):
    assert read(typed).zip_code == ""


def test_a_zip_code_in_other_digits_leads_where_the_usual_one_does(client, db):
    usual, other = client.get("/search/?q=33040"), client.get("/search/?q=٣٣٠٤٠")
    assert usual.status_code == other.status_code
    assert usual.get("Location", "").partition("?")[0] == other.get("Location", "").partition("?")[0]
