"""What articles, the guide and the owner's words promise, each in a line or two."""

import re
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from articles.feeds import NEWEST
from articles.guide import in_groups
from articles.models import Concern, Owner
from articles.topics import Topics, _all_topics
from tests.factories import make_article
from tests.reading import links_of, page_of
from therapydir.derived.catching_up import catch_up


def test_each_of_the_owners_words_is_shown(client, db):
    Owner.objects.update(publisher="Ada *Publisher*", contact="By *letter*", hosting="On *our* machine")
    catch_up()
    text = client.get("/about/").text
    for words in ("Ada <em>Publisher</em>", "By <em>letter</em>", "On <em>our</em> machine"):
        assert words in text


def test_the_guide_asks_in_groups_and_each_line_once(db):
    concerns = list(Concern.objects.published())
    groups = in_groups(concerns)
    assert [label for label, _ in groups] == [group.label for group in Concern.Group]
    for label, members in groups:
        assert {concern.get_group_display() for concern in members} == {label}
    assert sorted(c.pk for _, members in groups for c in members) == sorted(c.pk for c in concerns)


def test_the_feed_has_so_many_articles_and_no_more(client, db):
    for _ in range(NEWEST + 3):
        make_article()
    assert len(re.findall("<entry>", client.get("/feed.xml").text)) == NEWEST == 20


def test_the_way_back_from_a_note_is_marked_as_such(client, db):
    article = make_article(body="Words.[^1]\n\n[^1]: A note.")
    assert 'class="footnote-backref"' in client.get(article.get_absolute_url()).text


def test_the_explainer_and_the_pages_about_the_site_are_in_every_foot(client, explainer):
    links = links_of(client.get("/locations/"))
    assert explainer.get_absolute_url() in links
    assert {"/about/", "/about/privacy/", "/about/data-sources/"} <= set(links)


def test_words_for_a_child_are_one_topic(db):
    topics = Topics(_all_topics())
    [wanted] = {topic.path for topic in topics.find(["child"])[:1]}
    for word in ("kid", "kids", "children", "baby", "toddler"):
        assert topics.find([word])[0].path == wanted, word


def test_other_words_for_a_thing_find_what_it_is_called(db):
    topics = Topics(_all_topics())
    for words, called in {
        "physio physiotherapy": "physical",
        "therapist therapists": "therapy",
        "elderly senior seniors": "older",
        "fall falling fell": "falls",
        "versus vs compare": "difference",
    }.items():
        wanted = topics.find([called])
        assert wanted, called
        for word in words.split():
            assert topics.find([word]) == wanted, word


def test_a_page_that_is_not_there_says_so_in_its_title(client, db):
    assert "There is no page at this address" in page_of(client, "/nothing/").title


@pytest.mark.parametrize(("year", "is_taken"), [(1999, False), (2000, True), (2100, True), (2101, False)])
@pytest.mark.parametrize("field", ["published_at", "expires_at"])
def test_a_date_is_of_this_century(db, field, year, is_taken):
    article = make_article(published_at=datetime(2000, 1, 1, tzinfo=UTC))
    setattr(article, field, datetime(year, 6, 1, tzinfo=UTC))
    refused = None
    try:
        article.clean()
    except ValidationError as error:
        refused = error.message_dict
    assert (refused is None) == is_taken
    assert is_taken or [*refused] == [field]
