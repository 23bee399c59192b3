"""The directory's records."""

from locations.models.cities import City
from locations.models.links import CityAlias, CityRedirect, Neighbor, Serves, StateRedirect, ZipCode
from locations.models.names import County, Misspelling, PlaceName
from locations.models.others import OtherPlace
from locations.models.rules import PracticeRule
from locations.models.states import State

__all__ = [
    "City",
    "CityAlias",
    "CityRedirect",
    "County",
    "Misspelling",
    "Neighbor",
    "OtherPlace",
    "PlaceName",
    "PracticeRule",
    "Serves",
    "State",
    "StateRedirect",
    "ZipCode",
]
