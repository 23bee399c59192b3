"""The decision guide: what it asks, what it answers, and what editors can change of it."""

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.utils.html import escape

from articles import loading
from articles.models import Article, Concern, Owner, WarningSign
from tests.factories import make_article, withdraw
from tests.factories import save as save_row
from tests.reading import form_data, links_of, page_of
from therapydir.derived.catching_up import catch_up
from therapydir.models import DatedPage

GUIDE = "/which-therapy/"


def words(client, address):
    return " ".join(page_of(client, address).text.split())


def test_every_published_line_can_be_ticked_and_no_other(client, db):
    Concern.objects.filter(slug="pain").update(is_published=False)
    content = client.get(GUIDE).content.decode()
    for line in [*Concern.objects.published(), *WarningSign.objects.published()]:
        assert f'value="{line.slug}"' in content
        assert escape(line.text) in content
    assert 'value="pain"' not in content


def test_988_can_be_called_and_texted_without_filling_in_the_form(client, db):
    assert {"tel:911", "tel:988", "sms:988"} <= set(page_of(client, GUIDE).links)


def test_the_form_is_indexed_and_answers_are_not(client, db):
    assert "robots" not in page_of(client, GUIDE).meta
    for query in ("?tick=walking", "?sign=fever", "?state=&show=answer", "?state=florida"):
        page = page_of(client, GUIDE + query)
        assert page.meta["robots"] == "noindex"
        assert "canonical" not in page.rel
    assert "robots" not in page_of(client, f"{GUIDE}?utm_source=letter").meta


def test_reasons_are_the_visitors_own_ticks(client, db):
    text = words(client, f"{GUIDE}?tick=walking&tick=memory")
    assert "Likely both therapies" in text
    assert "1 points to physical therapy and 1 points to occupational therapy" in text
    for slug in ("walking", "memory"):
        assert Concern.objects.get(slug=slug).why in text
    assert Concern.objects.get(slug="balance").why not in text


@pytest.mark.parametrize(
    "query", ["?state=&show=answer", "?tick=nothing-like-it", "?tick=%00&tick=<b>", "?show=answer&state=%00"]
)
def test_nothing_ticked_is_answered_kindly(client, db, query):
    text = words(client, GUIDE + query)
    assert "Nothing is ticked yet" in text
    assert "Likely" not in text
    assert "Change your answers" not in text  # there are none


def test_a_withdrawn_line_in_a_saved_answer_is_left_out(client, db):
    concern = Concern.objects.get(slug="memory")
    concern.is_published = False
    save_row(concern)
    assert "Likely physical therapy" in words(client, f"{GUIDE}?tick=walking&tick=memory")


def test_emergencies_come_in_the_order_of_their_urgency(client, db):
    WarningSign.objects.filter(slug="fever").update(position=0)  # which its urgency outweighs
    WarningSign.objects.filter(slug="heart-signs").update(position=999)
    page = page_of(client, f"{GUIDE}?sign=fever&sign=harm-myself&sign=heart-signs&tick=walking")
    urgent = [text for tag, text in page.headings if tag == "h2"][:3]
    for heading, begins in zip(urgent, ["Call 911 now", "Call or text 988 now", "Get care now"], strict=True):
        assert heading.startswith(begins)
    assert "tel:911" in page.links
    assert "tel:988" in page.links


def test_signs_of_one_urgency_share_one_box(client, db):
    signs = list(WarningSign.objects.values_list("slug", flat=True))
    page = page_of(client, GUIDE + "?" + "&".join(f"sign={slug}" for slug in signs))
    urgent = [text for tag, text in page.headings if tag == "h2"]
    for heading, begins in zip(
        urgent, ["Call 911 now", "Call or text 988 now", "Get care now", "Change"], strict=True
    ):
        assert heading.startswith(begins)
    text = words(client, f"{GUIDE}?" + "&".join(f"sign={slug}" for slug in signs))
    for sign in WarningSign.objects.all():
        assert sign.advice in text


def test_a_warning_sign_is_not_followed_by_the_search_for_a_city(client, db):
    assert "/search/" not in client.get(f"{GUIDE}?sign=heart-signs&tick=walking").text
    assert "/search/" not in client.get(f"{GUIDE}?sign=fever&tick=walking").text
    assert "/search/" in client.get(f"{GUIDE}?tick=walking").text


def test_an_answer_that_leans_says_what_to_ask_about_first(client, db):
    text = words(client, f"{GUIDE}?tick=walking&tick=balance&tick=strength&tick=memory")
    assert "Likely both therapies, PT first" in text
    assert "Ask about physical therapy first." in text


def test_reasons_lead_to_parts_of_the_explainer_that_are_there(client, explainer):
    ids = page_of(client, explainer.get_absolute_url()).ids
    concerns = Concern.objects.all()
    assert {concern.section for concern in concerns} <= set(ids)
    query = "&".join(f"tick={concern.slug}" for concern in concerns)
    links = links_of(client.get(f"{GUIDE}?{query}"))
    assert {f"{explainer.get_absolute_url()}#{concern.section}" for concern in concerns} <= set(links)


def test_a_part_that_is_gone_is_led_to_no_more(client, explainer):
    explainer.body = explainer.body.replace("Low back pain", "Sore backs")
    save_row(explainer)
    links = links_of(client.get(f"{GUIDE}?tick=pain"))
    assert explainer.get_absolute_url() in links
    assert not [link for link in links if "low-back-pain" in link]


def test_the_guide_does_without_lines_and_without_an_explainer(client, explainer):
    withdraw(explainer)
    assert "Read more" not in words(client, f"{GUIDE}?tick=walking")
    Concern.objects.update(is_published=False)
    assert "The guide is empty just now" in words(client, GUIDE)


def test_the_state_leads_on(client, db):
    assert "/locations/florida/" in links_of(client.get(f"{GUIDE}?tick=walking&state=florida"))
    assert client.get(f"{GUIDE}?tick=walking&state=atlantis").status_code == 200


def test_the_guide_has_the_date_of_what_it_asks(editor_client, db):
    def lastmod():
        text = editor_client.get("/sitemap-pages.xml").content.decode()
        return text.split("which-therapy/</loc>")[1].split("</url>")[0]

    DatedPage.objects.update(changed_at="2020-01-01T12:00Z")
    assert "2020-01-01" in lastmod()
    concern = Concern.objects.get(slug="walking")
    save(editor_client, concern, why="Other words, which only an answer shows.")
    assert "2020-01-01" in lastmod()
    save(editor_client, concern, text="Walking")
    assert "2020-01-01" not in lastmod()


def address(line):
    return f"/admin/articles/{line._meta.model_name}/{line.pk}/change/"


def save(client, line, **changes):
    response = client.post(address(line), form_data(client.get(address(line))) | changes)
    assert response.status_code == 302, response.context["errors"]


def test_every_line_can_be_saved_as_it_is(editor_client, db):
    for model in (Concern, WarningSign):
        before = list(model.objects.order_by("pk").values())
        for line in model.objects.all():
            save(editor_client, line)
        assert list(model.objects.order_by("pk").values()) == before


def test_editors_choose_among_the_explainers_headings(editor_client, db):
    concern = Concern.objects.get(slug="pain")
    choices = dict(editor_client.get(address(concern)).context["adminform"].form.fields["section"].choices)
    assert choices["low-back-pain"] == "Low back pain"
    save(editor_client, concern, section="after-a-stroke")
    concern.refresh_from_db()
    assert concern.section == "after-a-stroke"


def test_editors_are_told_when_a_heading_that_the_guide_leads_to_is_gone(editor_client, explainer):
    body = explainer.body.replace("compare Low back pain", "compare Sore backs")
    data = form_data(editor_client.get(address(explainer))) | {"body": body}
    response = editor_client.post(address(explainer), data, follow=True)
    text = response.content.decode()
    assert "which it no longer has" in text
    assert escape(Concern.objects.get(slug="pain").text) in text


def test_editors_are_told_where_a_block_is_malformed(editor_client, explainer):
    data = form_data(editor_client.get(address(explainer))) | {"body": "::: compare X\nPT: a\n:::"}
    response = editor_client.post(address(explainer), data)
    assert "Line 1: “::: compare X” says nothing of OT" in response.content.decode()


def test_loading_the_fixtures_again_keeps_what_editors_made_of_the_guide(db, settings):
    concern = Concern.objects.get(slug="walking")
    concern.text, concern.is_published = "Walking", False
    save_row(concern)
    added = loading.load(settings.BASE_DIR / "fixtures")
    assert added == {"articles": 0, "lines of the guide": 0}
    concern.refresh_from_db()
    assert (concern.text, concern.is_published) == ("Walking", False)


ABOUT_PAGES = ["", "how-this-site-is-made", "data-sources", "privacy", "accessibility", "medical-disclaimer"]


@pytest.mark.parametrize("slug", [*ABOUT_PAGES, "report-an-error"])
def test_pages_about_the_site_are_linked_at_the_foot_of_every_page(client, db, slug):
    path = f"/about/{slug}/" if slug else "/about/"
    for page in ("/", "/locations/california/anaheim/", "/nothing-here/"):
        assert path in links_of(client.get(page))
    assert client.get(path).status_code == 200


def test_pages_about_the_site_are_no_articles(client, db):
    assert "/about/privacy/" in links_of(client.get("/articles/"))[-12:]  # at the foot alone
    assert page_of(client, "/articles/").text.count("Privacy") == 1
    assert "/about/" not in client.get("/feed.xml").content.decode()


@pytest.mark.parametrize(
    ("asked", "right"),
    [("/about/about/", "/about/"), ("/articles/privacy/", "/about/privacy/"), ("/About", "/about/")],
)
def test_pages_about_the_site_have_one_address_each(client, db, asked, right):
    response = client.get(asked)
    assert (response.status_code, response["Location"]) == (301, right)


def test_what_the_owner_says_is_on_every_page_about_the_site_and_moves_its_date(editor_client, db):
    Article.objects.update(content_changed_at="2020-01-01T12:00Z", published_at="2020-01-01T12:00Z")
    catch_up()
    Article.objects.update(content_changed_at="2020-01-01T12:00Z")
    assert "owner of this site" not in words(editor_client, "/about/privacy/")
    save(editor_client, Owner.objects.get(), contact="[Write](mailto:someone@example.org)")
    assert "mailto:someone@example.org" in links_of(editor_client.get("/about/report-an-error/"))
    assert "January 1, 2020" not in words(editor_client, "/about/privacy/")
    assert "Updated January 1, 2020" in words(editor_client, Article.objects.explainer().get_absolute_url())


def test_what_the_owner_has_not_said_is_one_line_on_one_page(editor_client, db):
    line = "The owner of this site has not said yet: who publishes this site; how to reach them"
    assert line in words(editor_client, "/about/")
    save(editor_client, Owner.objects.get(), publisher="Somebody", contact="A letter", hosting="A company")
    assert "has not said yet" not in words(editor_client, "/about/")


def test_the_admins_first_page_asks_for_what_the_owner_has_not_said(editor_client, db):
    asked = "Visitors are not told yet who publishes this site"
    assert asked in words(editor_client, "/admin/")
    save(editor_client, Owner.objects.get(), publisher="Somebody", contact="A letter", hosting="A company")
    assert "Visitors are not told yet" not in words(editor_client, "/admin/")


def test_the_owner_is_one(editor_client, db):
    assert editor_client.get("/admin/articles/owner/add/").status_code == 403
    response = editor_client.get("/admin/articles/owner/")
    assert response["Location"] == address(Owner.objects.get())


def test_the_owner_can_be_written_again_after_its_row_was_lost(editor_client, db):
    Owner.objects.all().delete()
    assert editor_client.get("/about/").status_code == 200
    assert editor_client.get("/admin/articles/owner/", follow=True).status_code == 200
    assert Owner.objects.count() == 1


def test_those_who_may_not_see_the_owner_are_not_led_there(client, db):
    client.force_login(User.objects.create_user("other", is_staff=True))
    assert client.get("/admin/articles/owner/").status_code == 403


def test_saving_the_owner_costs_the_same_for_any_number_of_pages(db, django_assert_max_num_queries):
    owner = Owner.load()
    owner.contact = "By letter."
    with django_assert_max_num_queries(17):  # for seven pages
        save_row(owner)


def test_what_the_owner_says_has_no_headings_of_its_own(db):
    for words_written in ("# Us", "Us.[^1]\n\n[^1]: Note."):
        with pytest.raises(ValidationError, match="without headings"):
            Owner(pk=1, publisher=words_written).full_clean(exclude=["id"], validate_unique=False)


def test_pages_about_the_site_stand_below_the_first_one_while_there_is_one(client, db):
    first = Article.objects.get(slug="about")

    def above():
        trail = page_of(client, "/about/privacy/").of_type("BreadcrumbList")["itemListElement"]
        return [crumb["name"] for crumb in trail]

    assert above() == ["Home", "About this site", "Privacy"]
    first.slug = "who-we-are"
    save_row(first)
    assert above() == ["Home", "Privacy"]


def test_an_answer_is_kept_by_nobody_on_the_way(client, db):
    assert "private" in client.get(f"{GUIDE}?tick=walking&show=answer")["Cache-Control"]


def test_an_article_has_no_place_among_the_pages_about_the_site(db):
    article = make_article(position=7)
    article.full_clean()
    assert article.position == 0


def test_a_text_that_loses_what_the_circles_lead_to_says_so(editor_client, explainer):
    body = explainer.body.replace("When you need both", "When you need the two")
    change = form_data(editor_client.get(address(explainer))) | {"body": body}
    response = editor_client.post(address(explainer), change)
    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert any("“when you need both”" in message for message in said)


def test_no_page_about_the_site_takes_the_place_of_the_design_page(db):
    page = make_article("Design", slug="design", section="about", status="draft")
    with pytest.raises(ValidationError, match="people who build the site"):
        page.full_clean()


def test_signs_stand_in_the_form_by_urgency_and_then_in_the_order_that_editors_gave(db):
    signs = list(WarningSign.objects.published())
    order = list(WarningSign.Urgency)
    ranks = [(order.index(sign.urgency), sign.position) for sign in signs]
    assert ranks == sorted(ranks)
    first, second = [sign for sign in signs if sign.urgency == order[0]][:2]
    WarningSign.objects.filter(pk=first.pk).update(position=second.position + 1)
    assert [sign.pk for sign in WarningSign.objects.published()][:2] != [first.pk, second.pk]
