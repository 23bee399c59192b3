"""The directory's records."""

from locations.models.cities import City
from locations.models.links import CityAlias, CityRedirect, Neighbor, StateRedirect, ZipCode
from locations.models.names import Misspelling, PlaceName
from locations.models.rules import PracticeRule
from locations.models.states import State

__all__ = [
    "City",
    "CityAlias",
    "CityRedirect",
    "Misspelling",
    "Neighbor",
    "PlaceName",
    "PracticeRule",
    "State",
    "StateRedirect",
    "ZipCode",
]
