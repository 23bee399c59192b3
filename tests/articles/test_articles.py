"""What an article shows, and when."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import Article
from tests.factories import make_article, save, withdraw
from tests.reading import links_of, page_of

# What the explainer must say, in the words that carry each fact.
FACTS = [
    "rehabilitation professions",
    "strength, flexibility, balance, endurance",
    "PT is about what your body can do",
    "OT is about how you use what it can do to live your day",
    "walking, strength and balance",
    "dressing, bathing, cooking",
    "shoulder and elbow",
    "grip, pinch",
    "walking, running, jumping",
    "taking part at school and in play",
    "gait training",
    "Checks your home for hazards",
    "managing the pain",
    "ergonomics",
    "return to work",
    "total knee replacement",
    "talk to each other",
    "national licensing examination",
    "master’s or a doctoral degree",
    "pediatrics",
    "sensory processing",
    "neurological rehabilitation",
    "Do I need OT, PT, or both?",
    "Many needs take both",
]


@pytest.mark.parametrize("fact", FACTS)
def test_the_explainer_tells_every_fact(client, explainer, fact):
    text = " ".join(page_of(client, explainer.get_absolute_url()).text.split())
    assert fact in text


@pytest.mark.parametrize(
    "situation",
    [
        "after-a-stroke",
        "after-a-hand-injury",
        "a-child-with-developmental-delays",
        "an-older-adult-at-risk-of-falls",
        "low-back-pain",
    ],
)
def test_each_situation_can_be_linked_to(client, explainer, situation):
    page = page_of(client, explainer.get_absolute_url())
    assert situation in page.ids
    assert f"#{situation}" in page.links


def test_the_whole_directory_follows_the_explainer_and_no_other_article(client, explainer):
    links = links_of(client.get(explainer.get_absolute_url()))
    assert sum(link.startswith("/locations/") for link in links) >= 1 + 5 + 942
    other = make_article()
    assert sum(link.startswith("/locations/") for link in links_of(client.get(other.get_absolute_url()))) == 1


def test_every_page_leads_to_the_explainer_wherever_it_is(client, explainer):
    explainer.slug = "ot-and-pt"
    save(explainer)
    for address in ("/", "/locations/", "/locations/california/", "/locations/california/anaheim/"):
        assert "/articles/ot-and-pt/" in links_of(client.get(address))


def test_pages_do_without_an_explainer(client, explainer):
    withdraw(explainer)
    for address in ("/", "/articles/", "/locations/california/anaheim/", "/nothing/"):
        response = client.get(address)
        assert response.status_code in (200, 404)
        assert explainer.get_absolute_url() not in links_of(response)


def test_a_scheduled_article_appears_by_itself(client, db, monkeypatch):
    article = make_article(published_at=timezone.now() + timedelta(hours=1))
    assert client.get(article.get_absolute_url()).status_code == 404
    assert article.get_absolute_url() not in links_of(client.get("/articles/"))
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.get(article.get_absolute_url()).status_code == 200
    assert article.get_absolute_url() in links_of(client.get("/articles/"))


def test_publishing_without_a_date_means_now(db):
    article = make_article(status="draft")
    assert article.published_at is None
    article.status = Article.Status.PUBLISHED
    save(article)
    assert timezone.now() - article.published_at < timedelta(minutes=1)


def test_there_is_one_explainer_at_most(explainer):
    second = make_article()
    second.is_explainer = True
    with pytest.raises(ValidationError, match="Another article is the explainer"):
        second.full_clean()


def test_a_review_needs_a_name_and_a_day(explainer):
    explainer.reviewed_by = "A. Therapist, OTR/L"
    with pytest.raises(ValidationError, match="both who reviewed the article and when"):
        explainer.full_clean()


@pytest.mark.parametrize("summary", ["Too short.", "x" * 161])
def test_a_summary_fits_into_a_search_result(explainer, summary):
    explainer.summary = summary
    with pytest.raises(ValidationError):
        explainer.full_clean()
