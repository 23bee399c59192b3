"""The parts of the pages of cities and states that say who can help there."""

from django.db.models import Q

from locations.answering import Answering, answer_searches_by
from locations.brought import BroughtPart, BroughtToState, bring
from locations.models import City
from providers.answers import nobody_there
from providers.asked import whom
from providers.facts import care_in
from providers.kinds import LISTS
from providers.models import CityList
from providers.states import care_in_states, counted_in_states
from providers.structured import of_lists
from therapydir.pages.markdown import reserve_ids

NAME = "care"


def where_somebody_is():
    """The condition on cities that they have a list, or one of their parts has, or of its parts."""
    there = City.objects.published().filter(pk__in=CityList.objects.values("city"))
    parts = there.exclude(part_of=None)
    below = parts.filter(part_of__is_published=True).exclude(part_of__part_of=None)
    return (
        Q(pk__in=there.values("pk"))
        | Q(pk__in=parts.values("part_of"))
        | Q(pk__in=below.values("part_of__part_of"))
    )


PART = BroughtPart(
    facts_of=care_in,
    lead="providers/lead.html",
    template="providers/who_can_help.html",
    sentences=lambda care: [f"Listed: {care.in_words}."] if care.counts else [],
    structured=lambda care: of_lists(care.lists),
    about=lambda care: care.nearby,
    is_empty=lambda care: care.is_empty,
    somebody=where_somebody_is,
)
TO_STATE = BroughtToState(
    facts_of=care_in_states,
    lead="providers/lead_of_state.html",
    template="providers/by_city.html",
    sentences=lambda care: [f"Listed: {care.in_words}."] if care.counts else [],
    counts=lambda care: dict(care.by_city),
    by_county=lambda care: dict(care.by_county),
    listed_of=counted_in_states,
)

ANSWERING = Answering(
    words=lambda query: whom(query.words).said,
    answer=nobody_there,
    template="providers/nobody_there.html",
)

bring(NAME, PART, TO_STATE)
answer_searches_by(ANSWERING)
reserve_ids("calling", "care", "help", "lacked", "parts", *(one.slug for one in LISTS))
