"""What a state's law says: where it is shown, and how it says that it may be out of date."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from locations.models import City, PracticeRule, State
from tests.factories import save
from tests.reading import form_data, page_of

LAST_CHECK = date(2026, 11, 26)
DUE = "more than a year ago, so it may have changed"


def text_of(client, address):
    return " ".join(page_of(client, address).text.split())


def pages_of(rule):
    """Every kind of page that shows the rule."""
    city = rule.state.cities.published().order_by("pk").first()
    ticks = "tick=walking&tick=memory"
    return [
        rule.state.get_absolute_url(),
        city.get_absolute_url(),
        f"/which-therapy/?{ticks}&state={rule.state.slug}&show=answer",
    ]


@pytest.fixture(params=["CA", "FL", "NJ", "NY", "PA"])
def rules(request, db):
    return list(PracticeRule.objects.filter(state__code=request.param).select_related("state"))


def test_every_rule_is_shown_with_its_citation_and_its_date(client, rules):
    assert [rule.profession for rule in rules] == ["PT", "OT"]
    for rule in rules:
        for address in pages_of(rule):
            text = text_of(client, address)
            assert rule.citation in text
            # The page of a city leads to its state's for which copy was read.
            assert (f"in {rule.read_in}." in text) == (address.count("/") < 4)
            assert f"{rule.checked_on:%B} {rule.checked_on.day}, {rule.checked_on.year}" in text
            assert rule.license_lookup_url in page_of(client, address).links
        assert rule.board in text_of(client, rule.state.get_absolute_url())


READ = {  # what was read of each rule, and must stand on the page
    "CA PT": [
        "physician (MD or DO) or a podiatrist",
        "sign a notice",
        "45 calendar days or 12 visits",
        "2620.1",
    ],
    "CA OT": ["does not require a referral", "hand therapy", "look it up", "AB 2221 of 2018", "4150–4155"],
    "FL PT": [
        "licensed in another state has examined you",
        "physician assistant, chiropractor",
        "486.021(11)(a)",
    ],
    "FL OT": ["does not ask for a prescription or a referral", "Medicare and Medicaid may", "468.203(4)"],
    "NJ PT": ["within 30 days", "outside physical therapy", "13:39A-2.5"],
    "NJ OT": ["We found no rule in the licensing law that asks for a referral", "13:44K"],
    "NY PT": ["licensed midwife", "written notice", "10 visits or 30 days", "6731"],
    "NY OT": [
        "An evaluation never needs a referral",
        "written notice that insurance may not pay",
        "restores no lost function",
        "4,320 hours",
        "ch. 601 of 2022",
        "8 NYCRR § 76.11",
    ],
    "PA PT": ["Without that certificate you need one", "30 calendar days", "§§ 40.61, 40.63"],
    "PA OT": ["oral or written", "§ 1514"],
}


@pytest.mark.parametrize("row", READ)
def test_a_rule_says_what_was_read_and_where(client, db, row):
    code, profession = row.split()
    rule = PracticeRule.objects.get(state__code=code, profession=profession)
    assert rule.checked_on == LAST_CHECK
    assert rule.read_in
    text = text_of(client, rule.state.get_absolute_url())
    for words in READ[row]:
        assert words in text


def test_what_no_copy_showed_is_not_stated(db):
    texts = " ".join(rule.summary + rule.limit for rule in PracticeRule.objects.all())
    for unseen in ("hospital", "cardiac", "heart", "pulmonary"):
        assert unseen not in texts


@pytest.mark.parametrize(("days", "is_due"), [(365, False), (366, True)])
def test_a_year_after_the_last_check_each_rule_says_that_it_may_have_changed(
    client, rules, monkeypatch, days, is_due
):
    now = timezone.now().replace(year=2026, month=11, day=26, hour=20) + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: now)
    for address in pages_of(rules[0]):
        assert text_of(client, address).count(DUE) == (2 if is_due else 0)
    assert PracticeRule.objects.due().count() == (10 if is_due else 0)


def test_what_could_not_be_established_is_not_stated(client, db):
    rule = PracticeRule.objects.get(state__code="NJ", profession="OT")
    rule.summary, rule.in_short, rule.confidence = "You need a referral.", "You need a referral.", "low"
    save(rule)
    for address in pages_of(rule):
        assert "We could not establish the rule" in text_of(client, address)
        assert "You need a referral." not in text_of(client, address)


def test_a_rule_of_medium_confidence_says_that_others_may_differ(client, db):
    rule = PracticeRule.objects.get(confidence="medium", state__code="NJ")
    for address in pages_of(rule):
        assert "nsurers and employers may" in text_of(client, address)


def test_a_changed_rule_moves_the_dates_of_its_own_state_alone(db):
    rule = PracticeRule.objects.get(state__code="NJ", profession="PT")
    before = dict(City.objects.values_list("pk", "content_changed_at"))
    rule.in_short = "Yes, for 60 days."
    save(rule)
    after = dict(City.objects.values_list("pk", "content_changed_at"))
    moved = {pk for pk in before if before[pk] != after[pk]}
    assert moved == set(rule.state.cities.values_list("pk", flat=True))


def test_what_only_the_state_says_of_a_rule_moves_no_citys_date(db):
    rule = PracticeRule.objects.get(state__code="NJ", profession="PT")
    before = dict(City.objects.values_list("pk", "content_changed_at"))
    rule.summary, rule.limit = "Other words.", "60 days"
    save(rule)
    assert dict(City.objects.values_list("pk", "content_changed_at")) == before
    assert rule.state.content_changed_at > timezone.now() - timedelta(minutes=1)


def test_the_admin_lists_first_what_was_not_checked_for_longest(editor_client, db):
    old = PracticeRule.objects.get(state__code="PA", profession="OT")
    old.checked_on = timezone.localdate() - timedelta(days=400)
    save(old)
    address = "/admin/locations/practicerule/"
    listed = editor_client.get(address).context["cl"].result_list
    assert listed[0] == old
    assert list(editor_client.get(f"{address}?review=due").context["cl"].result_list) == [old]
    assert "Due now" in editor_client.get(address).text


def test_editors_can_save_every_rule_as_it_is(editor_client, db):
    for rule in PracticeRule.objects.all():
        address = f"/admin/locations/practicerule/{rule.pk}/change/"
        response = editor_client.post(address, form_data(editor_client.get(address)))
        assert response.status_code == 302


def test_a_state_has_one_rule_for_each_profession(db):
    rule = PracticeRule.objects.get(state__code="CA", profession="PT")
    rule.pk = None
    with pytest.raises(ValidationError, match="change that one"):
        rule.full_clean()


def test_a_state_without_rules_says_nothing_of_referrals(client, db):
    state = State.objects.get(code="FL")
    state.rules.all().delete()
    assert "Do you need a referral" not in text_of(client, state.get_absolute_url())
    assert "Do you need a referral" not in text_of(client, "/locations/florida/miami/")
