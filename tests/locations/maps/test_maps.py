"""The maps: where things lie on them, what is written, how large they are, and when there is none."""

import gzip
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from django.template import Context, Template

from locations import facts
from locations.maps import city as city_maps
from locations.maps import labels, outlines
from locations.maps import state as maps
from locations.maps.geometry import from_segment, is_within
from locations.maps.projection import bounds
from locations.models import City, State
from tests.factories import make_city, make_state, withdraw
from tests.reading import links_of

CODES = ("CA", "FL", "NJ", "NY", "PA")
BYTES = 12_000  # compressed, for any map


@pytest.fixture(autouse=True)
def _empty_cache():
    maps._drawn.cache_clear()


@pytest.fixture
def states(db):
    return {state.code: state for state in State.objects.published().with_cities()}


@pytest.fixture
def every_city(db):
    """Every city with the cities near it, in two queries."""
    return list(
        City.objects.published()
        .select_related("state")
        .prefetch_related("aliases", "part_of__state", "parts__state", "neighbor_links__neighbor__state")
    )


def drawn_state(state):
    return Template("{% load maps %}{% state_map state %}").render(Context({"state": state}))


def drawn_city(city):
    context = Context({"city": own(city), "nearby": near(city)})
    return Template("{% load maps %}{% city_map city nearby %}").render(context)


def own(city):
    return facts.PARTS["own"].facts_of([city])[city.pk]


def near(city):
    return [facts._link(city, link) for link in city.neighbor_links.all() if link.rank]


def with_neighbors(city):
    return [own(city), *near(city)]


def compressed(text):
    return len(gzip.compress(text.encode(), 6))


def dot_on(state, name):
    """Where a city lies on its state's map: (dot, box of the state's outline)."""
    view, _ = maps._ground(state.code)
    shore = [view(*point) for point in maps.points_of(outlines.outline_of(state.code))]
    return next(dot for dot in all_dots(state) if dot.place.name == name), bounds(shore)


def all_dots(state):
    """Of each of its cities, whether there is room for its name or not."""
    view, land = maps._view(state.code), maps._land(state.code)
    return [maps.ashore(maps.dot_of(city, view, maps.SMALLEST), land) for city in state.listed_cities]


# --- Where things lie --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name", "across", "down"),
    [
        ("FL", "Key Largo", (0.9, 1), (0.85, 1)),
        ("PA", "Erie", (0, 0.15), (0, 0.12)),
        ("NY", "Staten Island", (0.6, 0.8), (0.9, 1)),
        ("CA", "Tahoe City", (0.35, 0.45), (0.25, 0.35)),
    ],
)
def test_a_place_is_where_one_looks_for_it(states, code, name, across, down):
    dot, (left, top, right, bottom) = dot_on(states[code], name)
    assert across[0] <= (dot.x - left) / (right - left) <= across[1]
    assert down[0] <= (dot.y - top) / (bottom - top) <= down[1]


def test_tahoe_city_lies_at_the_states_eastern_edge(states):
    dot, _ = dot_on(states["CA"], "Tahoe City")
    level = [other.x for other in all_dots(states["CA"]) if abs(other.y - dot.y) < 20]
    assert dot.x >= max(level) - 6


def test_every_dot_is_in_the_picture(states, every_city):
    for code, state in states.items():
        frame = labels.Box(0, 0, *maps._ground(code)[0].box[2:])
        assert all(dot.box.is_inside(frame) for dot in all_dots(state))
    for city in every_city:
        view, dots, _, inset = city_maps.layout(with_neighbors(city))
        assert all(dot.box.is_inside(labels.Box(*view.box)) for dot in dots), city
        assert not any(dot.box.overlaps(inset) for dot in dots), city


def test_larger_cities_have_larger_dots_and_lie_under_smaller_ones(states):
    dots, _ = maps.layout("CA", states["CA"].listed_cities)
    sizes = {dot.place.name: dot.radius for dot in dots}
    assert sizes["Los Angeles"] >= sizes["San Diego"] > sizes["Sacramento"]
    assert maps.radius_of(None) == maps.radius_of(1) == maps.SMALLEST
    assert [dot.radius for dot in dots] == sorted((dot.radius for dot in dots), reverse=True)


# --- Names -------------------------------------------------------------------------------------


def check_labels(view, dots, found, taken=()):
    boxes = [*taken, *(label.box for label in found.values())]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(label.box.is_inside(labels.Box(*view.box)) for label in found.values())
    for dot, label in found.items():
        assert not any(label.box.overlaps(other.box) for other in dots)
        # The room is where the letters are: it starts, ends or is centered at the anchor.
        share = {"start": 0, "middle": 0.5, "end": 1}[label.anchor]
        assert label.x == pytest.approx(label.box.left + share * (label.box.right - label.box.left))
        assert label.box.top < label.y < label.box.bottom
        assert label.box.right - label.box.left >= 0.5 * labels.FONT_SIZE * len(dot.place.name) * 0.9


def test_names_on_state_maps_keep_clear_of_each_other(states):
    for code, state in states.items():
        dots, found = maps.layout(code, state.listed_cities)
        assert 12 <= len(found) <= maps.MOST_LABELS
        assert set(dots) == set(found)  # none without a name
        check_labels(maps._ground(code)[0], dots, found)


def test_names_on_city_maps_keep_clear_of_each_other(every_city):
    for city in every_city:
        view, dots, found, inset = city_maps.layout(with_neighbors(city))
        assert dots[0] in found, f"{city} has no name on its own map"
        check_labels(view, dots, found, [inset])


def test_the_largest_cities_are_named(states):
    for code, names in {
        "CA": {"Los Angeles", "San Diego", "San Francisco"},
        "FL": {"Jacksonville", "Miami", "Tampa", "Orlando", "Fort Lauderdale", "West Palm Beach"},
        "NJ": {"Newark", "Jersey City"},
        "NY": {"New York"},
        "PA": {"Philadelphia", "Pittsburgh"},
    }.items():
        _, found = maps.layout(code, states[code].listed_cities)
        assert names <= {dot.place.name for dot in found}


# --- What is written ---------------------------------------------------------------------------


def test_every_dot_of_a_state_is_a_link_that_needs_no_tab_stop(client, states):
    for state in states.values():
        figure = ElementTree.fromstring(drawn_state(state))
        picture = figure.find("svg")
        assert picture.attrib["aria-hidden"] == "true"
        links = list(picture.iter("a"))
        assert {link.get("href") for link in links} <= {c.get_absolute_url() for c in state.listed_cities}
        assert all(link.get("tabindex") == "-1" for link in links)
        dots, _ = maps.layout(state.code, state.listed_cities)
        assert {name for link in links for name in link.itertext()} == {dot.place.name for dot in dots}
        assert "All cities, A to Z, are below." in figure.find("figcaption").text


def test_nobody_is_drawn_in_the_sea(states, every_city):
    def is_ashore(dot, land):
        sides = [side for ring in land if len(ring) > 2 for side in pairwise([ring[-1], *ring])]
        return any(is_within(ring, dot.x, dot.y) for ring in land) or any(
            from_segment((dot.x, dot.y), *side) <= 1 for side in sides
        )

    for state in states.values():
        assert [dot for dot in all_dots(state) if not is_ashore(dot, maps._land(state.code))] == []
    for city in every_city[::20]:
        view, dots, *_ = city_maps.layout(with_neighbors(city))
        land = city_maps.Ground(view, with_neighbors(city)).land
        assert [dot for dot in dots if not is_ashore(dot, land)] == [], city


def test_counties_are_named_and_water_is_tinted_without_a_style_sheet(anaheim):
    figure = ElementTree.fromstring(drawn_city(anaheim))
    [names] = figure.findall(".//g[@class='counties']")
    assert "Orange County" in [text.text for text in names]
    long_beach = City.objects.get(name="Long Beach", state__code="CA")
    water = ElementTree.fromstring(drawn_city(long_beach)).find(".//path[@class='water']")
    assert water.get("stroke").startswith("#")
    assert water.get("d")
    assert names.get("fill").startswith("#")


def test_land_is_drawn_as_areas_and_shores_and_borders_as_lines(states, anaheim):
    for picture in (drawn_state(states["NJ"]), drawn_city(anaheim)):
        figure = ElementTree.fromstring(picture)
        land, borders, *home = [path.get("d") for path in figure.find(".//path[@class='land']/..")]
        shores = figure.find(".//path[@class='water']")
        assert all(area.endswith("z") for area in (land, *home))
        assert borders
        assert "z" not in borders + ("" if shores is None else shores.get("d"))


def test_a_city_map_links_to_its_neighbors_and_names_its_county(anaheim):
    figure = ElementTree.fromstring(drawn_city(anaheim))
    shown = {link.get("href") for link in figure.iter("a")}
    assert len(shown) >= 8
    assert shown <= {link.path for link in near(anaheim)}
    assert "Orange County is shaded" in figure.find("figcaption").text
    assert [text.text for text in figure.iter("text") if text.get("font-weight")] == ["Anaheim"]
    assert figure.find(".//path[@class='home']") is not None


def test_a_map_shows_the_land_beyond_a_state_line(db):
    hoboken = City.objects.get(name="Hoboken")
    view, *_ = city_maps.layout(with_neighbors(hoboken))
    land = ElementTree.fromstring(drawn_city(hoboken)).find(".//path[@class='land']").get("d")
    assert land.count("z") >= 2
    assert view(-73.97, 40.78)[0] < view.width  # Central Park


def test_maps_hold_no_style_no_script_and_no_id(states, anaheim):
    for html in [*map(drawn_state, states.values()), drawn_city(anaheim)]:
        assert not any(word in html for word in (" style=", "<script", " id=", "<style"))


def test_maps_are_small(states, every_city):
    sizes = {code: compressed(drawn_state(state)) for code, state in states.items()}
    assert max(sizes.values()) < BYTES * 0.55, sizes
    picture = {city: compressed(city_maps.city_map(own(city), near(city))) for city in every_city[::5]}
    assert max(picture.values()) < BYTES * 0.25, max(picture.items(), key=lambda item: item[1])


def test_names_are_escaped(states, anaheim):
    anaheim.name = '<b>Ana</b> & "heim"'
    state = states["CA"]
    state.listed_cities = [city._replace(name=anaheim.name) for city in state.listed_cities[:1]]
    for html in (drawn_state(state), drawn_city(anaheim)):
        assert "<b>" not in html
        assert "&lt;b&gt;Ana&lt;/b&gt; &amp; &quot;heim&quot;" in html


def test_a_withdrawn_city_is_not_on_the_map(client, db):
    fresno = City.objects.get(name="Fresno")
    address = fresno.get_absolute_url()
    assert address in links_of(client.get("/locations/california/"))
    withdraw(fresno)
    assert address not in drawn_state(State.objects.get(code="CA"))
    assert address not in links_of(client.get("/locations/california/"))


def test_a_city_that_moves_or_changes_its_name_does_so_on_the_map(db):
    fresno = City.objects.get(name="Fresno")
    before = drawn_state(State.objects.get(code="CA"))
    City.objects.filter(pk=fresno.pk).update(latitude=fresno.latitude + 0.5)
    moved = drawn_state(State.objects.get(code="CA"))
    City.objects.filter(pk=fresno.pk).update(name="Fresno Hills")
    renamed = drawn_state(State.objects.get(code="CA"))
    assert len({before, moved, renamed}) == 3


# --- None, and what it costs -------------------------------------------------------------------


def test_a_state_without_an_outline_has_no_map(db):
    state = make_state()
    city = make_city(state)
    assert maps.state_map(state, [city]) == city_maps.city_map(own(city), []) == ""
    assert drawn_state(state) == drawn_city(city) == ""


def test_a_county_without_an_outline_is_not_said_to_be_shaded(anaheim):
    anaheim.county = "Atlantis"
    html = drawn_city(anaheim)
    assert "shaded" not in html
    assert 'd=""' not in html


def test_a_city_far_from_its_county_has_a_map(anaheim):
    anaheim.longitude = -77.9  # a mistyped one
    assert "Anaheim" in city_maps.city_map(own(anaheim), [])
    assert "shaded" not in drawn_city(anaheim)


def test_a_city_with_no_other_near_it_and_a_state_with_no_city_have_maps(states, anaheim):
    assert "Anaheim" in city_maps.city_map(own(anaheim), [])
    assert "<svg" in maps.state_map(states["CA"], [])


def test_maps_make_no_query(states, every_city, django_assert_num_queries):
    for state in states.values():
        _ = state.listed_cities
    with django_assert_num_queries(0):
        for state in states.values():
            drawn_state(state)
        for city in every_city[::100]:
            drawn_city(city)


def test_a_map_is_drawn_once_while_what_it_shows_is_the_same(states, monkeypatch):
    first = drawn_state(states["CA"])
    monkeypatch.setattr(maps, "layout", None)
    assert drawn_state(states["CA"]) == first


def test_bold_letters_take_more_room_than_others():
    assert labels.width_of("Anaheim") < labels.width_of("Anaheim", is_bold=True)
    assert labels.width_of("ill") < labels.width_of("aaa") < labels.width_of("AAA") < labels.width_of("WWW")


def test_a_city_map_shows_no_more_land_than_its_dots_and_the_small_map_need(every_city):
    """So that places lie as far apart as they can."""
    for city in every_city[::50]:
        view, dots, *_ = city_maps.layout(with_neighbors(city))
        xs, ys = [dot.x for dot in dots], [dot.y for dot in dots]
        assert max(max(xs) - min(xs), max(ys) - min(ys)) > view.width / 8, city
