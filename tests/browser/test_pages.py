"""Every kind of page, on every kind of device."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import KINDS, printed, text_of

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
TREES = Path(__file__).parent / "trees"
ALIKE = {"doctor-first", "answer-pt", "answer-ot", "care-now", "nothing", "long-name", "no-result", "privacy"}
every_kind = pytest.mark.parametrize("kind", KINDS)


def sideways(page):
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - ALIKE))
def test_axe_finds_nothing(open_page, kind):
    page = open_page(KINDS[kind])
    # Hundreds of links that are all alike are as well checked by a few.
    page.evaluate("document.querySelectorAll('.columns li:nth-child(n + 5)').forEach(li => li.remove())")
    for width, scheme in ((360, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []


@every_kind
def test_nothing_scrolls_sideways_on_the_narrowest_screen_or_with_the_largest_text(opened, kind):
    page = opened(kind)
    page.set_viewport_size({"width": 320, "height": 640})
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 640, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    width = sideways(page)
    page.evaluate("document.documentElement.style.fontSize = ''")
    assert width <= 0


SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; }
* { word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""


@every_kind
def test_nothing_scrolls_sideways_with_text_spaced_as_some_readers_need_it(opened, kind):
    """WCAG 1.4.12, on the narrowest screen."""
    page = opened(kind)
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate(
        """css => {
          const own = new CSSStyleSheet();
          own.replaceSync(css);
          document.adoptedStyleSheets = [own];
        }""",
        SPACED,
    )
    width = sideways(page)
    page.evaluate("document.adoptedStyleSheets = []")
    assert width <= 0


NAMES = """() => [...document.querySelectorAll("a[href], button, summary, input[type=submit]")]
  .filter(one => one.hasAttribute("aria-label") && one.textContent.trim())
  .map(one => [one.getAttribute("aria-label"), one.innerText || [...one.querySelectorAll("tspan, text")]
    .filter(text => !text.children.length).map(text => text.textContent).join(" ")])"""


@every_kind
def test_a_name_begins_with_the_words_that_are_seen(opened, kind):
    """WCAG 2.5.3: who says what stands there reaches it."""
    for name, seen in opened(kind).evaluate(NAMES):
        if not any(letter.isalnum() for letter in seen):
            continue  # an arrow is no words
        assert name.lower().startswith(" ".join(seen.lower().split())), (name, seen)


@every_kind
def test_light_and_dark_are_both_drawn(opened, kind):
    page, color = opened(kind), "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(color) == "rgb(253, 250, 244)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(color) == "rgb(22, 23, 27)"


@every_kind
def test_nothing_moves_while_a_page_loads(opened, kind):
    assert opened(kind).shift < 0.01


@pytest.fixture(scope="session")
def plain_pages(chromium, site):
    """Pages without JavaScript, and pages without their style sheet."""
    contexts = chromium.new_context(java_script_enabled=False), chromium.new_context()
    unscripted, unstyled = (context.new_page() for context in contexts)
    unstyled.route("**/*.css", lambda route: route.fulfill(body="", content_type="text/css"))
    yield unscripted, unstyled
    for context in contexts:
        context.close()


BLACK = """() => [...document.querySelectorAll("svg :is(path, rect, circle)")]
  .filter(one => getComputedStyle(one).fill === "rgb(0, 0, 0)" && !one.closest("a:not(.circles a)"))
  .map(one => one.getBBox()).filter(box => box.width > 60 || box.height > 60).length"""


@every_kind
def test_no_picture_is_a_black_block_without_the_style_sheet(plain_pages, kind, site):
    _, unstyled = plain_pages
    unstyled.goto(site + KINDS[kind])
    assert unstyled.evaluate(BLACK) == 0


@every_kind
def test_every_page_works_without_javascript_and_without_its_style_sheet(plain_pages, kind, site):
    unscripted, unstyled = plain_pages
    for page in plain_pages:
        page.goto(site + KINDS[kind])
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    count = "document.querySelectorAll('main a[href], main input, main button[name]').length"
    # Waited for: without scripts nothing tells that a page has been read to its end.
    controls = unscripted.locator("main").locator("a[href], input, button[name]")
    expect(controls).to_have_count(unstyled.evaluate(count))
    assert unstyled.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    # In the order in which they are read: a way past the menu, the menu, the page, its foot.
    marks = "body > :is(a, header, main, footer), .beside > *"
    parts = unstyled.evaluate(f"[...document.querySelectorAll('{marks}')].map(part => part.localName)")
    beside = ["aside"] if "aside" in parts else []
    assert parts == ["a", "header", "main", *beside, "footer"]
    tops = unstyled.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4')].map(h => h.getBoundingClientRect().top)"
    )
    assert tops == sorted(tops)


@pytest.mark.parametrize("kind", sorted(path.stem for path in TREES.glob("*.yml")))
def test_a_screen_reader_is_told_what_the_page_says(opened, kind):
    expect(opened(kind).locator("body")).to_match_aria_snapshot((TREES / f"{kind}.yml").read_text())


def test_every_kind_of_page_has_its_tree():
    assert {path.stem for path in TREES.glob("*.yml")} == KINDS.keys() - ALIKE


def test_the_explainer_prints_as_a_leaflet_of_two_pages(opened):
    leaflet = printed(opened("explainer"))
    assert len(leaflet.pages) == 2
    text = text_of(leaflet)
    assert "What Is the Difference?" in text
    assert "After a stroke" in text
    assert "Sources" in text
    for left_out in ("On this page", "Full State and City Directory", "Skip to the content", "Articles"):
        assert left_out not in text


def test_an_answer_prints_without_the_form(opened):
    text = text_of(printed(opened("answer")))
    assert "What to ask your doctor" in text
    assert "Change your answers" not in text
    assert "Show my answer" not in text


# What editors may write, though the texts of a new site do not happen to; and what an import brings.
WRITTEN = {
    ".care.pt",
    ".care.ot",
    ".teaser + .teaser",
    ".prose dd",
    ".prose blockquote",
    ".prose .right",
    ".prose .center",
}
SELECTORS = """() => {
  const found = new Set();
  const walk = rules => { for (const rule of rules) {
    if (rule.selectorText) rule.selectorText.split(/,(?![^(]*\\))/).forEach(part => found.add(part.trim()));
    if (rule.cssRules) walk(rule.cssRules);
  } };
  for (const sheet of document.styleSheets) walk(sheet.cssRules);
  return [...found];
}"""
USED = """selectors => selectors.filter(selector => {
  const state = /::?(before|after|selection|hover|focus-visible|focus|target)\\b/g;
  const wanted = selector.replace(state, "").trim();
  return document.querySelector(!wanted || /[>+~ ]$/.test(wanted) ? wanted + "*" : wanted);
})"""


def test_style_sheet_and_scripts_are_small(settings):
    assert (settings.BASE_DIR / "static/css/site.css").stat().st_size < 18_000
    sizes = {file.name: file.stat().st_size for file in (settings.BASE_DIR / "static/js").glob("*.js")}
    assert sizes.pop("editing.js") < 4_000  # for the admin alone
    assert sum(sizes.values()) < 7_500


def test_every_rule_of_the_style_sheet_is_used(opened, open_page):
    reading = open_page(f"{KINDS['explainer']}#low-back-pain")
    reading.wait_for_selector(".contents a[aria-current]")
    suggesting = open_page(KINDS["home"])  # not the page that other tests look at, which it would change
    suggesting.locator("main [name=q]").press_sequentially("lakew")
    suggesting.get_by_role("option").first.wait_for()
    suggesting.keyboard.press("ArrowDown")
    unused = set(suggesting.evaluate(SELECTORS))
    assert len(unused) > 150
    for page in (reading, suggesting, *map(opened, KINDS)):
        unused -= set(page.evaluate(USED, sorted(unused)))
    assert sorted(unused - WRITTEN) == []
