"""What was changed, as people read it: fields by name, texts by words."""

import difflib
import re
from dataclasses import dataclass

from django.db import models
from django.db.models import Min
from django.utils.formats import localize
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe

from therapydir.history.keeping import kept
from therapydir.history.models import Version
from therapydir.history.rows import as_python, name_of, names_of, present

SHORT = 60  # characters of a value that is shown whole, before and after
AROUND = 12  # words of a text that are shown beside what differs
WORDS = re.compile(r"\S+\s*|^\s+")  # each with the blanks behind it


@dataclass(frozen=True)
class Difference:
    """What one batch changed of one row: `lines` are (name of the field, HTML of what differs)."""

    name: str
    verb: str  # «added», «removed», or «changed»
    lines: tuple


def differences(versions):
    """The `Difference`s of some versions of one batch, in the order of tables that apps keep."""
    by_table = {}
    for one in versions:
        by_table.setdefault(one.table, []).append(one)
    for table, one in kept().items():
        of_table = by_table.get(table, [])
        after, first = _after(one, of_table), {}
        for version in of_table:
            first.setdefault(version.key, version)
        names = names_of(one.model, first)
        for version in first.values():
            if found := _difference(one, version, after.get(version.key), names):
                yield found


def _after(one, versions):
    """{key: what the row was after that, None for gone}: before the next change, or now."""
    if not versions:
        return {}
    keys, last = {version.key for version in versions}, max(version.pk for version in versions)
    later = Version.objects.filter(table=one.table, key__in=keys, pk__gt=last).order_by()
    first = later.values("key").annotate(first=Min("pk")).values("first")
    return present(one, keys) | dict(Version.objects.filter(pk__in=first).values_list("key", "before"))


def _difference(one, version, after, names):
    before = version.before
    if before is None and after is None:
        return None  # came and went
    name = names.get(version.key) or name_of(one.model, version.key, before or after)
    name = f"{one.called or one.model._meta.verbose_name} “{name}”"
    fields = [field for field in one.own_fields if field.column != one.owner_column or not one.owner]
    if before is None or after is None:
        row = after or before
        lines = [(_label(field), escape(_shown(field, row.get(field.column)))) for field in fields]
        lines = tuple(pair for pair in lines if pair[1])
        return Difference(name, "added" if before is None else "removed", () if one.owner else lines)
    lines = tuple(
        (_label(field), _compared(field, before.get(field.column), after.get(field.column)))
        for field in fields
        if before.get(field.column) != after.get(field.column)
    )
    return Difference(name, "changed", lines) if lines else None


def _label(field):
    label = str(field.verbose_name)
    return label[:1].upper() + label[1:]


def _shown(field, value):
    if value is None or value == "":
        return ""
    value = as_python(field, value)
    if isinstance(field, models.ForeignKey):
        return name_of(field.related_model, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(localize(value))


def _compared(field, before, after):
    before, after = _shown(field, before), _shown(field, after)
    if max(len(before), len(after)) <= SHORT or not (before and after):
        parts = [("del", before), ("ins", after)]
        return format_html_join(" ", "<{0}>{1}</{0}>", [pair for pair in parts if pair[1]])
    return words_compared(before, after)


def words_marked(text, other):
    """HTML of a text, with <ins> around the words that another does not have there."""
    words = WORDS.findall(text)
    codes = difflib.SequenceMatcher(a=WORDS.findall(other), b=words, autojunk=False).get_opcodes()
    pieces = [(tag, "".join(words[begin:end])) for tag, _, _, begin, end in codes if end > begin]
    marked = [escape(text) if tag == "equal" else format_html("<ins>{}</ins>", text) for tag, text in pieces]
    return mark_safe("".join(marked))


def words_compared(before, after):
    """HTML of two texts in one, with <del> and <ins>; what is alike far from these is left out."""
    one, other = WORDS.findall(before), WORDS.findall(after)
    matcher = difflib.SequenceMatcher(a=one, b=other, autojunk=False)
    pieces = []
    codes = matcher.get_opcodes()
    for number, (tag, a1, a2, b1, b2) in enumerate(codes):
        if tag == "equal":
            words = one[a1:a2]
            head = words[:AROUND] if number else []
            tail = words[-AROUND:] if number < len(codes) - 1 else []
            if len(head) + len(tail) < len(words):
                pieces.append(format_html("{} … {}", "".join(head), "".join(tail)))
            else:
                pieces.append(escape("".join(words)))
            continue
        if a2 > a1:
            pieces.append(format_html("<del>{}</del>", "".join(one[a1:a2])))
        if b2 > b1:
            pieces.append(format_html("<ins>{}</ins>", "".join(other[b1:b2])))
    return mark_safe("".join(pieces))
