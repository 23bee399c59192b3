"""What was changed, as people read it: fields by name, texts by words."""

import difflib
import json
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


def differences_of_each(versions):
    """{primary key of a batch: its `Difference`s}, of all versions of some rows, or of all since a batch."""
    by_table, found = {}, {}
    for version in versions:
        by_table.setdefault(version.table, {}).setdefault(version.key, []).append(version)
    for table, one in kept().items():
        rows = by_table.get(table, {})
        now, names = present(one, rows), names_of(one.model, rows)
        for key, of_row in rows.items():
            first = {}
            for version in of_row:
                first.setdefault(version.batch_id, version)
            befores = [version.before for version in first.values()]
            for version, after in zip(first.values(), [*befores[1:], now.get(key)], strict=True):
                if difference := _difference(one, version, after, names):
                    found.setdefault(version.batch_id, []).append(difference)
    return found


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
        texts = _texts(fields, after or before)
        lines = tuple((label, escape(text)) for label, text in texts.items() if text)
        return Difference(name, "added" if before is None else "removed", () if one.owner else lines)
    fields = [field for field in fields if field.column in before]
    old, new = _texts(fields, before), _texts(fields, after)
    labels = [label for label in old | new if old.get(label, "") != new.get(label, "")]
    lines = tuple((label, _compared(old.get(label, ""), new.get(label, ""))) for label in labels)
    return Difference(name, "changed", lines) if lines else None


def _texts(fields, row):
    """{name of a field: what a row has there, as people read it}; of a draft, of each box of its form."""
    texts = {}
    for field in fields:
        value = row.get(field.column)
        if isinstance(field, models.JSONField):
            boxes = json.loads(value) if isinstance(value, str) else value or {}
            texts |= {_label_of_box(box): " ".join(values) for box, values in boxes.items()}
        else:
            texts[_label(field)] = _shown(field, value)
    return texts


def _label_of_box(name):
    label, _, part = name.rpartition("_")
    words = f"{label} {'time' if part == '1' else ''}" if part in {"0", "1"} else name
    return words.replace("_", " ").strip().capitalize()


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


def _compared(before, after):
    return texts_compared(before, after)


def texts_compared(before, after, between=" "):
    """HTML of two texts, with <del> and <ins>: of long ones the words that differ."""
    if max(len(before), len(after)) <= SHORT or not (before and after):
        parts = [("del", before), ("ins", after)]
        return format_html_join(between, "<{0}>{1}</{0}>", [pair for pair in parts if pair[1]])
    return words_compared(f"{before} ", f"{after} ")  # the last word as those before it


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
