"""What is worked out from texts and lines of the guide: dates of pages, and where old addresses lead."""

from datetime import UTC

from django.db.models import Count, F, Q
from django.utils import timezone

from articles.guide import in_groups, sources_of
from articles.models import Article, Concern, FormerSlug, Owner, WarningSign
from articles.paths import other_paths
from therapydir.derived import registry
from therapydir.derived.registry import Derivations, Note, keys_of_all
from therapydir.derived.stamps import out_of_step, page_is_out_of_step, stamp, stamp_page

GUIDE = "guide"  # the name of its page
SCHEMAS = {"text": 1, "owner": 1, "listing": 1, "line": 1, GUIDE: 1}
NOTES = (
    Note(
        "articles.text",
        Article,
        fields=(
            *("title", "short_title", "slug", "summary", "body", "section", "is_explainer"),
            *("status", "published_at", "expires_at", "reviewed_by", "reviewed_at"),
        ),
    ),
    Note("articles.owner", Owner, fields=("publisher", "contact", "hosting")),
    Note(
        "articles.concern",
        Concern,
        fields=("text", "slug", "group", "points_to", "why", "section", "position", "is_published"),
    ),
    Note(
        "articles.sign",
        WarningSign,
        fields=(
            *("text", "slug", "urgency", "advice", "position", "is_published"),
            *("source_name", "source_url", "also_source_name", "also_source_url"),
        ),
    ),
)


def catch_up(changes):
    texts = changes("articles.text")
    if texts:
        note_publication(texts)
        remember_paths(texts)
    if owners := changes("articles.owner"):
        texts |= set(Article.objects.filter(section=Article.Section.ABOUT).values_list("pk", flat=True))
        stamp(Owner, owner_facts(owners), SCHEMAS)
    if texts:
        stamp(Article, text_facts(texts), SCHEMAS)
    concerns, signs = changes("articles.concern"), changes("articles.sign")
    if concerns or signs:
        stamp(Concern, concern_facts(concerns), SCHEMAS)
        stamp(WarningSign, sign_facts(signs), SCHEMAS)
        stamp_page(GUIDE, {GUIDE: guide_facts()}, SCHEMAS)


def note_publication(keys):
    """Give published texts the moment at which they first were, or will be, visible."""
    now = timezone.now().replace(microsecond=0)  # as exact as the form that will show it
    texts, published = Article.objects.filter(pk__in=keys), Q(status=Article.Status.PUBLISHED)
    texts.filter(published, published_at=None).update(published_at=now)
    not_yet = Q(first_published_at=None) | Q(first_published_at__gt=now)
    texts.filter(published & not_yet).update(first_published_at=F("published_at"))
    texts.filter(~published & Q(first_published_at__gt=now)).update(first_published_at=None)


def remember_paths(keys):
    """From now on the slugs of published texts lead to them, whatever they led to before.

    One that is to appear later takes no other's.
    """
    for text in Article.objects.filter(pk__in=keys, status=Article.Status.PUBLISHED):
        slugs = FormerSlug.objects
        remember = slugs.update_or_create if text.is_visible else slugs.get_or_create
        remember(slug=text.slug, defaults={"article": text})


def text_facts(keys):
    """{primary key: {part: what the pages of those texts, and lists of them, print}}."""
    owner = _owner(Owner.load())
    return {text.pk: _of_text(text, owner) for text in Article.objects.filter(pk__in=keys)}


def _of_text(text, owner):
    if text.status != Article.Status.PUBLISHED:
        return {"text": None, "owner": None, "listing": None}
    listed = (text.get_absolute_url(), text.title, text.summary, text.reviewed_by, str(text.reviewed_at))
    published = text.published_at.astimezone(UTC).isoformat()
    own = (*listed, text.short_title, text.body, text.is_explainer, published)
    is_about = text.section == Article.Section.ABOUT
    return {"text": own, "owner": owner if is_about else None, "listing": None if is_about else listed}


def _owner(owner):
    return owner.publisher, owner.contact, owner.hosting


def owner_facts(keys):
    return {owner.pk: {"owner": _owner(owner)} for owner in Owner.objects.filter(pk__in=keys)}


def concern_facts(keys):
    """What those lines of the guide say, wherever they stand."""
    fields = ("text", "slug", "group", "points_to", "why", "section", "is_published")
    return {
        pk: {"line": facts} for pk, *facts in Concern.objects.filter(pk__in=keys).values_list("pk", *fields)
    }


def sign_facts(keys):
    fields = ("text", "slug", "urgency", "advice", "is_published")
    sources = ("source_name", "source_url", "also_source_name", "also_source_url")
    rows = WarningSign.objects.filter(pk__in=keys).values_list("pk", *fields, *sources)
    return {pk: {"line": facts} for pk, *facts in rows}


def guide_facts():
    """What the form of the guide prints, in its order."""
    signs, concerns = WarningSign.objects.published(), Concern.objects.published()
    return (
        [(sign.slug, sign.text) for sign in signs],
        sources_of(signs),
        [(label, [(line.slug, line.text) for line in lines]) for label, lines in in_groups(concerns)],
    )


def verify():
    kinds = (
        (Article, text_facts, "articles.text"),
        (Owner, owner_facts, "articles.owner"),
        (Concern, concern_facts, "articles.concern"),
        (WarningSign, sign_facts, "articles.sign"),
    )
    for model, facts, what in kinds:
        for pk, part in out_of_step(model, facts(keys_of_all(what)), SCHEMAS):
            yield f"The {model._meta.verbose_name} {pk} reads otherwise than when it was dated ({part})."
    if page_is_out_of_step(GUIDE, {GUIDE: guide_facts()}, SCHEMAS):
        yield "The guide reads otherwise than when it was dated."
    visible = Article.objects.published()
    for text in visible.filter(first_published_at=None):
        yield f"The article {text.pk} is visible, and nothing says since when."
    for text in visible.exclude(former_slugs__slug=F("slug")):
        yield f"The address of the article {text.pk} is not remembered."


def published_now(using):
    """How many texts have appeared, and how many have expired since: it only grows while nothing is saved."""
    texts, now = Article.objects.using(using).filter(status=Article.Status.PUBLISHED), timezone.now()
    counts = texts.aggregate(
        appeared=Count("pk", filter=Q(published_at__lte=now)),
        expired=Count("pk", filter=Q(expires_at__lte=now)),
    )
    return sum(counts.values())


def count_pages():
    articles = Article.objects
    return articles.published().count() + articles.on_pages().num_pages + 1  # the guide


def dated_pages():
    """Without the explainer, which the directory follows."""
    for text in Article.objects.published().filter(is_explainer=False):
        yield text.get_absolute_url(), f"{sorted(text.digests.items())} {text.content_changed_at}"


registry.register(
    Derivations(
        "articles",
        NOTES,
        SCHEMAS,
        catch_up,
        verify,
        published_now,
        count_pages,
        dated_pages,
        other_paths,
    )
)
