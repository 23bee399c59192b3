"""The decision guide: from what a visitor ticked to what is likely, and why.

The rules are the explainer's: movement, strength, pain or walking point to physical therapy;
daily activities, self-care, work, thinking or a child's developmental skills to occupational
therapy; some of each, or what takes both, to both. Which line points where is the editors'
choice (`Concern.points_to`); nothing else is weighed.
"""

from dataclasses import dataclass

from articles.models import Concern, PointsTo, WarningSign
from therapydir.pages.head import join_names

LEANS = 2  # times as many lines for one therapy as for the other


@dataclass(frozen=True)
class Answer:
    """What is likely, for these concerns.

    `likely` is a `PointsTo`. `clarity` says how clear that is: «doctor first» when nothing was
    checked but what a doctor should hear of before any therapist, «one» tick only, «clear» when all
    point the same way, «leaning to PT» or «leaning to OT» when most do, «even», or «everything» when
    they do not and nothing was left out.
    """

    concerns: tuple[Concern, ...]
    likely: str
    clarity: str

    @property
    def sides(self):
        """(profession, its concerns) for each profession that any concern points to."""
        pointing = [(side, [c for c in self.concerns if c.points_to == side]) for side in PointsTo]
        return [(side, concerns) for side, concerns in pointing if concerns]

    @property
    def count(self):
        return len(self.concerns)

    @property
    def clearness(self):
        """How clear the answer is, in a sentence or two for the visitor."""
        pointing = [
            f"{len(concerns)} {'points' if len(concerns) == 1 else 'point'} to {side.label}"
            if side != PointsTo.BOTH
            else f"{len(concerns)} to both"
            for side, concerns in self.sides
        ]
        counts = f"Of the {self.count} things that you ticked, {join_names(pointing)}."
        return {
            "doctor first": (
                f"Talk with your doctor before you look for therapy. Ask what can help, and whether "
                f"{PointsTo(self.likely).label} should be part of it."
            ),
            "one": "You ticked one thing, so take this as a first hint.",
            "clear": f"That is clear: {self.all_of_them} that you ticked point the same way.",
            "leaning to PT": f"{counts} Ask about physical therapy first.",
            "leaning to OT": f"{counts} Ask about occupational therapy first.",
            "even": f"{counts} That is about even.",
            "everything": (
                "You ticked every line, so nothing stands out. Go back and keep the two or three that "
                "bother you most: the answer will say more."
            ),
        }[self.clarity]

    @property
    def all_of_them(self):
        return "both things" if self.count == 2 else f"all {self.count} things"

    @property
    def first(self):
        """Of an answer that is both: the abbreviation of the therapy to ask about first, or ""."""
        return self.clarity.removeprefix("leaning to ") if "leaning" in self.clarity else ""

    @property
    def is_doctor_first(self):
        return self.clarity == "doctor first"

    @property
    def is_about_child(self):
        return all(concern.group == Concern.Group.CHILD for concern in self.concerns)

    @property
    def mixes_child_and_adult(self):
        """Whether some ticks are about a child and others are not: two people, two questions."""
        return len({concern.group == Concern.Group.CHILD for concern in self.concerns}) > 1


def answer_for(concerns, asked):
    """The `Answer` for published concerns that were ticked, of `asked` lines in all; None for none."""
    concerns = tuple(concerns)
    if not concerns:
        return None
    directions = [concern.points_to for concern in concerns]
    both = directions.count(PointsTo.BOTH)
    votes = {side: directions.count(side) + both for side in (PointsTo.PT, PointsTo.OT)}
    if len(set(directions)) == 1 and all(concern.doctor_first for concern in concerns):
        likely, clarity = directions[0], "doctor first"
    elif len(set(directions)) == 1:
        likely = directions[0]
        clarity = "one" if len(concerns) == 1 else "clear"
    else:
        likely = PointsTo.BOTH
        clarity = "everything" if len(concerns) == asked else _direction(votes)
    return Answer(concerns, likely, clarity)


def _direction(votes):
    most, least = sorted(votes, key=votes.get, reverse=True)
    return f"leaning to {most.value}" if votes[most] >= LEANS * votes[least] else "even"


def most_urgent_first(signs):
    """Warning signs in the order in which they must be answered."""
    order = WarningSign.Urgency.values
    return sorted(signs, key=lambda sign: (order.index(sign.urgency), sign.position, sign.pk))


def sources_of(signs):
    """(name, address) of each source of those signs, once."""
    names = {address: name for sign in signs for name, address in sign.sources}
    return [(name, address) for address, name in names.items()]


def in_groups(concerns):
    """(group's words, its concerns) in the order in which the guide asks."""
    grouped = [(group.label, [c for c in concerns if c.group == group]) for group in Concern.Group]
    return [(label, members) for label, members in grouped if members]
