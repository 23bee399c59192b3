"""What is remembered of texts and of the guide: every change, by whatever way it is made."""

from articles.models import Article, Concern, Draft, FormerSlug, Owner, WarningSign
from therapydir.history.keeping import Kept, keep

keep(
    Kept(Article),
    Kept(FormerSlug, owner="article", called="address"),
    Kept(Draft),
    Kept(Concern),
    Kept(WarningSign),
    Kept(Owner),
)
