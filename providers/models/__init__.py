"""The registry's records."""

from providers.models.lists import CityList, ListPage
from providers.models.providers import Kind, Placed, Provider, Source
from providers.models.reports import Report
from providers.models.runs import ImportRun
from providers.models.specialties import Specialty

__all__ = ["CityList", "ImportRun", "Kind", "ListPage", "Placed", "Provider", "Report", "Source", "Specialty"]
