"""Plain functions that make records for tests; every place is an invented one."""

from itertools import count

from django.utils.text import slugify

from articles.models import Article
from locations.models import City, State

number = count(1)


def make_state(name="Jefferson", code="JF", **fields):
    state = State(name=name, slug=slugify(name), code=code, **fields)
    state.save()
    return state


def make_city(state, name=None, **fields):
    name = name or f"Springfield {next(number)}"
    values = {"county": "Shelby", "latitude": 10.0, "longitude": 10.0} | fields
    city = City(state=state, name=name, slug=fields.get("slug", slugify(name)), **values)
    city.save()
    return city


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
    article.save()
    return article
