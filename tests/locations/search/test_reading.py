"""What is read out of a query, before anything is looked up."""

import pytest

from locations.search.names import keys_of
from locations.search.query import LONGEST_QUERY, MOST_WORDS, read, telling
from locations.us_states import state_of_zip_code


@pytest.mark.parametrize(
    ("typed", "zip_code", "words"),
    [
        ("07030", "07030", ()),
        ("07030-1234", "07030", ()),
        ("07030 1234", "07030", ()),
        ("hoboken 07030", "07030", ("hoboken",)),
        ("070301", "", ("070301",)),
        ("0703", "", ("0703",)),
        ("x07030", "07030", ("x",)),
        ("٠٧٠٣٠", "07030", ()),  # Arabic digits
        ("07030 10001", "07030", ("10001",)),
    ],
)
def test_a_zip_code_is_five_digits_with_or_without_four_more(typed, zip_code, words):
    query = read(typed)
    assert (query.zip_code, query.words) == (zip_code, words)


@pytest.mark.parametrize(
    ("zip_code", "is_impossible"),
    [("00500", True), ("00501", False), ("99950", False), ("99951", True), ("07030", False)],
)
def test_zip_codes_outside_of_those_in_use_are_impossible(zip_code, is_impossible):
    assert read(zip_code).is_impossible_zip_code is is_impossible


def test_a_query_without_a_zip_code_is_not_an_impossible_one():
    assert read("hoboken").is_impossible_zip_code is False


@pytest.mark.parametrize(
    ("typed", "is_number"), [("123", True), ("12 34", True), ("12a", False), ("", False)]
)
def test_digits_alone_are_a_number(typed, is_number):
    assert read(typed).is_number is is_number


def test_a_zip_code_is_no_number_and_a_country_no_word():
    assert not read("07030").is_number
    assert read("hoboken usa").words == ("hoboken",)
    assert read("usa").words == ("usa",)  # all that was typed
    assert read("usa hoboken").words == ("usa", "hoboken")


@pytest.mark.parametrize(
    ("typed", "states"),
    [
        ("hoboken nj", [(1, 2, "NJ")]),
        ("nj hoboken", [(0, 1, "NJ")]),
        ("hoboken new jersey", [(1, 3, "NJ")]),
        ("a nj b", []),  # a code in the middle
        ("a, nj b", [(1, 2, "NJ")]),
        ("portland, me", [(1, 2, "ME")]),
        ("west virginia", [(0, 2, "WV"), (1, 2, "VA")]),
        ("fresno cal", [(1, 2, "CA")]),
        ("fresno calif", [(1, 2, "CA")]),
        ("tampa fla", [(1, 2, "FL")]),
        ("erie penna", [(1, 2, "PA")]),
        ("erie penn", [(1, 2, "PA")]),
        ("wash dc", [(0, 2, "DC"), (1, 2, "DC")]),
        ("washington dc", [(0, 2, "DC"), (0, 1, "WA"), (1, 2, "DC")]),
    ],
)
def test_states_are_read_where_they_can_stand(typed, states):
    assert [(span.start, span.end, span.code) for span in read(typed).states()] == states


@pytest.mark.parametrize(
    ("typed", "is_weak"),
    [
        ("albany or", True),
        ("albany, or", False),
        ("albany oregon", False),
        ("albany ny", False),
        ("help me", True),
    ],
)
def test_a_code_that_is_a_word_is_less_sure_without_a_comma(typed, is_weak):
    assert [span.is_weak for span in read(typed).states()] == [is_weak]


@pytest.mark.parametrize("typed", ["or albany", "in reading", "tell me more"])
def test_a_word_that_is_a_code_is_none_where_no_name_stands_before_it(typed):
    assert read(typed).states() == []


@pytest.mark.parametrize(
    "typed", ["new york state", "state of new york", "the state of new york", "estado de nueva york"]
)
def test_it_can_be_said_plainly_that_a_state_is_meant(typed):
    plain = [span for span in read(typed).states() if span.is_plain]
    assert {span.code for span in plain} == {"NY"}
    assert max(span.end - span.start for span in plain) == len(read(typed).words)


@pytest.mark.parametrize(
    ("typed", "zip_code"),
    [
        ("O7030", "07030"),
        ("l6501", "16501"),
        ("1OOO1", "10001"),
        ("hoboken o7o30", "07030"),
        ("0 7 0 3 0", "07030"),
        ("070 30", "07030"),
        ("Ollll", ""),  # no digit: a word
        ("hello", ""),
        ("1 2 3", ""),
        ("555 123 4567", ""),  # a phone number
    ],
)
def test_a_zip_code_is_read_however_carelessly_it_is_written(typed, zip_code):
    assert read(typed).zip_code == zip_code


@pytest.mark.parametrize(
    ("typed", "zip_code"),
    [("7030", "07030"), ("NJ 7030", "07030"), ("703", ""), ("70301", ""), ("7030 7302", "")],
)
def test_a_zero_may_have_been_lost(typed, zip_code):
    assert read(typed).lost_zero == zip_code


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("terapia física en Miami", "physical therapy in miami"),
        ("fisioterapia cerca de mí", "physical therapy near me"),
        ("condado de Broward", "county of broward"),
        ("Los Ángeles", "los angeles"),
        ("la mesa", "la mesa"),
    ],
)
def test_what_is_typed_in_spanish_is_read_in_english(typed, words):
    assert " ".join(read(typed).words) == words


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["pt", "pleasant"], {"ptpleasant", "portpleasant", "pointpleasant"}),
        (["egg", "hbr"], {"egghbr", "eggharbor"}),
        (["anaheim"], {"anaheim"}),
    ],
)
def test_short_forms_stand_for_what_they_may_mean(words, keys):
    assert keys_of(words) == keys


@pytest.mark.parametrize(
    ("code", "state"),
    [
        *[("97201", "Oregon"), ("02139", "Massachusetts"), ("05501", "Massachusetts"), ("00501", "New York")],
        *[("88510", "Texas"), ("96813", "Hawaii"), ("09001", ""), ("34001", "")],
    ],
)
def test_a_zip_code_tells_its_state(code, state):
    assert state_of_zip_code(code) == state


def test_runs_of_words_come_longest_first_and_can_be_taken_out():
    query = read("one two three")
    assert query.spans() == [(0, 3), (0, 2), (1, 3), (0, 1), (1, 2), (2, 3)]
    assert query.without((0, 1), (2, 3)) == ["two"]


def test_so_much_is_read_and_no_more():
    assert len(read("a " * 40).words) == MOST_WORDS
    assert read("x" * (LONGEST_QUERY + 9)).words == ("x" * LONGEST_QUERY,)
    assert read("  new \n york ").words == ("new", "york")


def test_words_that_tell_no_place_are_left_out():
    assert telling(["physical", "therapy", "near", "hoboken", "hand"]) == ["hoboken", "hand"]
