"""What is remembered of places, of what leads to them, and of rules: every change, by whatever way."""

from locations.models import (
    City,
    CityAlias,
    CityRedirect,
    OtherPlace,
    PracticeRule,
    Serves,
    State,
    StateRedirect,
    ZipCode,
)
from therapydir.history.keeping import Kept, keep

keep(
    Kept(State),
    Kept(State.neighbors.through, owner="from_state", called="neighboring state"),
    Kept(StateRedirect, owner="state", called="address"),
    Kept(PracticeRule),
    Kept(ZipCode),
    Kept(City),
    Kept(CityAlias, owner="city", called="other name"),
    Kept(CityRedirect, owner="city", called="address"),
    Kept(Serves, owner="city", called="ZIP code"),
    Kept(OtherPlace),
    Kept(OtherPlace.leads_to.through, owner="otherplace", called="city instead of it"),
)
