"""Texts, and the lines of the decision guide."""

from articles.models.articles import Article, FormerSlug
from articles.models.drafts import Draft
from articles.models.guide import Concern, PointsTo, WarningSign
from articles.models.owner import Owner

__all__ = ["Article", "Concern", "Draft", "FormerSlug", "Owner", "PointsTo", "WarningSign"]
