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
    Kept(State.neighbors.through, owner="from_state"),
    Kept(StateRedirect, owner="state"),
    Kept(PracticeRule),
    Kept(ZipCode),
    Kept(City),
    Kept(CityAlias, owner="city"),
    Kept(CityRedirect, owner="city"),
    Kept(Serves, owner="city"),
    Kept(OtherPlace),
    Kept(OtherPlace.leads_to.through, owner="otherplace"),
)
