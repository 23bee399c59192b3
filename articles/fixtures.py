"""Loads the texts and the decision guide that a new site starts with."""

import tomllib

from articles.models import Article, Concern, WarningSign

STEP = 10  # between the positions of two lines, so that others fit in between


def load(folder):
    """Add what is missing from `folder`: articles, and lines of the guide, by their slugs.

    What is there stays as it is. Returns how many were added, by kind.
    """
    guide = _entries(folder, "guide.toml")
    return {
        "articles": _load_articles(folder),
        "lines of the guide": _load_lines(Concern, guide["concern"])
        + _load_lines(WarningSign, guide["sign"]),
    }


def _entries(folder, name):
    return tomllib.loads((folder / name).read_text(encoding="utf-8"))


def _load_articles(folder):
    added = 0
    for entry in _entries(folder, "articles.toml")["article"]:
        text = (folder / "articles" / f"{entry['slug']}.md").read_text(encoding="utf-8").strip()
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
        model(**entry, position=number * STEP)
        for number, entry in enumerate(entries, start=1)
        if known.isdisjoint((entry["slug"], entry["text"]))
    ]
    for line in new:
        line.save()
    return len(new)
