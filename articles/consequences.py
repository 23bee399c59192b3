"""What saving a text or a line of the guide takes away, in sentences: the admin asks before it does."""

from articles.models import Article, FormerSlug, WarningSign
from therapydir.derived.registry import count_pages

URGENT = {WarningSign.Urgency.CALL_911: "call 911", WarningSign.Urgency.CALL_988: "call or text 988"}


def of_article(article, before):
    """For an `Article` as it would be saved, and as it is stored (None for a new one)."""
    said = []
    # Published without a date is published at the moment of saving.
    shows = article.is_visible or (article.status == Article.Status.PUBLISHED and not article.published_at)
    was_explainer = before is not None and before.is_explainer and before.is_visible
    if was_explainer and not (article.is_explainer and shows):
        said.append(
            f"This text is the explainer: the menu of all {count_pages():,} pages leads to it, and so do the "
            "guide’s answers. They lose it until another text is the explainer."
        )
    former = FormerSlug.objects.filter(slug=article.slug).exclude(article=article.pk)
    if shows and (lost := former.select_related("article").first()):
        said.append(
            f"“{article.slug}” is the old address of “{lost.article}” and leads there now. From now on it "
            "would be this text’s alone."
        )
    return said


def of_warning_sign(sign, before):
    """For a `WarningSign`, as for an article."""
    if before is None or not before.is_published or sign.is_published or sign.urgency not in URGENT:
        return []
    return [f"Whoever has this sign is then no longer told to {URGENT[sign.urgency]}."]
