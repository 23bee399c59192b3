"""`manage.py import_places`: what a file of places changes, what it leaves alone, and what it refuses."""

import csv
import io
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from locations.imports.rows import LOST_ZERO, PLACE_COLUMNS, ZIP_COLUMNS
from locations.models import City, CityAlias, CityRedirect, Neighbor, State, ZipCode
from locations.search.finding import find
from providers.models import Provider
from tests.factories import save, withdraw
from tests.whole import everything
from therapydir.derived.catching_up import catch_up

YEAR = timedelta(days=365)
AUSTIN = {
    "state": "Texas",
    "state_code": "TX",
    "source_name": "Austin",
    "name": "Austin",
    "latitude": "30.2672",
    "longitude": "-97.7431",
    "county": "Travis",
    "population": "961855",
    "zip_codes": "78701 78702",
    "data_source": "GeoNames",
    "geonames_id": "4671654",
}
AUSTIN_ZIP_CODES = [
    {
        "zip_code": code,
        "state_code": "TX",
        "place_name": "Austin",
        "county": "Travis",
        "latitude": "30.27",
        "longitude": "-97.74",
    }
    for code in ("78701", "78702")
]


def row_of(city, **changes):
    """The row of a file that says of a city what the directory says, but for the changes."""
    facts = ("source_name", "name", "latitude", "longitude", "county", "data_source")
    row = {fact: getattr(city, fact) for fact in facts}
    row |= {fact: getattr(city, fact) or "" for fact in ("population", "geonames_id")}
    row |= {"state": city.state.name, "state_code": city.state.code}
    row["zip_codes"] = " ".join(city.zip_codes.values_list("code", flat=True))
    return row | changes


def write(path, columns, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def run(db, tmp_path, capsys):
    """Imports rows of places, and of ZIP codes where there are any. Returns what the command said."""

    def run(*places, zip_codes=(), **options):
        file = write(tmp_path / "places.csv", PLACE_COLUMNS, places)
        if zip_codes:
            options["zip_codes"] = write(tmp_path / "zips.csv", ZIP_COLUMNS, zip_codes)
        capsys.readouterr()
        call_command("import_places", file, **options)
        return capsys.readouterr().out

    return run


@pytest.fixture
def refused(run):
    """Imports rows that are refused. Returns the sentences that say why."""

    def refused(*places, **options):
        return problems_of(lambda: run(*places, **options))

    return refused


def problems_of(attempt):
    """The sentences with which an import is refused, having left the directory as it was."""

    def rows():
        models = (State, ZipCode, City.zip_codes.through)
        return [list(City.objects.order_by("pk").values_list()), *(model.objects.count() for model in models)]

    before = rows()
    with pytest.raises(CommandError) as refusal:
        attempt()
    assert rows() == before
    first, *problems = str(refusal.value).splitlines()
    assert first == "Nothing was imported."
    return problems


@pytest.fixture
def long_ago(db):
    """Every page last changed a year ago."""
    for model in (City, State):
        model.objects.update(content_changed_at=timezone.now() - YEAR)


def changed(model):
    """The names of the records whose page changed since `long_ago`."""
    recent = model.objects.filter(content_changed_at__gt=timezone.now() - YEAR / 2)
    return {str(record) for record in recent}


def city_named(name):
    return City.objects.select_related("state").get(name=name)


# --- How people write files -------------------------------------------------------------------


def as_text(separator=",", end="\n", first="", more=""):
    """A file about Austin, as text, with another separator or line end, a first line, and more at its end."""
    text = io.StringIO()
    writer = csv.DictWriter(text, PLACE_COLUMNS, delimiter=separator, lineterminator=end)
    writer.writeheader()
    writer.writerow(AUSTIN)
    return first + text.getvalue() + more


WAYS = {
    "semicolons": as_text(";").encode(),
    "tabs": as_text("\t").encode(),
    "a first line that says so": as_text(";", first="sep=;\n").encode(),
    "a first line that says what is usual": as_text(first="SEP=,\r\n", end="\r\n").encode(),
    "such a line with separators behind it": as_text(first="sep=,,,,,,\n").encode(),
    "a byte order mark": as_text().encode("utf-8-sig"),
    "Unicode text of a spreadsheet": as_text("\t", end="\r\n").encode("utf-16"),
    "line ends of an old Mac": as_text(end="\r").encode(),
    "empty lines at the end": as_text(more="\n\n\n").encode(),
    "lines of separators at the end": as_text(more=",,,,,,,,,,\n, ,,,,,,,,,\n").encode(),
    "lines of too few separators": as_text(more=",,\n").encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_is_read_however_a_spreadsheet_writes_it(run, tmp_path, capsys, way):
    zips = write(tmp_path / "zips.csv", ZIP_COLUMNS, AUSTIN_ZIP_CODES)
    file = tmp_path / "written.csv"
    file.write_bytes(WAYS[way])
    call_command("import_places", file, zip_codes=zips)
    assert "1 city" in capsys.readouterr().out
    assert city_named("Austin").county == "Travis"


def test_the_line_of_a_problem_is_that_of_the_file(tmp_path, db):
    file = tmp_path / "written.csv"
    file.write_text(as_text(first="sep=,\n").replace("30.2672", "high up"))
    [problem] = problems_of(lambda: call_command("import_places", file))[:1]
    assert problem.startswith("Line 3: latitude “high up”")


def test_a_zip_code_that_lost_its_zero_is_refused_with_the_cause(refused):
    [problem] = refused(AUSTIN | {"zip_codes": "7030"})
    assert "“7030”" in problem
    assert "zero" in problem


def test_a_name_that_another_city_has_as_another_name_is_refused_with_it(refused, db):
    alias = CityAlias.objects.select_related("city__state").filter(city__state__code="FL").first()
    row = row_of(alias.city, source_name="New", name=alias.name, zip_codes="", geonames_id="")
    assert f"another name of “{alias.city.name}”" in refused(row)[0]


# --- What is new ------------------------------------------------------------------------------


def test_a_new_state_its_zip_codes_and_its_city_are_added(run, client):
    said = run(AUSTIN, zip_codes=AUSTIN_ZIP_CODES)
    assert said == "Added: 1 state, 2 ZIP codes, 1 city. Unchanged: 0 cities.\n"
    austin = city_named("Austin")
    assert row_of(austin) == AUSTIN | {
        "latitude": 30.2672,
        "longitude": -97.7431,
        "population": 961855,
        "geonames_id": 4671654,
    }
    assert ZipCode.objects.get(code="78702").state == State.objects.get(code="TX", slug="texas")
    assert find("78702").certain == austin
    for address in ("/locations/texas/", "/locations/texas/austin/"):
        assert client.get(address).status_code == 200
    assert austin.first_published_at is not None
    assert austin.state.first_published_at is not None


def in_cities_near():
    """(record, city) of the records that no city with a page has, and that the nearest one lists."""
    return set(Provider.objects.filter(placed="near").values_list("pk", "city"))


def test_a_new_city_has_neighbors_and_is_one(run, long_ago, anaheim):
    near = in_cities_near()
    said = run(
        row_of(anaheim, source_name="Rosebud", name="Rosebud", latitude=33.95, zip_codes="", population="")
    )
    assert said == "Added: 1 city. Unchanged: 0 cities.\n"
    rosebud = city_named("Rosebud")
    assert rosebud.neighbor_links.filter(rank__gt=0).count() == 10
    beside = {str(link.city) for link in rosebud.neighbor_of.all()}
    assert len(beside) > 3
    lost = {city for _, city in near - in_cities_near()}  # records, to the new one
    telling = Neighbor.objects.filter(neighbor__in=lost).select_related("city__state")  # how many are there
    expected = {"Rosebud, CA"} | beside
    assert expected <= changed(City) <= expected | {str(link.city) for link in telling}
    assert changed(State) == {"California"}


def test_a_new_city_is_listed_and_found(run, client, settings):
    settings.INDEX_EMPTY_CITIES = True  # for nobody is listed there
    run(AUSTIN | {"zip_codes": ""})
    for address in ("/locations/", "/locations/texas/", "/sitemap-cities-texas.xml"):
        assert "/locations/texas/austin/" in client.get(address).text
    austin = city_named("Austin")
    assert find("austin").certain == find("austin tx").certain == austin
    assert find("asutin").cities == (austin,)


def test_a_city_of_a_state_that_does_not_show_is_added_and_does_not_show_either(run, client, anaheim):
    State.objects.filter(code="CA").update(is_published=False)
    run(row_of(anaheim, source_name="Rosebud", name="Rosebud", latitude=33.9))
    rosebud = city_named("Rosebud")
    assert rosebud.first_published_at is None
    assert not rosebud.neighbor_links.shown()
    assert not find("rosebud").cities
    assert client.get(rosebud.get_absolute_url()).status_code == 404


def test_a_city_that_an_editor_made_by_hand_is_taken_for_the_same(run, long_ago, anaheim):
    City.objects.filter(pk=anaheim.pk).update(source_name="")  # as the admin leaves it
    assert run(row_of(anaheim, source_name="ANAHEIM")) == "Updated: 1 city. Unchanged: 0 cities.\n"
    assert City.objects.get(source_name="ANAHEIM") == anaheim
    assert changed(City) == set()


def test_a_row_means_the_city_with_its_key_before_one_with_its_name(run, anaheim):
    fullerton = city_named("Fullerton")
    City.objects.filter(pk=fullerton.pk).update(source_name="")
    run(row_of(anaheim, county="Orange Too"), row_of(fullerton, source_name="FULLERTON", county="Orange III"))
    assert City.objects.get(pk=anaheim.pk).county == "Orange Too"
    assert City.objects.get(pk=fullerton.pk).county == "Orange III"
    assert City.objects.get(source_name="FULLERTON") == fullerton


def test_a_row_means_a_city_without_a_key_by_its_address_where_nobody_has_its_name(run, anaheim):
    City.objects.filter(pk=anaheim.pk).update(source_name="", name="The City of Anaheim")
    run(row_of(anaheim, name="Anaheim", source_name="ANAHEIM"))
    assert City.objects.get(source_name="ANAHEIM") == anaheim
    assert City.objects.filter(state=anaheim.state, slug="anaheim").count() == 1


def test_a_city_that_has_a_key_of_its_own_is_not_taken_for_another_of_its_name(refused, anaheim):
    (problem,) = refused(row_of(anaheim, source_name="ANOTHER"))
    assert "has the name or address of “Anaheim” in the directory" in problem


def test_a_new_city_begins_with_the_words_of_the_file_and_another_keeps_its_own(db, tmp_path, anaheim):
    rows = [
        row_of(anaheim) | {"intro": "Not these."},
        row_of(anaheim, name="Newtonville", source_name="NEWTONVILLE", zip_codes="")
        | {"intro": "By the *sea*."},
    ]
    file = write(tmp_path / "places.csv", [*PLACE_COLUMNS, "intro"], rows)
    call_command("import_places", file, verbosity=0)
    assert city_named("Newtonville").intro == "By the *sea*."
    assert city_named("Anaheim").intro == anaheim.intro
    rows[1]["intro"] = "::: compare\nNothing"
    write(file, [*PLACE_COLUMNS, "intro"], rows[1:])
    (problem,) = problems_of(lambda: call_command("import_places", file))
    assert problem.startswith("Line 2: intro: ")


def test_the_same_key_in_another_state_is_another_city(run):
    union = City.objects.get(name="Union City", state__code="NJ")
    new_york = State.objects.get(code="NY")
    run(row_of(union, state=new_york.name, state_code="NY", zip_codes="10001"))
    assert City.objects.filter(source_name=union.source_name, state=new_york).exists()
    assert City.objects.get(pk=union.pk).state.code == "NJ"


def test_zip_codes_of_states_that_are_not_there_are_left_out(run, anaheim):
    said = run(row_of(anaheim), zip_codes=AUSTIN_ZIP_CODES)
    assert said == (
        "Nothing to change. Unchanged: 1 city. "
        "Left out: 2 ZIP codes of states that the directory does not have.\n"
    )
    assert not ZipCode.objects.filter(code="78701").exists()


def test_a_file_that_a_spreadsheet_saved_is_read(db, tmp_path, anaheim):
    row = row_of(anaheim, county="COUNTY", zip_codes="") | {"remark": "ours"}
    file = write(tmp_path / "places.csv", [*PLACE_COLUMNS, "remark"], [row])
    lines = file.read_text(encoding="utf-8").replace("COUNTY", '" Trávis "').splitlines()
    file.write_bytes("\r\n".join([*lines, "", ""]).encode("utf-8-sig"))
    call_command("import_places", file, verbosity=0)
    assert city_named("Anaheim").county == "Trávis"


def test_a_letter_written_in_two_parts_is_the_same_letter(run, anaheim):
    run(row_of(anaheim, name="Ca\u00f1on"))
    assert run(row_of(anaheim, name="Can\u0303on")) == "Nothing to change. Unchanged: 1 city.\n"


# --- What stays -------------------------------------------------------------------------------


def test_a_second_run_changes_no_row_and_says_so(run, anaheim):
    renamed = row_of(anaheim, name="New Anaheim", population=5)
    rows = [AUSTIN | {"zip_codes": "90210"}, renamed, row_of(city_named("Erie"))]
    run(*rows)
    before = everything()
    said = run(*rows)
    assert said == "Nothing to change. Unchanged: 3 cities.\n"
    assert everything() == before


def test_importing_what_the_site_starts_with_changes_no_row(db, capsys):
    before = everything()
    folder = settings.BASE_DIR / "fixtures"
    call_command("import_places", folder / "places.csv", zip_codes=folder / "zip_codes.csv")
    assert capsys.readouterr().out == "Nothing to change. Unchanged: 942 cities.\n"
    assert everything() == before


def test_a_dry_run_says_what_it_would_do_and_does_nothing(run, anaheim):
    before = everything()
    rows = [AUSTIN | {"zip_codes": "90210"}, row_of(anaheim, name="New Anaheim")]
    said = run(*rows, dry_run=True)
    assert said == ("Would add: 1 state, 1 city. Would update: 1 city. Unchanged: 0 cities.\n")
    assert everything() == before


def test_a_dry_run_of_what_is_there_says_that_nothing_would_change(run, anaheim):
    assert run(row_of(anaheim), dry_run=True) == "Nothing would change. Unchanged: 1 city.\n"


def test_a_dry_run_finds_what_is_wrong(refused, anaheim):
    assert refused(row_of(anaheim, county=""), dry_run=True) == ["Line 2: county is empty."]


def test_what_editors_wrote_stays_and_so_do_the_cities_that_the_file_does_not_name(run, anaheim):
    anaheim.intro = "Words of an editor."
    save(anaheim)
    CityAlias.objects.create(city=anaheim, name="A-Town")
    catch_up()
    run(row_of(anaheim, county="Elsewhere"))
    anaheim.refresh_from_db()
    assert (anaheim.county, anaheim.intro) == ("Elsewhere", "Words of an editor.")
    assert [alias.name for alias in anaheim.aliases.all()] == ["A-Town"]
    assert find("a-town").certain == anaheim
    assert City.objects.published().count() == 942


def test_a_withdrawn_city_stays_withdrawn(run, client, anaheim):
    withdraw(anaheim)
    said = run(row_of(anaheim, name="New Anaheim"))
    assert said == "Updated: 1 city. Unchanged: 0 cities.\n"
    assert not city_named("New Anaheim").is_published
    for name in ("anaheim", "new-anaheim"):
        assert client.get(f"/locations/california/{name}/").status_code == 410
        assert not find(name).certain


def test_an_address_that_an_editor_chose_stays(run, anaheim):
    City.objects.filter(pk=anaheim.pk).update(slug="the-city-of-anaheim")
    run(row_of(anaheim, name="New Anaheim"))
    anaheim.refresh_from_db()
    assert (anaheim.name, anaheim.slug) == ("New Anaheim", "the-city-of-anaheim")


def test_who_counted_the_people_stays_as_long_as_the_figure_does(run):
    bronx = city_named("Bronx")
    run(row_of(bronx, county="Elsewhere"))
    bronx.refresh_from_db()
    assert (bronx.county, bronx.population_source) == ("Elsewhere", "US Census")
    run(row_of(bronx, population=5))
    bronx.refresh_from_db()
    assert bronx.population_source == "GeoNames"


# --- What changes -----------------------------------------------------------------------------


def test_new_coordinates_move_a_city_to_other_neighbors(run, anaheim):
    erie = city_named("Erie")
    before = {link.city.name for link in Neighbor.objects.filter(neighbor=anaheim)}
    run(row_of(anaheim, latitude=erie.latitude + 0.01, longitude=erie.longitude))
    assert erie.neighbor_links.shown()[0].neighbor == anaheim
    after = {link.city.name for link in Neighbor.objects.filter(neighbor=anaheim)}
    assert before.isdisjoint(after)


def test_a_population_that_makes_a_city_big_lets_others_be_placed_by_it(run):
    meadville = city_named("Meadville")
    assert not meadville.neighbor_of.filter(is_anchor=True).exists()
    run(row_of(meadville, population=3_000_000))
    assert meadville.neighbor_of.filter(is_anchor=True).exists()


def test_a_renamed_city_keeps_its_row_and_its_old_address_leads_to_it(run, client, anaheim):
    run(row_of(anaheim, name="New Anaheim"))
    renamed = city_named("New Anaheim")
    assert (renamed.pk, renamed.source_name) == (anaheim.pk, "Anaheim")
    response = client.get(anaheim.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, "/locations/california/new-anaheim/")
    assert client.get(response["Location"]).status_code == 200
    assert find("new anaheim").certain == renamed


def test_a_city_that_gets_its_old_name_back_is_at_its_old_address(run, client, anaheim):
    run(row_of(anaheim, name="New Anaheim"))
    run(row_of(anaheim))
    assert client.get("/locations/california/anaheim/").status_code == 200
    assert client.get("/locations/california/new-anaheim/")["Location"] == "/locations/california/anaheim/"


def test_two_cities_swap_their_names(run, client, anaheim):
    fresno = city_named("Fresno")
    said = run(row_of(anaheim, name="Fresno"), row_of(fresno, name="Anaheim"))
    assert said == "Updated: 2 cities. Unchanged: 0 cities.\n"
    assert (city_named("Fresno"), city_named("Anaheim")) == (anaheim, fresno)
    for name, county in (("anaheim", "Fresno"), ("fresno", "Orange")):
        response = client.get(f"/locations/california/{name}/")
        assert response.status_code == 200
        assert f"{county} County" in response.text
    former = CityRedirect.objects.filter(slug__in=["anaheim", "fresno"]).order_by("slug")
    assert [row.city for row in former] == [fresno, anaheim]


def test_a_name_and_its_address_pass_on_to_a_new_city(run, client, anaheim):
    run(row_of(anaheim, name="Old Anaheim"), row_of(anaheim, source_name="Second", latitude=33.9))
    assert city_named("Anaheim").source_name == "Second"
    assert city_named("Old Anaheim") == anaheim
    assert client.get("/locations/california/anaheim/").status_code == 200
    assert CityRedirect.objects.get(slug="anaheim").city == city_named("Anaheim")


def test_zip_codes_are_added_to_a_city_and_taken_off(run, anaheim):
    kept, *_ = anaheim.zip_codes.values_list("code", flat=True)
    run(row_of(anaheim, zip_codes=f"{kept} 92678"))
    assert set(anaheim.zip_codes.values_list("code", flat=True)) == {kept, "92678"}
    assert find("92678").cities == (anaheim,)


# --- The dates of pages -----------------------------------------------------------------------


def test_an_unchanged_import_moves_no_date(run, long_ago, anaheim):
    run(row_of(anaheim))
    assert changed(City) | changed(State) == set()


def test_only_the_page_of_a_changed_city_has_a_new_date(run, long_ago, anaheim):
    run(row_of(anaheim, geonames_id=5), row_of(city_named("Fresno")), row_of(city_named("Erie")))
    assert changed(City) == {"Anaheim, CA"}
    assert changed(State) == set()


def test_a_renamed_city_changes_the_pages_that_name_it(run, long_ago, anaheim):
    showing = {str(link.city) for link in Neighbor.objects.filter(neighbor=anaheim)}
    assert len(showing) > 3
    run(row_of(anaheim, name="New Anaheim"))
    assert changed(City) == showing | {"New Anaheim, CA"}
    assert changed(State) == {"California"}


def test_a_zip_code_that_comes_or_goes_changes_the_pages_of_those_that_share_it(run, long_ago):
    cities = City.objects.filter(zip_codes__code="33311").select_related("state")
    sharing = {str(city) for city in cities}
    assert len(sharing) == 5
    with_it = row_of(cities[0])
    run(with_it | {"zip_codes": with_it["zip_codes"].replace("33311", "")})
    assert changed(City) == sharing
    City.objects.update(content_changed_at=timezone.now() - YEAR)
    run(with_it)
    assert changed(City) == sharing


# --- What is wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"latitude": "91"}, "latitude “91” is not a number between 17 and 72."),
        ({"latitude": "3.8"}, "latitude “3.8” is not a number between 17 and 72."),
        ({"latitude": "33,8"}, "latitude “33,8” is not a number between 17 and 72."),
        ({"latitude": ""}, "latitude “” is not a number between 17 and 72."),
        ({"latitude": "nan"}, "latitude “nan” is not a number between 17 and 72."),
        ({"longitude": "117.9"}, "longitude “117.9” is not a number between -180 and -64."),
        ({"longitude": "-217.9"}, "longitude “-217.9” is not a number between -180 and -64."),
        ({"state_code": "ca"}, "state_code “ca” is not a USPS code of two capital letters, like CA."),
        ({"state_code": "CX"}, "California has the code CA in the directory, not CX."),
        ({"state_code": "NY"}, "NY is the code of New York, not of “California”."),
        ({"state": "Nowhere", "state_code": "ZZ"}, "ZZ is not the USPS code of a state named “Nowhere”."),
        ({"state": "Texas", "state_code": "TN"}, "TN is not the USPS code of a state named “Texas”."),
        ({"source_name": " "}, "source_name is empty."),
        ({"name": ""}, "name is empty."),
        ({"name": "!!!"}, "name “!!!” has no letter from A to Z."),
        ({"name": "A" * 101}, f"name “{'A' * 40}…” is longer than 100 characters."),
        ({"name": "Ana\u200bheim"}, "name has a character that does not show, U+200B: remove it."),
        (
            {"county": "Orange County"},
            "county “Orange County”: leave out the word “County”, which the page adds.",
        ),
        (
            {"population": "1,000"},
            "population “1,000” is not a whole number from 0 to 2147483647, in digits alone.",
        ),
        (
            {"population": "-1"},
            "population “-1” is not a whole number from 0 to 2147483647, in digits alone.",
        ),
        (
            {"geonames_id": "9" * 10},
            "geonames_id “9999999999” is not a whole number from 0 to 2147483647, in digits alone.",
        ),
        (
            {"data_source": "a guess"},
            "data_source “a guess” is none of GeoNames, US Census, ZIP centroid, approximate.",
        ),
        (
            {"zip_codes": "9280 92801"},
            f"ZIP code “9280” is not five digits, like 07030: {LOST_ZERO}",
        ),
        (
            {"zip_codes": "92801 00000"},
            "zip_codes has 00000, known nowhere: say where that is in a --zip-codes file.",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_line(refused, anaheim, changes, problem):
    assert refused(AUSTIN | {"zip_codes": ""}, row_of(anaheim, **changes)) == [f"Line 3: {problem}"]


def test_a_name_may_be_as_long_as_its_field(run, anaheim):
    run(row_of(anaheim, name="A" * 100))
    assert City.objects.get(pk=anaheim.pk).name == "A" * 100


def test_every_problem_is_named_and_nothing_is_imported(refused, anaheim):
    assert refused(
        row_of(anaheim, population=5),
        row_of(anaheim, latitude="x", county=""),
        AUSTIN | {"zip_codes": "78701", "state": "Taxes"},
        row_of(city_named("Fresno"), population="many"),
    ) == [
        "Line 3: latitude “x” is not a number between 17 and 72.",
        "Line 3: county is empty.",
        "Line 5: population “many” is not a whole number from 0 to 2147483647, in digits alone.",
        "Line 4: TX is not the USPS code of a state named “Taxes”.",
        "Line 4: zip_codes has 78701, known nowhere: say where that is in a --zip-codes file.",
        "Line 3: CA, “Anaheim” is in line 2 already: keep one.",
    ]


def test_after_twenty_problems_the_rest_is_counted(refused, anaheim):
    problems = refused(*(row_of(anaheim, source_name=f"Place {n}", name="") for n in range(25)))
    assert problems[:20] == [f"Line {line}: name is empty." for line in range(2, 22)]
    assert problems[20:] == ["… and 5 more."]


def test_a_name_that_another_city_has_is_refused(refused, anaheim):
    assert refused(row_of(anaheim, source_name="Other", latitude=34)) == [
        "Line 2: “Anaheim” has the name or address of “Anaheim” in the directory, another place: "
        "add what tells them apart, such as the county."
    ]


def test_two_rows_with_one_address_are_refused(refused, anaheim):
    rows = [row_of(anaheim, source_name=name, name=name, latitude=34) for name in ("St. Mary", "St Mary")]
    assert refused(*rows) == [
        "Line 3: “St Mary” has the name or address of “St. Mary” in line 2, another place: "
        "add what tells them apart, such as the county."
    ]


def test_a_state_whose_address_is_taken_is_refused(refused):
    State.objects.filter(code="CA").update(slug="texas")
    assert refused(AUSTIN | {"zip_codes": ""}) == [
        "Line 2: the address of Texas is that of California in the directory: change it there."
    ]


def test_problems_with_zip_codes_name_their_file_and_line(refused):
    one, two = AUSTIN_ZIP_CODES
    assert refused(
        AUSTIN,
        zip_codes=[one, two, two, one | {"zip_code": "787", "state_code": "Texas", "latitude": "0"}],
    ) == [
        f"Line 5 of zips.csv: zip_code “787” is not five digits, like 07030: {LOST_ZERO}",
        "Line 5 of zips.csv: state_code “Texas” is not a USPS code of two capital letters, like CA.",
        "Line 5 of zips.csv: latitude “0” is not a number between 17 and 72.",
        "Line 4 of zips.csv: ZIP code 78702 is in line 3 of zips.csv already: keep one.",
    ]


HEADER = ",".join(PLACE_COLUMNS)
ANAHEIM = "California,CA,Anaheim,Anaheim,33.8353,-117.9145,Orange,5,92801,GeoNames,5323810"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "FILE is empty."),
        (HEADER.encode(), "FILE has no line below its first."),
        (
            "name;county\nCañon;Orange".encode("latin-1"),
            "FILE is not UTF-8, as line 2 shows: save it as CSV in UTF-8.",
        ),
        (HEADER.encode("utf-16"), "FILE has no line below its first."),  # read, and empty all the same
        (f"{HEADER}\n\0".encode(), "FILE is no text: line 2 has a NUL byte. Save it as CSV in UTF-8."),
        (
            HEADER.replace("latitude,", "").replace("county", "County").encode(),
            "FILE needs a first line with the columns that it lacks: latitude, county.",
        ),
        (f"{HEADER},name\n".encode(), "FILE has more than one column name: keep one."),
        (f'{HEADER}\n"California'.encode(), "FILE, line 2: is not written as CSV (unexpected end of data)."),
        (f"{HEADER}\n{ANAHEIM},1\n".encode(), "Line 2: has 12 values, and the file 11 columns."),
        (f"{HEADER}\n\nCalifornia,CA\n".encode(), "Line 3: has 2 values, and the file 11 columns."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(db, tmp_path, content, problem):
    file = tmp_path / "places.csv"
    file.write_bytes(content)
    problems = problems_of(lambda: call_command("import_places", file))
    assert problems == [problem.replace("FILE", str(file))]


def test_a_file_that_is_not_there_is_named(db, tmp_path):
    missing, there = tmp_path / "missing.csv", settings.BASE_DIR / "fixtures" / "places.csv"
    problem = f"{missing} cannot be read: No such file or directory."
    assert problems_of(lambda: call_command("import_places", missing)) == [problem]
    assert problems_of(lambda: call_command("import_places", there, zip_codes=missing)) == [problem]


# --- What a file may say besides ---------------------------------------------------------------

MORE = {"kind": "neighborhood", "part_of": "Anaheim", "census_geoid": "0602000", "population_year": "2021"}


@pytest.fixture
def run_more(tmp_path, capsys, db):
    """Imports rows that say more than they must. Returns what the command said."""

    def run(*places, zip_codes=()):
        file = write(tmp_path / "places.csv", [*PLACE_COLUMNS, *MORE], places)
        options = {}
        if zip_codes:
            options["zip_codes"] = write(tmp_path / "zips.csv", [*ZIP_COLUMNS, "cities"], zip_codes)
        capsys.readouterr()
        call_command("import_places", file, **options)
        return capsys.readouterr().out

    return run


def test_a_file_can_say_what_a_place_is_and_what_it_is_a_part_of(run_more, anaheim):
    fullerton = city_named("Fullerton")
    said = run_more(row_of(fullerton) | MORE)
    assert said == "Updated: 1 city. Unchanged: 0 cities.\n"
    fullerton.refresh_from_db()
    assert (fullerton.kind, fullerton.part_of, fullerton.population_year) == ("neighborhood", anaheim, 2021)
    assert fullerton.census_geoid == "0602000"
    assert run_more(row_of(fullerton) | MORE) == "Nothing to change. Unchanged: 1 city.\n"
    assert run_more(row_of(fullerton) | MORE | {"part_of": ""}) == "Updated: 1 city. Unchanged: 0 cities.\n"
    fullerton.refresh_from_db()
    assert fullerton.part_of is None


def test_a_file_without_these_columns_changes_nothing_of_them(run, db):
    astoria = city_named("Astoria")
    assert run(row_of(astoria)) == "Nothing to change. Unchanged: 1 city.\n"
    astoria.refresh_from_db()
    assert (astoria.kind, astoria.part_of.name) == ("neighborhood", "Queens")


def test_a_place_can_be_a_part_of_one_that_comes_with_it(run_more, anaheim):
    whole = row_of(anaheim, source_name="Newtown", name="Newtown", zip_codes="") | MORE | {"part_of": ""}
    part = row_of(anaheim, source_name="Newtown Heights", name="Newtown Heights", zip_codes="") | MORE
    run_more(part | {"part_of": "Newtown"}, whole)
    assert city_named("Newtown Heights").part_of == City.objects.get(name="Newtown", state__code="CA")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "metropolis"}, "kind “metropolis” is none of city, town, village"),
        (
            {"part_of": "Atlantis"},
            "part_of “Atlantis” is no place of CA: neither the file nor",
        ),
        ({"part_of": "Hoboken"}, "part_of “Hoboken” is no place of CA"),
        ({"census_geoid": "602000"}, "census_geoid “602000” is not 7 or 10 digits"),
        ({"population_year": "2O20"}, "population_year “2O20” is not a whole number"),
        ({"part_of": "Fullerton"}, "part_of goes round in a circle (Fullerton, CA)"),
    ],
)
def test_what_it_says_wrongly_is_named(run_more, db, changes, says):
    problems = problems_of(lambda: run_more(row_of(city_named("Fullerton")) | MORE | changes))
    assert says in problems[0]


def test_a_circle_with_what_stands_there_already_is_refused(run_more, anaheim):
    City.objects.filter(pk=anaheim.pk).update(part_of=city_named("Fullerton"))
    assert (
        "goes round in a circle" in problems_of(lambda: run_more(row_of(city_named("Fullerton")) | MORE))[0]
    )


def test_a_file_of_zip_codes_can_say_who_has_most_of_each(run_more, db):
    code = ZipCode.objects.get(code="33024")
    area = {"zip_code": "33024", "state_code": "FL", "place_name": "Hollywood", "county": "Broward"}
    area |= {"latitude": code.latitude, "longitude": code.longitude}
    davie = row_of(city_named("Davie")) | {"kind": "town", "census_geoid": "", "population_year": ""}
    order = "Davie; Hollywood"
    said = run_more(davie, zip_codes=[area | {"cities": order}])
    assert "Put in another order: the cities of 1 ZIP code." in said
    links = code.serves_set.order_by("rank", "city__name").values_list("city__name", "rank")
    assert list(links)[:2] == [("Davie", 1), ("Hollywood", 2)]
    assert {rank for _, rank in list(links)[2:]} <= {3}
    problems = problems_of(lambda: run_more(davie, zip_codes=[area | {"cities": "Nowhere"}]))
    assert "cities names “Nowhere”, no place of FL" in problems[0]
