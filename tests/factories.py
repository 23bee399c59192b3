"""Plain functions that make records for tests; every place is an invented one."""

from itertools import count

from django.utils.text import slugify

from articles.models import Article
from locations.models import City, State
from therapydir.derived.catching_up import writing

number = count(1)


def save(record):
    """Save it as a form would: in step with everything, and read back."""
    with writing():
        record.save()
    record.refresh_from_db()
    return record


def withdraw(record):
    """Take a page off the site, as an editor does."""
    if isinstance(record, Article):
        record.status = Article.Status.WITHDRAWN
    else:
        record.is_published = False
    return save(record)


def make_state(name="Jefferson", code="JF", **fields):
    state = State(name=name, slug=slugify(name), code=code, **fields)
    return save(state)


def make_city(state, name=None, **fields):
    name = name or f"Springfield {next(number)}"
    values = {"slug": slugify(name), "county": "Shelby", "latitude": 20.0, "longitude": -150.0}
    city = City(state=state, name=name, **values | fields)
    return save(city)


def make_article(title=None, **fields):
    title = title or f"Article {next(number)}"
    values = {
        "slug": slugify(title),
        "short_title": title[:60],
        "summary": f"{title}: a summary that is long enough for a search engine to be content with it.",
        "body": "Words.",
        "status": Article.Status.PUBLISHED,
    }
    article = Article(title=title, **{**values, **fields})
    return save(article)
