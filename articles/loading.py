"""Loads the texts and the decision guide that a new site starts with, and corrects what nobody edited."""

import tomllib

from django.db import transaction

from articles.models import Article, Concern, WarningSign
from therapydir.derived.corrections import Standing, former_files, standing

GUIDE = "guide.toml"
LINES = {"concern": Concern, "sign": WarningSign}
STEP = 10  # between the positions of two lines, so that others fit in between
NOT_COMPARED = {"position"}  # the order is the editors': to have moved a line is not to have written it


@transaction.atomic
def load(folder):
    """Add what is missing from `folder`: articles, and lines of the guide, by their slugs.

    What is there stays as it is. Returns how many were added, by kind.
    """
    guide = _entries(folder / GUIDE)
    return {
        "articles": _load_articles(folder),
        "lines of the guide": sum(_load_lines(model, guide[kind]) for kind, model in LINES.items()),
    }


@transaction.atomic
def correct(folder):
    """Bring texts, and lines of the guide, that read as an earlier fixture did to what `folder` says now.

    What somebody edited or took off the guide stays as it is. Returns how many were corrected, and the
    labels of those that differ from the fixtures because somebody edited them.
    """
    guide, formers = _entries(folder / GUIDE), [_entries(path) for path in former_files(folder, GUIDE)]
    corrected, edited = _correct_articles(folder)
    for kind, model in LINES.items():
        earlier = [{entry["slug"]: _compared(entry) for entry in former[kind]} for former in formers]
        entries = {entry["slug"]: _compared(entry) for entry in guide[kind]}
        for line in model.objects.filter(slug__in=entries).order_by("pk"):
            present = entries[line.slug]
            known = [former[line.slug] for former in earlier if line.slug in former]
            match standing({field: getattr(line, field) for field in present}, present, known):
                case Standing.OUTDATED if not _is_taken(line, present["text"]):
                    for field, value in present.items():
                        setattr(line, field, value)
                    line.save()
                    corrected += 1
                case Standing.OUTDATED | Standing.EDITED:
                    edited.append(f"{model._meta.verbose_name} “{line.text}”")
    return corrected, edited


def _correct_articles(folder):
    corrected, edited = 0, []
    for entry in _entries(folder / "articles.toml")["article"]:
        name = f"articles/{entry['slug']}.md"
        formers = [{"body": _text(file)} for file in former_files(folder, name)]
        present = {"body": _text(folder / name)}
        # Texts are there to be edited: only one that was corrected here since is worth a word.
        article = Article.objects.filter(slug=entry["slug"]).first() if formers else None
        match article and standing({"body": article.body}, present, formers):
            case Standing.OUTDATED:
                article.body = present["body"]
                article.save()
                corrected += 1
            case Standing.EDITED:
                edited.append(f"text “{article}”")
    return corrected, edited


def _text(file):
    return file.read_text(encoding="utf-8").strip()


def _compared(entry):
    """The values by which a line is told from an edited one; a line of the fixtures is published."""
    return {"is_published": True} | {field: entry[field] for field in entry.keys() - NOT_COMPARED}


def _is_taken(line, text):
    """Whether an editor gave the words of this line to another."""
    return type(line).objects.filter(text=text).exclude(pk=line.pk).exists()


def _entries(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _load_articles(folder):
    added = 0
    for entry in _entries(folder / "articles.toml")["article"]:
        text = _text(folder / "articles" / f"{entry['slug']}.md")
        if not _is_known(entry["slug"]):
            article = Article(**entry, body=text)
            # The editors' own choice stands.
            article.is_explainer &= not Article.objects.filter(is_explainer=True).exists()
            article.save()
            added += 1
    return added


def _is_known(slug):
    return (
        Article.objects.filter(slug=slug).exists() or Article.objects.filter(former_slugs__slug=slug).exists()
    )


def _load_lines(model, entries):
    known = {text for line in model.objects.values_list("slug", "text") for text in line}
    new = [
        model(**{"position": number * STEP, **entry})
        for number, entry in enumerate(entries, start=1)
        if known.isdisjoint((entry["slug"], entry["text"]))
    ]
    for line in new:
        line.save()
    return len(new)
