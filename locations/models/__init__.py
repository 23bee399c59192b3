"""The directory's records."""

from locations.models.cities import City
from locations.models.links import CityAlias, CityRedirect, Neighbor, StateRedirect, ZipCode
from locations.models.states import State

__all__ = ["City", "CityAlias", "CityRedirect", "Neighbor", "State", "StateRedirect", "ZipCode"]
