"""The part of a city's page that says who can help there."""

from locations.brought import BroughtPart, bring
from providers.facts import care_in
from providers.kinds import LISTS
from providers.structured import of_lists
from therapydir.pages.markdown import reserve_ids

NAME = "care"
PART = BroughtPart(
    facts_of=care_in,
    lead="providers/lead.html",
    template="providers/who_can_help.html",
    sentences=lambda care: [f"Listed: {care.in_words}."] if care.counts else [],
    structured=lambda care: of_lists(care.lists),
    about=lambda care: care.nearby,
    is_empty=lambda care: care.is_empty,
)

bring(NAME, PART)
reserve_ids("calling", "help", "parts", *(one.slug for one in LISTS))
