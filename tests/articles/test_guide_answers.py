"""What the guide answers, case by case. The table was written before the code that it checks.

The rules are the explainer's own. Movement, strength, pain or walking: likely physical therapy.
Daily activities, self-care, work, thinking, or a child's developmental skills: likely
occupational therapy. Some of each, or something that takes both: likely both.
"""

import pytest

from articles.guide import answer_for
from articles.models import Concern

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
    ("memory planning senses feelings", "OT", "clear"),
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
