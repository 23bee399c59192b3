"""Loads the articles that a new site starts with from Markdown files."""

import tomllib

from articles.models import Article


def load(folder):
    """Add the articles of `folder`/articles.toml whose slug is not in use. Returns how many."""
    entries = tomllib.loads((folder / "articles.toml").read_text(encoding="utf-8"))["article"]
    added = 0
    for entry in entries:
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
