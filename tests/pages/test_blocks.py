"""The two blocks that editors may write beside Markdown, and what is said of malformed ones."""

import pytest
from django.core.exceptions import ValidationError

from tests.factories import make_article
from therapydir.pages.markdown import problems_in, render_markdown

COMPARE = (
    "::: compare After a *stroke*\nFor both.\n\nPT: Walking.\n\n- stairs\n\nOT: Dressing.\n\nAnd more.\n:::"
)


def html(text):
    return render_markdown(text).html.replace("\n", "")


def test_a_comparison_sets_both_sides_under_a_heading_that_can_be_linked_to():
    assert html(f"## Examples\n\n{COMPARE}") == (
        '<h2 id="examples">Examples</h2>'
        '<section class="compare"><h3 id="after-a-stroke">After a <em>stroke</em></h3><p>For both.</p>'
        '<div class="sides"><div class="side pt"><h4>Physical therapy (PT)</h4><p>Walking.</p>'
        "<ul><li>stairs</li></ul></div>"
        '<div class="side ot"><h4>Occupational therapy (OT)</h4><p>Dressing.</p><p>And more.</p></div>'
        "</div></section>"
    )
    assert problems_in(COMPARE) == []


def test_a_comparison_is_in_the_contents_and_skips_no_level_of_heading():
    rendered = render_markdown(COMPARE)
    assert [(h.level, h.id, h.text) for h in rendered.compared] == [(2, "after-a-stroke", "After a stroke")]
    assert rendered.headings == rendered.compared
    assert render_markdown("## Words").compared == ()


@pytest.mark.parametrize(
    "text",
    [
        "::: compare X\nOT: b\n\nPT: a\n:::",  # physical therapy comes first all the same
        "::: compare X\nPT: a\nOT: b\n:::",  # no empty line between the sides
        "::: compare X\n\nPT : a\n\nOT:\nb\n\n:::",
    ],
)
def test_sides_are_found_however_they_are_written(text):
    assert problems_in(text) == []
    assert html(text).endswith(
        '<div class="sides"><div class="side pt"><h3>Physical therapy (PT)</h3><p>a</p></div>'
        '<div class="side ot"><h3>Occupational therapy (OT)</h3><p>b</p></div></div></section>'
    )


def test_the_next_step_stands_out():
    assert html("::: next\n[Go on](/locations/)\n:::") == (
        '<div class="next"><p><a href="/locations/">Go on</a></p></div>'
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Words.\n\n::: compare X\nPT: a\n\nOT: b", "Line 3: “::: compare X” does not end"),
        ("::: compare\nPT: a\n\nOT: b\n:::", "Line 1: “::: compare” needs a title"),
        ("::: comprae X\na\n:::", "Line 1: “::: comprae X” is not known"),
        (":::", "Line 1: this “:::” opens nothing"),
        ("::: compare X\nPT: a\n:::", "Line 1: “::: compare X” says nothing of OT"),
        ("::: compare X\nPT: a\n\nOT: b\n\nPT: c\n:::", "Line 6: “::: compare X” has a second “PT:”"),
        ("::: compare X\nPT: a\n\nOT:\n:::", "Line 4: nothing follows “OT:”"),
        (
            "::: compare X\nPT: a\n\nOT: b\n\n::: compare Y\nPT: a\n\nOT: b\n:::",
            "Line 6: a block begins inside “::: compare X”",
        ),
    ],
)
def test_a_malformed_block_is_refused_in_a_sentence_and_shown_all_the_same(db, text, problem):
    assert [found for found in problems_in(text) if problem in found]
    article = make_article(body=text)
    with pytest.raises(ValidationError, match=problem[:20]):
        article.full_clean()
    assert render_markdown(text).html or text == ":::"
    assert "<p>a</p>" in html(text) or text == ":::"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Words.\n\n:: compare X\nPT: a", "Line 3: “:: compare” is no block"),
        ("Words.\n: next", "Line 2: “: next” is no block"),
        ("As told.[^nope]", "Line 1: “[^nope]” has no note"),
        ("| a | b |\n|---|---|\n| c | d[^no] |", "Line 3: “[^no]” has no note"),
        ("a\n\n[down](#nothing)", "Line 3: no heading of this text is called “#nothing”"),
        ("::: next Title\n[a](/b/)\n:::", "Line 1: “::: next” has no title"),
        ("::: next\nWords.\n:::", "Line 1: “::: next” leads nowhere"),
        ("::: compare X\nPT: a\n\n### Deep\n\nOT: b\n:::", "Line 4: a heading stands inside “::: compare X”"),
        ("[x](#cities)", "Line 1: no heading of this text is called “#cities”"),
        ("![pic](/x.png)", "Line 1: pictures are not shown"),
    ],
)
def test_marks_that_mark_nothing_are_refused_in_a_sentence(text, problem):
    assert [found[: len(problem)] for found in problems_in(text)] == [problem]


def test_what_is_meant_as_it_stands_is_no_problem():
    for text in (
        "```\n::: compare\n:: next\n```",
        "Write `[^1]` for a note, as here.[^1]\n\n[^1]: A note.",
        "## After a stroke\n\n[down](#after-a-stroke), [the directory](#directory)",
        "Great! [Read on](/about/)",
        "Term\n: Compare this.",
        "Words.[^1] [again](#fn1)\n\n[^1]: A note.",
        "::: Compare X\n**PT:** a\n\n**OT**: b\n:::",
    ):
        assert problems_in(text) == []


def test_raw_html_in_a_block_stays_text():
    text = html("::: compare <b>X</b>\nPT: <script>alert(1)</script>\n\nOT: b\n:::")
    assert "<b>" not in text
    assert "<script>" not in text


def test_a_table_of_both_professions_says_which_column_is_which():
    text = html("| | Physical therapy | Occupational therapy |\n|---|---|---|\n| Asks | a | b |")
    assert '<table class="both">' in text
    assert '<th scope="row">Asks</th><td class="pt">a</td><td class="ot">b</td>' in text
    assert 'class="both"' not in html("| | One | Two |\n|---|---|---|\n| Asks | a | b |")
