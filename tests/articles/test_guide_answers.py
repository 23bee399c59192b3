"""What the guide answers, case by case. The table was written before the code that it checks.

The rules are the explainer's own. Movement, strength, pain or walking: likely physical therapy.
Daily activities, self-care, work, thinking, or a child's developmental skills: likely
occupational therapy. Some of each, or something that takes both: likely both.
"""

import pytest

from articles.guide import answer_for
from articles.models import Concern, WarningSign
from tests.reading import page_of

# (what is ticked, what is likely, how clear that is)
CASES = [
    # Movement, strength, pain or walking.
    ("walking", "PT", "one"),
    ("balance", "PT", "one"),
    ("strength", "PT", "one"),
    ("stiff-joint", "PT", "one"),
    ("pain", "PT", "one"),
    ("pain strength", "PT", "clear"),
    ("walking balance strength", "PT", "clear"),
    ("walking balance strength stiff-joint pain", "PT", "clear"),
    ("steadying", "PT", "one"),
    ("walking steadying", "PT", "clear"),
    # Daily activities and self-care.
    ("dressing-bathing", "OT", "one"),
    ("cooking-chores", "OT", "one"),
    ("hand", "OT", "one"),
    ("dressing-bathing cooking-chores", "OT", "clear"),
    # Thinking and feeling.
    ("memory", "OT", "one"),
    ("planning", "OT", "one"),
    ("feelings", "OT", "doctor first"),
    ("memory planning senses feelings", "OT", "clear"),
    ("feelings walking", "both", "even"),
    ("memory cooking-chores", "OT", "clear"),
    # Work.
    ("job-tasks", "OT", "one"),
    ("workplace return-to-work", "OT", "clear"),
    ("hand job-tasks", "OT", "clear"),
    # A child's developmental skills, and the large movements among them.
    ("child-delay", "OT", "one"),
    ("child-hands child-school", "OT", "clear"),
    ("child-hands child-senses child-school child-delay", "OT", "clear"),
    ("child-moving", "PT", "one"),
    ("child-moving child-hands", "both", "even"),
    ("child-moving child-hands child-senses child-school", "both", "leaning to OT"),
    # Safety at home.
    ("home-hazards equipment", "OT", "clear"),
    ("falls", "both", "one"),
    ("falls balance", "both", "leaning to PT"),
    ("falls home-hazards", "both", "leaning to OT"),
    ("falls balance home-hazards", "both", "even"),
    # Things that take both, and some of each.
    ("stroke", "both", "one"),
    ("new-knee", "both", "one"),
    ("stroke falls", "both", "clear"),
    ("stroke new-knee falls", "both", "clear"),
    ("stroke walking dressing-bathing", "both", "even"),
    ("new-knee stiff-joint strength", "both", "leaning to PT"),
    ("new-knee dressing-bathing", "both", "leaning to OT"),
    ("walking dressing-bathing", "both", "even"),
    ("pain job-tasks", "both", "even"),
    ("pain strength workplace", "both", "leaning to PT"),
    ("walking balance pain strength memory", "both", "leaning to PT"),
    ("walking memory planning cooking-chores", "both", "leaning to OT"),
    ("pain strength walking workplace job-tasks", "both", "even"),
]


@pytest.mark.parametrize(("ticks", "likely", "clarity"), CASES)
def test_the_answer_follows_the_explainers_rules(db, ticks, likely, clarity):
    concerns = Concern.objects.published().filter(slug__in=ticks.split())
    assert len(concerns) == len(ticks.split())
    answer = answer_for(concerns, asked=26)
    assert (answer.likely, answer.clarity) == (likely, clarity)


def test_no_tick_has_no_answer(db):
    assert answer_for([], asked=26) is None


def test_ticking_everything_is_said_to_be_no_help(db):
    concerns = Concern.objects.published()
    answer = answer_for(concerns, asked=len(concerns))
    assert (answer.likely, answer.clarity) == ("both", "everything")


def test_a_guide_of_few_lines_that_agree_is_clear_when_all_are_ticked(db):
    concerns = Concern.objects.published().filter(slug__in=["walking", "balance"])
    assert answer_for(concerns, asked=2).clarity == "clear"


@pytest.mark.parametrize(
    ("ticks", "mixes"),
    [
        ("child-hands memory", True),
        ("child-moving walking", True),
        ("child-hands child-moving", False),
        ("memory walking", False),
    ],
)
def test_ticks_about_a_child_and_about_oneself_are_two_questions(db, ticks, mixes):
    answer = answer_for(Concern.objects.published().filter(slug__in=ticks.split()), asked=26)
    assert answer.mixes_child_and_adult is mixes


# (warning sign, whom to call)
SIGNS = [
    ("stroke-signs", "911"),
    ("stroke-balance", "911"),
    ("heart-signs", "911"),
    ("lung-clot", "911"),
    ("numb-between-legs", "911"),
    ("head-injury", "911"),
    ("broken-hip", "911"),
    ("weakness-fast", "911"),
    ("harm-myself", "988"),
    ("cannot-stand-on-it", "now"),
    ("swollen-calf", "now"),
    ("fever", "now"),
    ("back-pain-and-more", "now"),
    ("weakness-growing", "now"),
    ("child-losing-skills", "now"),
]
HEADINGS = {"911": "Call 911 now", "988": "Call or text 988 now", "now": "Get care now"}
TICKS = [
    "",
    "tick=walking",
    "tick=feelings",
    "tick=walking&tick=balance&tick=pain&tick=memory&tick=child-hands",
]


def asked_of_the_doctor(page):
    return page.text.partition("What to tell your doctor")[2].partition("Change your answers")[0]


def test_every_warning_sign_is_in_the_table(db):
    assert sorted(SIGNS) == sorted(WarningSign.objects.values_list("slug", "urgency"))


@pytest.mark.parametrize(("slug", "urgency"), SIGNS)
@pytest.mark.parametrize("ticks", TICKS)
def test_a_warning_sign_withholds_the_verdict_whatever_else_is_ticked(client, db, slug, urgency, ticks):
    page = page_of(client, f"/which-therapy/?sign={slug}&{ticks}&state=florida&show=answer")
    assert page.headings[1][1].startswith(HEADINGS[urgency])
    assert WarningSign.objects.get(slug=slug).advice in page.text
    for verdict in ("Likely", "Your doctor first", "Points to", "Takes both", "Next"):
        assert not [text for _, text in page.headings if text.startswith(verdict)]
    assert HEADINGS[urgency].removesuffix(" now") in page.title


@pytest.mark.parametrize("slug", [slug for slug, urgency in SIGNS if urgency == "now"])
@pytest.mark.parametrize("ticks", TICKS)
def test_what_needs_care_now_stands_first_in_what_to_tell_the_doctor(client, db, slug, ticks):
    page = page_of(client, f"/which-therapy/?sign={slug}&{ticks}&show=answer")
    asked = asked_of_the_doctor(page)
    assert WarningSign.objects.get(slug=slug).text in asked
    for concern in Concern.objects.filter(slug__in=ticks.replace("tick=", "").split("&")):
        assert asked.index(WarningSign.objects.get(slug=slug).text) < asked.index(concern.text)


def test_an_emergency_leaves_no_time_to_ask_a_doctor(client, db):
    for signs in ("sign=heart-signs", "sign=harm-myself", "sign=heart-signs&sign=fever"):
        assert not asked_of_the_doctor(page_of(client, f"/which-therapy/?{signs}&tick=walking&show=answer"))


def test_low_mood_alone_leads_to_the_doctor_first(client, db):
    page = page_of(client, "/which-therapy/?tick=feelings&show=answer")
    assert page.headings[1][1].startswith("Your doctor first")
    assert page.title.startswith("Your Doctor First")
    assert "Likely" not in page.text
    assert {"tel:988", "sms:988"} <= set(page.links)


def test_every_sign_names_a_source_for_what_it_says(client, db):
    page = page_of(client, "/which-therapy/")
    for sign in WarningSign.objects.all():
        assert sign.sources
        for name, address in sign.sources:
            assert address in page.links
            assert name in page.text
    for source in ("medlineplus.gov/stroke.html", "medlineplus.gov/pulmonaryembolism.html"):
        assert page.links.count(f"https://{source}") == 1
