"""Two blocks beyond ordinary Markdown, for what this site says often.

    ::: compare After a stroke
    Words for both, if any.

    PT: What physical therapy does.

    OT: What occupational therapy does.
    :::

    ::: next
    [Which one do I need?](/which-therapy/)
    :::

The first sets the two professions side by side under a heading that can be linked to; the
second makes its links stand out as the next step.
"""

import re
from copy import copy

from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

SIDES = {"PT": "Physical therapy (PT)", "OT": "Occupational therapy (OT)"}
BEGINS_SIDE = re.compile(rf"(\*\*)?({'|'.join(SIDES)})\s*(?(1)(?::\s*\*\*|\*\*\s*:)|:)\s*")
EXAMPLE = "“::: compare After a stroke”"
OPENS, CLOSES = "container_block_open", "container_block_close"
CLOSED_PARAGRAPH = Token("paragraph_close", "p", -1, block=True)


def containers_plugin(md):
    """Teach a markdown-it parser the two blocks; what is wrong goes to `env["problems"]`."""
    container_plugin(md, "block", validate=lambda params, markup: True, render=lambda *_: "")
    # Between blocks and inlines: titles become headings before what is in headings is parsed.
    md.core.ruler.after("block", "containers", _arrange)


def _arrange(state):
    problems = state.env.setdefault("problems", [])
    lines = state.src.split("\n")
    tokens, arranged, deepest = state.tokens, [], 1
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.type == "heading_open":
            deepest = 2
        if token.type != OPENS:
            arranged.append(token)
            continue
        end = _closing(tokens, position)
        block = _Block(token, tokens[position:end], lines)
        problems += block.problems()
        arranged += block.arranged(f"h{deepest + 1}")
        position = end + 1
    state.tokens = arranged


def _closing(tokens, position):
    """Where the container ends whose contents begin at `position`."""
    depth = 1
    while depth:
        depth += {OPENS: 1, CLOSES: -1}.get(tokens[position].type, 0)
        position += 1
    return position - 1


class _Block:
    """One `:::` block: its kind, its title, its parts, and what is wrong with them."""

    def __init__(self, opening, contents, lines):
        self.line, last = opening.map[0] + 1, opening.map[1]
        self.kind, _, self.title = opening.info.strip().partition(" ")
        self.kind = self.kind.lower()
        self.title = self.title.strip()
        self.is_closed = last < len(lines) and lines[last].strip(" >").startswith(":::")
        self.nested = [token.map[0] + 1 for token in contents if token.type == OPENS]
        self.contents = [token for token in contents if token.type not in (OPENS, CLOSES)]
        self.before, self.sides = [], []
        if self.kind == "compare":
            self._split(opening.level + 1)

    def _split(self, level):
        """Sort the contents into what stands before the sides, and the sides."""
        part, paragraph = self.before, None
        for token in self.contents:
            if token.type == "paragraph_open" and token.level == level:
                paragraph = token
            elif token.type == "paragraph_close" and token.level == level:
                paragraph = None
            elif token.type == "inline" and paragraph:
                part = self._split_paragraph(paragraph, token, part)
                continue
            part.append(token)

    def _split_paragraph(self, opening, inline, part):
        """Add a paragraph's words to `part`, and to a side of their own from where one begins."""
        words = []
        for number, line in enumerate(inline.content.split("\n"), start=inline.map[0] + 1):
            begins = BEGINS_SIDE.match(line)
            if begins:
                if words:
                    part += [_inline(inline, words), copy(CLOSED_PARAGRAPH)]
                else:
                    part.pop()  # the paragraph was opened for nothing
                part = [opening]
                self.sides.append((begins[2], number, part))
                words = []
            words.append(line[begins.end() :] if begins else line)
        part.append(_inline(inline, words))
        return part

    def problems(self):
        """What is wrong, in sentences that say where and what to do."""
        name = f"“::: {self.kind} {self.title}”".replace(" ”", "”")
        heading = next((token for token in self.contents if token.type == "heading_open"), None)
        if not self.kind:
            yield f"Line {self.line}: this “:::” opens nothing and closes nothing: remove it."
        elif self.kind not in ("compare", "next"):
            yield f"Line {self.line}: {name} is not known: write {EXAMPLE} or “::: next”."
        elif self.nested:
            yield f"Line {self.nested[0]}: a block begins inside {name}: end that first, with a line “:::”."
        elif not self.is_closed:
            yield f"Line {self.line}: {name} does not end: put a line “:::” after it."
        elif heading:
            yield f"Line {heading.map[0] + 1}: a heading stands inside {name}: make it bold words instead."
        elif self.kind == "next":
            yield from self._problems_of_next()
        else:
            yield from self._problems_of_compare(name)

    def _problems_of_next(self):
        if self.title:
            yield f"Line {self.line}: “::: next” has no title: put “{self.title}” on a line below it."
        if not any("](" in token.content for token in self.contents if token.type == "inline"):
            yield f"Line {self.line}: “::: next” leads nowhere: write a link in it, as [words](/address/)."

    def _problems_of_compare(self, name):
        found = [side for side, _, _ in self.sides]
        if not self.title:
            yield f"Line {self.line}: “::: compare” needs a title, as in {EXAMPLE}."
        for side in SIDES:
            if side not in found:
                yield f"Line {self.line}: {name} says nothing of {side}: begin a paragraph with “{side}:”."
        for position, (side, line, part) in enumerate(self.sides):
            if side in found[:position]:
                yield f"Line {line}: {name} has a second “{side}:”: keep one."
            if not any(token.content.strip() for token in part):
                yield f"Line {line}: nothing follows “{side}:”: say what it does."

    def arranged(self, heading):
        """The tokens to render: of a malformed block, everything that it says all the same."""
        if self.kind == "next":
            return [_open("div", "next"), *self.contents, _close("div")]
        if self.kind != "compare":
            return self.contents
        tokens = [_open("section", "compare")]
        if self.title:
            tokens += _heading(heading, self.title, self.line)
        tokens += self.before
        if self.sides:
            tokens.append(_open("div", "sides"))
            for name in SIDES:
                for side, _, part in self.sides:
                    if side == name:
                        tokens += self._side(side, part, f"h{int(heading[1]) + 1}")
            tokens.append(_close("div"))
        return [*tokens, _close("section")]

    def _side(self, side, part, heading):
        name = Token("text", "", 0, content=SIDES[side])
        return [
            _open("div", f"side {side.lower()}"),
            Token("side_heading_open", heading, 1),
            name,
            Token("side_heading_close", heading, -1, block=True),
            *part,
            _close("div"),
        ]


def _inline(like, lines):
    token = copy(like)
    token.content, token.children = "\n".join(lines), []
    return token


def _open(tag, classes):
    return Token(f"{tag}_open", tag, 1, attrs={"class": classes}, block=True)


def _close(tag):
    return Token(f"{tag}_close", tag, -1, block=True)


def _heading(tag, title, line):
    where = [line - 1, line]
    markup = "#" * int(tag[1])
    return [
        Token("heading_open", tag, 1, markup=markup, block=True, map=where, meta={"compares": True}),
        Token("inline", "", 0, content=title, block=True, map=where, children=[], level=1),
        Token("heading_close", tag, -1, markup=markup, block=True),
    ]
