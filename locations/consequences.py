"""What saving a place takes away from others, in sentences: the admin asks before it does."""

from locations.models import City, CityAlias, CityRedirect, StateRedirect

# Why a name cannot lead to a city.
HAS_A_PAGE = "“{}” has a page at its own address, so it cannot lead elsewhere: remove it here."
LEADS_ELSEWHERE = (
    "“{}” leads to {}, which has or had that name, and cannot lead to two cities: remove it here, "
    "or there first."
)
TAKES_ADDRESS = (
    "“{}” is another name or an old address of “{}” and leads there now. From now on it would be this city’s "
    "alone."
)


def of_state(state, before):
    """For a `State` as it would be saved, and as it is stored (None for a new one)."""
    said = []
    if before is not None and before.is_published and not state.is_published:
        pages = City.objects.published().filter(state=state.pk).count() + 1
        said.append(f"This takes {pages:,} pages off the site: the state’s own, and those of its cities.")
    former = StateRedirect.objects.filter(slug=state.slug).exclude(state=state.pk).select_related("state")
    if state.is_published and (lost := former.first()):
        said.append(
            f"“{state.slug}” is the old address of “{lost.state}”, and with all below it leads there now. "
            "From now on it would be this state’s alone."
        )
    return said


def of_city(city, before):
    """For a `City`, as for a state."""
    other = other_city_at(city.state_id, city.slug, city.pk)
    if other is None or not city.is_visible:
        return []
    return [TAKES_ADDRESS.format(city.slug, other.name)]


def other_city_at(state, slug, but):
    """The city that another name or an old address below the state leads to, unless it is `but`; or None.

    `state` and `but` are primary keys; the latter may be None.
    """
    alias = CityAlias.objects.filter(city__state=state, slug=slug).exclude(city=but)
    former = CityRedirect.objects.filter(state=state, slug=slug, city__isnull=False).exclude(city=but)
    found = alias.select_related("city").first() or former.select_related("city").first()
    return found.city if found else None
