"""What pages print of practice rules: in short those of cities, in full those of states."""

from dataclasses import dataclass
from datetime import date

from locations.models import PracticeRule
from locations.models.rules import is_due

LOW, MEDIUM = PracticeRule.Confidence.LOW, PracticeRule.Confidence.MEDIUM


@dataclass(frozen=True)
class Rule:
    """A practice rule as a page prints it; in short on the pages of cities."""

    profession: str
    get_profession_display: str  # as the row has it
    confidence: str
    said: str  # in_short, or summary; "" where the rule could not be established
    limit: str
    board: str
    board_url: str
    license_lookup_url: str
    citation: str
    checked_on: date
    read_in: str

    @property
    def in_short(self):
        return self.said

    @property
    def summary(self):
        return self.said

    @property
    def is_due(self):
        return is_due(self.checked_on)


def rules_in_short(state):
    """The rules of a state as the pages of its cities print them, which lead to its own for the rest."""
    return tuple(_printed(rule, rule.in_short) for rule in state.rules.all())


def rules_in_full(state):
    """The rules of a state as its own page prints them."""
    return tuple(
        _printed(
            rule,
            rule.summary,
            limit=rule.limit,
            board=rule.board,
            board_url=rule.board_url,
            read_in=rule.read_in,
        )
        for rule in state.rules.all()
    )


def _printed(rule, said, *, limit="", board="", board_url="", read_in=""):
    is_known = rule.confidence != LOW  # else the page says that it could not be established, and no more
    return Rule(
        profession=rule.profession,
        get_profession_display=rule.get_profession_display(),
        confidence=rule.confidence if rule.confidence in (LOW, MEDIUM) else "",
        said=said if is_known else "",
        limit=limit if is_known else "",
        board=board,
        board_url=board_url,
        license_lookup_url=rule.license_lookup_url,
        citation=rule.citation,
        checked_on=rule.checked_on,
        read_in=read_in,
    )
