"""The one place where Markdown that editors write becomes HTML."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, pairwise
from urllib.parse import unquote, urlsplit

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.rules_core.replacements import replace_rare
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from therapydir.pages.blocks import containers_plugin
from therapydir.pages.professions import Profession

# Ids that the templates use: a heading of that name gets another one.
_reserved_ids = {"main", "q"}  # of every page, and those that apps add
HALF_BLOCK = re.compile(r"\s*:{1,2}\s*(compare|next)\b")
LOST_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")
LINKED_IDS = {"main", "directory"}  # which a text may lead to
FOOTNOTE_ID = re.compile(r"fn(ref)?\d+")
DEEPEST_HEADING = 4
PROFESSIONS = {one.label: one.value.lower() for one in Profession}  # how a column's head begins

TAGS = set(
    "a abbr blockquote br code dd div dl dt em h2 h3 h4 h5 h6 hr li ol p pre s section strong "
    "sup table tbody td th thead tr ul".split()
)
ATTRIBUTES = {
    "a": {"href", "title", "rel", "id", "aria-label"},
    "li": {"id"},
    "ol": {"start"},
    "th": {"scope"},
    "div": {"role", "tabindex", "aria-label"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}
CLASSES = {
    "a": {"footnote-backref"},
    "div": {"footnotes", "next", "ot", "pt", "scroll", "side", "sides"},
    "li": {"footnote-item"},
    "ol": {"footnotes-list"},
    "section": {"compare"},
    "sup": {"footnote-ref"},
    "table": {"both"},
    "td": {"center", "ot", "pt", "right"},
    "th": {"center", "ot", "pt", "right"},
}
URL_SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True)
class Heading:
    """A heading of a text: its level (2 to 4), the id it is linked by, its plain words."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Rendered:
    """A text as HTML that is safe to show, with its headings in order.

    `compared` are the headings of its comparisons, which are among `headings`.
    """

    html: SafeString
    headings: tuple[Heading, ...]
    compared: tuple[Heading, ...]


def reserve_ids(*ids):
    """No heading gets one of those ids, which the templates of an app use: called once by the app."""
    _reserved_ids.update(ids)


@lru_cache(maxsize=512)
def render_markdown(text):
    """Render Markdown: CommonMark, tables, footnotes, definition lists, typographic quotes, and
    the two blocks of `blocks.py`.

    Raw HTML is shown as the text it is; images are links; only http, https, mailto and tel
    addresses survive. The page's own h1 stays the only one: `#` is an h2 like `##`.
    Returns a `Rendered`.
    """
    env = {}
    tokens = _markdown.parse(text, env)
    html = _markdown.renderer.render(tokens, _markdown.options, env)
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=URL_SCHEMES,
        link_rel=None,
    )
    headings = {
        Heading(int(opening.tag[1]), opening.attrs["id"], _plain(inline)): opening
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open" and "id" in opening.attrs
    }
    compared = (heading for heading, opening in headings.items() if opening.meta.get("compares"))
    return Rendered(mark_safe(clean), tuple(headings), tuple(compared))


def problems_in(text):
    """What visitors would see as a mistake, as sentences that say where and what to do."""
    env = {}
    tokens = _markdown.parse(text, env)
    ids = {token.attrs["id"] for token in tokens if "id" in token.attrs} | LINKED_IDS
    notes = len(env.get("footnotes", {}).get("list", ()))
    ids |= {f"{name}{number}" for name in ("fn", "fnref") for number in range(1, notes + 1)}
    lines = text.split("\n")
    for token in tokens:
        if token.type == "inline" and token.map:
            env["problems"] += _strays(token, ids, lines)
    return env["problems"]


def _strays(inline, ids, lines):
    """What is wrong within a paragraph, a cell or a heading: marks that mark nothing, links to nothing."""
    place = f"Line {inline.map[0] + 1}"
    for number in range(*inline.map):
        if found := HALF_BLOCK.match(lines[number]):
            yield f"Line {number + 1}: “{found[0]}” is no block: write “::: {found[1]}” with three colons."
    for before, child in pairwise([None, *(inline.children or ())]):
        if child.type == "text" and (found := LOST_FOOTNOTE.search(child.content)):
            yield f"{place}: “{found[0]}” has no note: add a line “{found[0]}: …” or remove it."
        if child.type != "link_open":
            continue
        if before and before.type == "text" and before.content.endswith("!"):
            yield f"{place}: pictures are not shown: remove “![…]({child.attrs['href']})”."
        elif child.attrs["href"].startswith("#") and unquote(child.attrs["href"][1:]) not in ids:
            yield f"{place}: no heading of this text is called “{child.attrs['href']}”: correct the link."


def _plain(inline):
    return "".join(child.content for child in inline.children if child.type in ("text", "code_inline"))


def _heading_id(text):
    slug = slugify(text) or "section"
    return f"{slug}-section" if slug in _reserved_ids or FOOTNOTE_ID.fullmatch(slug) else slug


def _demote_first_level(state):
    for token in state.tokens:
        if token.tag == "h1":
            token.tag = "h2"


def _mark_external_links(state):
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "link_open" and _is_external(child.attrs["href"]):
                child.attrSet("rel", "external noopener")


def _is_external(address):
    try:
        return urlsplit(address).netloc not in ("", urlsplit(settings.SITE_URL).netloc)
    except ValueError:  # such as a bracket that is never closed: it leads nowhere of ours
        return True


def _fit_tables(state):
    """Numbers tables, and makes their cells fit for a screen reader and a strict CSP.

    A table with a column for each profession says so, and in which column which one stands.
    """
    tables = count(1)
    for position, token in enumerate(state.tokens):
        if token.type == "table_open":
            table, professions, heads_rows = token, [], False
            token.meta["number"] = next(tables)
        elif token.type == "tr_open":
            column = 0
        elif token.type in ("th_open", "td_open"):
            text, closing = state.tokens[position + 1 : position + 3]
            classes = [token.attrs.pop("style").removeprefix("text-align:")] if "style" in token.attrs else []
            if token.type == "th_open":
                professions.append(_profession(text.content))
                if text.content:
                    token.attrSet("scope", "col")
                else:  # the corner above row names heads nothing
                    heads_rows |= column == 0
                    token.tag = closing.tag = "td"
                if set(PROFESSIONS.values()) <= set(professions):
                    table.attrSet("class", "both")
            elif heads_rows and column == 0:
                token.tag = closing.tag = "th"
                token.attrSet("scope", "row")
            if column < len(professions) and professions[column]:
                classes.append(professions[column])
            if classes:
                token.attrSet("class", " ".join(classes))
            column += 1


def _profession(words):
    """The class of a column that is headed by a profession, else an empty text."""
    return next((name for begin, name in PROFESSIONS.items() if words.lower().startswith(begin)), "")


def _table_open(renderer, tokens, idx, options, env):
    label = f"Table {tokens[idx].meta['number']}"
    classes = ' class="both"' if tokens[idx].attrs.get("class") else ""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table{classes}>'


def _table_close(renderer, tokens, idx, options, env):
    return "</table></div>"


def _footnote_open(renderer, tokens, idx, options, env):
    return '<div class="footnotes"><ol class="footnotes-list">'


def _footnote_close(renderer, tokens, idx, options, env):
    return "</ol></div>"


def _footnote_anchor(renderer, tokens, idx, options, env):
    meta = tokens[idx].meta
    number, again = meta["id"] + 1, meta["subId"]
    target = f"fnref{number}" + (f":{again}" if again > 0 else "")
    label = f"Back to reference {number}" + (f", use {again + 1}" if again > 0 else "")
    return f' <a href="#{target}" class="footnote-backref" aria-label="{label}">↩</a>'


def _replace_dashes_and_dots(state):
    """What is typographic of markdown-it's replacements: not (c), (r) and (tm), which laws are full of."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            replace_rare(token.children)


def _make_markdown():
    md = MarkdownIt("commonmark", {"html": False, "typographer": True})
    md.enable(["table", "replacements", "smartquotes", "strikethrough"]).disable("image")
    md.core.ruler.at("replacements", _replace_dashes_and_dots)
    md.use(footnote_plugin, inline=False).use(deflist_plugin).use(containers_plugin)
    md.core.ruler.push("demote_first_level", _demote_first_level)
    md.use(anchors_plugin, min_level=2, max_level=DEEPEST_HEADING, slug_func=_heading_id)
    md.core.ruler.push("mark_external_links", _mark_external_links)
    md.core.ruler.push("fit_tables", _fit_tables)
    md.add_render_rule("table_open", _table_open)
    md.add_render_rule("table_close", _table_close)
    md.add_render_rule("footnote_block_open", _footnote_open)
    md.add_render_rule("footnote_block_close", _footnote_close)
    md.add_render_rule("footnote_anchor", _footnote_anchor)
    return md


_markdown = _make_markdown()
