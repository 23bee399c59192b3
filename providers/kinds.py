"""The lists of who can help: what each is, when it is right, and whose records are in it."""

from dataclasses import dataclass

from django.db.models import Q

from providers.models.providers import Kind


@dataclass(frozen=True)
class CareList:
    """One list on the page of a city, with an address of its own below it where it is long.

    `where` tells which listed records are in it.
    """

    slug: str
    one: str  # what a record of it is called: «clinic»
    many: str
    short: str  # where there is little room
    title: str
    words: str  # what it is, and when it is right
    where: Q
    profession: str = ""  # whose color it has

    def has(self, record):
        """Whether a record is in it, if it is listed."""
        return all(getattr(record, name) == value for name, value in self.where.children)

    def counted(self, number):
        """«1 clinic», «1,200 clinics»."""
        return f"{number:,} {self.one if number == 1 else self.many}"


# In the order in which the page shows them.
LISTS = (
    CareList(
        "clinics",
        "clinic",
        "clinics",
        "Clinics",
        "Clinics and practices",
        "For visits by appointment. Ask which therapies they offer.",
        Q(kind=Kind.CLINIC),
    ),
    CareList(
        "occupational-therapists",
        "occupational therapist",
        "occupational therapists",
        "OTs",
        "Occupational therapists (OT)",
        "For daily life: dressing, cooking, work, school, the use of a hand.",
        Q(kind=Kind.THERAPIST, is_ot=True),
        "OT",
    ),
    CareList(
        "physical-therapists",
        "physical therapist",
        "physical therapists",
        "PTs",
        "Physical therapists (PT)",
        "For movement: strength, balance, walking, pain.",
        Q(kind=Kind.THERAPIST, is_pt=True),
        "PT",
    ),
    CareList(
        "home-health",
        "home health agency",
        "home health agencies",
        "Therapy at home",
        "Therapy at home",
        "Agencies that send nurses, and mostly therapists too, to people who can hardly leave home.",
        Q(kind=Kind.HOME_HEALTH),
    ),
    CareList(
        "rehabilitation-hospitals",
        "rehabilitation hospital or unit",
        "rehabilitation hospitals and units",
        "Rehab hospitals",
        "Hospitals for rehab",
        "For intensive therapy every day, most often right after a hospital stay.",
        Q(kind=Kind.REHABILITATION),
    ),
    CareList(
        "nursing-facilities",
        "skilled nursing facility",
        "skilled nursing facilities",
        "Skilled nursing",
        "Skilled nursing facilities",
        "For therapy and nursing together while you cannot be at home yet.",
        Q(kind=Kind.NURSING),
    ),
)
BY_SLUG = {one.slug: one for one in LISTS}
# Where the explainer tells of a specialty: the ids of its headings, as a new site has them.
EXPLAINED = {
    "brain-and-nerves": "after-a-stroke",
    "children": "a-child-with-developmental-delays",
    "ergonomics": "low-back-pain",
    "hands": "after-a-hand-injury",
    "older-people": "an-older-adult-at-risk-of-falls",
}
