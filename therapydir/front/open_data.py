"""The site's own facts as files for everybody: places, practice rules, and how many are listed where."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.models import Article
from locations.heads import DIRECTORY
from locations.models import City, PracticeRule, Serves
from providers.kinds import LISTS
from providers.models import CityList, ImportRun
from therapydir.pages.head import HOME, Crumb, PageMeta
from therapydir.pages.paths import Missing

SOURCES = "data-sources"  # the page about the site that says where facts are from
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
MEDICARE = "2022-08"  # of when its files are, of which a new site has the places of care


@dataclass(frozen=True)
class DataFile:
    """A CSV file: what it is called, what is in it, its columns, and what makes its rows."""

    name: str
    title: str
    words: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[tuple]]

    @property
    def path(self):
        return reverse("open_data_file", args=[self.name])


def _cities():
    return City.objects.published().select_related("state", "part_of").order_by("state__code", "slug")


def _address(city):
    return settings.SITE_URL + city.get_absolute_url()


def _places():
    codes = defaultdict(list)
    for city, code in Serves.objects.order_by("rank").values_list("city", "zipcode__code"):
        codes[city].append(code)
    for city in _cities():
        yield (
            *(city.state.code, city.name, city.kind, city.part_of.name if city.part_of else "", city.county),
            *(city.latitude, city.longitude, city.get_data_source_display()),
            *(city.population, city.population_year, city.get_population_source_display()),
            *(" ".join(codes[city.pk]), _address(city)),
        )


def _rules():
    rules = PracticeRule.objects.filter(state__is_published=True).select_related("state")
    for rule in rules.order_by("state__code", "profession"):
        is_known = rule.confidence != PracticeRule.Confidence.LOW
        yield (
            *(rule.state.code, rule.profession, rule.summary if is_known else ""),
            *(rule.limit if is_known else "", rule.citation, rule.board, rule.board_url),
            *(rule.license_lookup_url, rule.confidence, rule.checked_on, rule.read_in),
        )


def _counts():
    counts = defaultdict(Counter)
    for city, slug, count in CityList.objects.values_list("city", "slug", "count"):
        counts[city][slug] = count
    last = ImportRun.objects.order_by("-file_date").first()
    for city in _cities():
        numbers = [counts[city.pk][one.slug] for one in LISTS]
        yield city.state.code, city.name, *numbers, last.file_date if last else MEDICARE, _address(city)


FILES = (
    DataFile(
        "places",
        "Places",
        "Every city, borough and neighborhood with a page, with its center in degrees (WGS 84), its "
        "population and its ZIP codes, those with most of it first.",
        (
            *("state", "name", "kind", "part_of", "county", "latitude", "longitude", "center_source"),
            *("population", "population_year", "population_source", "zip_codes", "page"),
        ),
        _places,
    ),
    DataFile(
        "practice-rules",
        "Practice rules",
        "Whether each state asks for a referral, and where its licenses are looked up, with the citation and "
        "the day on which somebody last checked it.",
        (
            *("state", "profession", "rule", "limit", "citation", "board", "board_url"),
            *("license_lookup_url", "confidence", "checked_on", "read_in"),
        ),
        _rules,
    ),
    DataFile(
        "counts",
        "Counts",
        "How many clinics, therapists, agencies and facilities are listed in each place, without those of "
        "its parts, and how old the registry’s file is.",
        ("state", "name", *(one.slug.replace("-", "_") for one in LISTS), "as_of", "page"),
        _counts,
    ),
)
BY_NAME = {file.name: file for file in FILES}


@require_safe
def open_data(request):
    """What files there are, and what may be done with them."""
    crumb = Crumb("Open data", reverse("open_data"))
    page = PageMeta(
        title="Open Data: Places, Practice Rules and Counts",
        description=(
            "The facts of this site as files for spreadsheets and programs, free to use: places, what states "
            "say about referrals, and how many therapists are listed where."
        ),
        path=crumb.path,
        trail=(HOME, DIRECTORY, crumb),
        structured=tuple(_dataset(file) for file in FILES),
    )
    context = {"page": page, "files": FILES, "license": LICENSE, "today": timezone.localdate()}
    context["sources"] = Article.objects.published().filter(slug=SOURCES).first()
    return render(request, "front/open_data.html", context)


def _dataset(file):
    """schema.org Dataset."""
    return {
        "@type": "Dataset",
        "name": file.title,
        "description": file.words,
        "license": LICENSE,
        "isAccessibleForFree": True,
        "distribution": {
            "@type": "DataDownload",
            "encodingFormat": "text/csv",
            "contentUrl": settings.SITE_URL + file.path,
        },
    }


@require_safe
def open_data_file(request, name):
    """One of the files, as it is now: its name says of which day, its headers under which license."""
    if name not in BY_NAME:
        raise Missing("There is no such file.", [(reverse("open_data"), "All files")])
    file = BY_NAME[name]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate()}.csv"'
    response["Link"] = f'<{LICENSE}>; rel="license"'
    writer = csv.writer(response)
    writer.writerow(file.columns)
    writer.writerows(file.rows())
    return response
