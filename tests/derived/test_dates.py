"""A page's date moves when the page reads otherwise, and with nothing else."""

import re
from dataclasses import fields
from datetime import date, timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from articles.models import Article, Concern, Owner, WarningSign
from articles.sitemaps import list_changed_at
from locations import derivations, facts, rule_facts
from locations.directory import directory_changed_at
from locations.models import City, CityAlias, OtherPlace, PracticeRule, Serves, State, ZipCode
from providers.models import ListPage, Provider
from therapydir.derived.catching_up import catch_up
from therapydir.derived.stamps import page_changed_at
from therapydir.models import DatedPage

LONG_AGO = timezone.now() - timedelta(days=1000)
ANAHEIM = {"name": "Anaheim", "state__code": "CA"}
EXPLAINER = "/articles/occupational-therapy-vs-physical-therapy/"


def city_date(**which):
    return lambda: City.objects.get(**which).content_changed_at


def list_date(slug):
    return lambda: ListPage.objects.get(city__source_name="Anaheim", slug=slug, number=1).content_changed_at


def state_date(slug):
    return lambda: State.objects.get(slug=slug).content_changed_at


# Each kind of page, and where its date is kept.
PAGES = {
    "/locations/california/anaheim/": city_date(source_name="Anaheim"),
    "/locations/california/fullerton/": city_date(name="Fullerton"),  # near it
    "/locations/new-jersey/hoboken/": city_date(name="Hoboken"),
    "/locations/california/anaheim/nursing-facilities/": list_date("nursing-facilities"),
    "/locations/california/": state_date("california"),
    "/locations/new-jersey/": state_date("new-jersey"),
    "/locations/": directory_changed_at,
    EXPLAINER: lambda: max(Article.objects.get(is_explainer=True).updated_at, directory_changed_at()),
    "/articles/": list_changed_at,
    "/about/privacy/": lambda: Article.objects.get(slug="privacy").updated_at,
    "/which-therapy/": lambda: page_changed_at("guide"),
}
# What is around a page's own words: menus, the foot, and the list of states that the guide offers.
AROUND = re.compile(
    r'<header class="masthead">.*?</header>|<footer.*?</footer>|<select id="state".*?</select>', re.DOTALL
)
DATES = re.compile(
    r"(Updated|updated) <time [^>]*>[^<]*</time>|\"dateModified\":\"[^\"]*\"|"
    r"<meta property=\"article:modified_time\"[^>]*>"
)


def of_city(**changes):
    return lambda: City.objects.filter(**ANAHEIM).update(**changes)


def of_record(number=0, **changes):
    """Of a record in the list, by its place in it."""

    def change():
        listed = Provider.objects.listed().filter(city__source_name="Anaheim", kind="nursing")
        pk = listed.order_by("sort_name", "id").values_list("pk", flat=True)[number]
        Provider.objects.filter(pk=pk).update(**changes)

    return change


def of_rule(**changes):
    return lambda: PracticeRule.objects.filter(state__code="CA", profession="PT").update(**changes)


def of_state(**changes):
    return lambda: State.objects.filter(code="CA").update(**changes)


def of_explainer(**changes):
    return lambda: Article.objects.filter(is_explainer=True).update(**changes)


def of_line(model, slug, **changes):
    return lambda: model.objects.filter(slug=slug).update(**changes)


CHANGES = {
    "nothing": lambda: City.objects.get(**ANAHEIM).save(),
    "a city's county": of_city(county="Los Angeles"),
    "its latitude, by a degree": of_city(latitude=34.8),
    "its latitude, by a centimeter": lambda: City.objects.filter(**ANAHEIM).update(latitude=33.83529000001),
    "its population, far": of_city(population=500_000),
    "its population, by one": of_city(population=F("population") + 1),
    "nobody knows how many": of_city(population=None),
    "who counted": of_city(population_source="US Census"),
    "its kind": of_city(kind="town"),
    "the year of its population": of_city(population_year=2019),
    "its Census GEOID": of_city(census_geoid="0600001"),
    "what it is a part of": lambda: City.objects.filter(**ANAHEIM).update(
        part_of=City.objects.get(name="Fullerton")
    ),
    "another city is a part of it": lambda: City.objects.filter(name="Fullerton").update(
        part_of=City.objects.get(**ANAHEIM)
    ),
    "a part of it is named otherwise": lambda: [
        City.objects.filter(name="Fullerton").update(part_of=City.objects.get(**ANAHEIM)),
        catch_up(),
        City.objects.update(content_changed_at=LONG_AGO),
        State.objects.update(content_changed_at=LONG_AGO, listing_changed_at=LONG_AGO),
        City.objects.filter(name="Fullerton").update(name="Fuller Town"),
    ],
    "the order of a ZIP code's cities": lambda: Serves.objects.filter(city__name="Anaheim").update(rank=7),
    "a place without a page": lambda: OtherPlace.objects.filter(name="Malibu").update(name="Malibou"),
    "its GeoNames id": of_city(geonames_id=5),
    "how its center is known": of_city(data_source="approximate"),
    "its words": of_city(intro="Words."),
    "its key in the list": of_city(source_name="Anaheim "),
    "another name, shown": lambda: CityAlias.objects.create(city=City.objects.get(**ANAHEIM), name="A-Town"),
    "another name, not shown": lambda: CityAlias.objects.create(
        city=City.objects.get(**ANAHEIM), name="Anahiem", is_shown=False
    ),
    "a ZIP code more": lambda: City.objects.get(**ANAHEIM).zip_codes.add(ZipCode.objects.get(code="90001")),
    "no ZIP code": lambda: City.zip_codes.through.objects.filter(city__name="Anaheim").delete(),
    "a ZIP code's place": lambda: ZipCode.objects.filter(code="92801").update(place_name="Elsewhere"),
    "a ZIP code's county": lambda: ZipCode.objects.filter(code="92801").update(county="Elsewhere"),
    "a ZIP code moves": lambda: ZipCode.objects.filter(code="92831").update(latitude=34.5),
    "a new ZIP code close by": lambda: ZipCode.objects.create(
        code="99998",
        place_name="Nowhere",
        state=State.objects.get(code="CA"),
        latitude=City.objects.get(**ANAHEIM).latitude,
        longitude=City.objects.get(**ANAHEIM).longitude,
    ),
    "a neighbor's name": lambda: City.objects.filter(name="Placentia").update(name="Placencia"),
    "a neighbor's population": lambda: City.objects.filter(name="Placentia").update(population=900_000),
    "a neighbor's words": lambda: City.objects.filter(name="Placentia").update(intro="Words."),
    "a neighbor goes": lambda: City.objects.filter(name="Placentia").update(is_published=False),
    "a neighbor is deleted": lambda: City.objects.filter(name="Placentia").delete(),
    "a rule in short": of_rule(in_short="Yes, as far as we know."),
    "a rule's summary": of_rule(summary="Other words."),
    "a rule's limit": of_rule(limit="3 days"),
    "a rule's citation": of_rule(citation="Another section"),
    "a rule's board": of_rule(board="Another board"),
    "a rule's look-up": of_rule(license_lookup_url="https://www.example.org/"),
    "a rule's confidence": of_rule(confidence="low"),
    "a rule's day": of_rule(checked_on=date(2026, 11, 1)),
    "the copy of a rule": of_rule(read_in="another copy"),
    "a rule of another state": lambda: PracticeRule.objects.filter(state__code="PA").update(in_short="Yes."),
    "a rule moves to another state": lambda: [
        PracticeRule.objects.filter(state__code="NJ", profession="PT").delete(),
        of_rule(state=State.objects.get(code="NJ"))(),
    ],
    "a record's phone": of_record(phone="7145550100"),
    "its name": of_record(name="Another"),
    "its street": of_record(street="1 Other St"),
    "its ZIP code": of_record(zip_code="92802"),
    "another city": of_record(zip_code="92831", post_city="Fullerton"),
    "its kind, of a record": of_record(kind="clinic"),
    "its order": of_record(sort_name="zzz"),
    "its credentials": of_record(credentials="PT"),
    "its specialty": of_record(specialties=" hands "),
    "since when": of_record(enumerated_on=date(2007, 5, 23)),
    "when it changed": of_record(updated_on=date(2026, 5, 23)),
    "its source": of_record(source="NPPES"),
    "it is hidden": of_record(is_hidden=True),
    "it is withdrawn": of_record(withdrawn_on=date(2026, 1, 1)),
    "its name, corrected": of_record(our_name="Better"),
    "its street, corrected": of_record(our_street="2 Other St"),
    "its phone, corrected": of_record(our_phone="(714) 555-0101"),
    "a note on it": of_record(note="By phone."),
    "a record that only the list shows": of_record(13, phone="7145550100"),
    "a record in a neighbor": lambda: Provider.objects.filter(city__name="Fullerton").update(
        phone="7145550100"
    ),
    "no record in a neighbor": lambda: Provider.objects.filter(city__name="Fullerton").delete(),
    "a state's words": of_state(intro="Words."),
    "a state's name": of_state(name="Kalifornia"),
    "a state's code": of_state(code="KA"),
    "a state's borders": lambda: State.objects.get(code="NJ").neighbors.set([]),
    "a state goes": lambda: State.objects.filter(code="NY").update(is_published=False),
    "an article's body": lambda: Article.objects.filter(is_explainer=True).update(body="## Words\n\nWords."),
    "its summary": of_explainer(summary="Other words that are long enough for a summary, or nearly so."),
    "its title": of_explainer(title="Another title"),
    "its short title": of_explainer(short_title="Another"),
    "who reviewed it": of_explainer(reviewed_by="Somebody", reviewed_at=date(2026, 1, 1)),
    "a page about the site": lambda: Article.objects.filter(slug="privacy").update(body="Words."),
    "another page about the site": lambda: Article.objects.filter(slug="data-sources").update(body="Words."),
    "the owner": lambda: Owner.objects.update(contact="By letter."),
    "what a line of the guide says": of_line(Concern, "walking", text="Walking"),
    "why": of_line(Concern, "walking", why="Because."),
    "where a line points": of_line(Concern, "walking", points_to="OT"),
    "its place among others": of_line(Concern, "walking", position=1000),
    "its place, without another order": lambda: [
        Concern.objects.filter(pk=line.pk).update(position=line.position * 3)
        for line in Concern.objects.all()
    ],
    "a line goes": of_line(Concern, "walking", is_published=False),
    "a sign's words": of_line(WarningSign, "fever", text="A fever"),
    "a sign's advice": of_line(WarningSign, "fever", advice="Call."),
    "a sign's source": of_line(WarningSign, "fever", source_name="Another"),
}


def seen(client):
    """What each page says in words of its own; None for one that is not there."""
    pages = {}
    for path in PAGES:
        response = client.get(path)
        pages[path] = response.status_code == 200 and DATES.sub("", AROUND.sub("", response.text))
    return pages


def dates():
    return {path: when() for path, when in PAGES.items() if path_is_dated(path)}


def path_is_dated(path):
    try:
        return PAGES[path]() is not None
    except (City.DoesNotExist, ListPage.DoesNotExist):
        return False


@pytest.fixture
def long_ago(db):
    """Every page last changed long ago, and is in step."""
    Article.objects.update(published_at=LONG_AGO)
    catch_up()
    for model in (City, State, Article, ListPage):
        model.objects.update(content_changed_at=LONG_AGO)
    for model in (State, Article):
        model.objects.update(listing_changed_at=LONG_AGO)
    DatedPage.objects.update(changed_at=LONG_AGO)


@pytest.mark.parametrize("change", CHANGES)
def test_a_date_moves_exactly_when_the_page_reads_otherwise(client, long_ago, change):
    before = seen(client)
    CHANGES[change]()
    catch_up()
    after, now = seen(client), dates()
    reads_otherwise = {path for path in before if before[path] != after[path] and path in now}
    moved = {path for path, when in now.items() if when > LONG_AGO}
    assert moved == reads_otherwise
    if change in {
        "nothing",
        "its key in the list",
        "its latitude, by a centimeter",
        "its population, by one",
    }:
        assert moved == set()


# The fields of what is dated. Whoever changes them counts up the number of the part's schema here and in
# locations/derivations.py: after a deploy without that, pages would get the date of the deploy.
SHAPES = {
    ("own", 2): (
        facts.Own,
        "name path state kind whole parts county latitude longitude center_source geonames_id population "
        "population_year population_source aliases intro",
    ),
    ("zip codes", 2): (facts.ZipCodes, "shown folded count_folded"),
    ("near", 2): (facts.Near, "links position"),
    ("rules", 2): (
        rule_facts.Rule,
        "profession get_profession_display confidence said limit board board_url license_lookup_url citation "
        "checked_on read_in",
    ),
}


@pytest.mark.parametrize(("part", "number"), SHAPES)
def test_facts_are_of_the_schema_that_is_told(part, number):
    shape, names = SHAPES[part, number]
    assert derivations.SCHEMAS[part] == number
    assert [field.name for field in fields(shape)] == names.split()
