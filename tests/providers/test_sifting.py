"""Which lines of a file are found without taking them apart."""

import io

import pytest

from providers.imports import sifting
from providers.imports.files import Source
from providers.imports.lines import Told
from providers.imports.sifting import sift
from tests.providers.nppes import header, line, npi, therapist

NURSE = "163W00000X"


def found_in(content, *npis, signs=sifting.SIGNS):
    """([(number, NPI, whether it is known)], what was told, how far it was) of the lines behind a header."""
    told, progress = Told(), []
    stream = io.BufferedReader(io.BytesIO(content))
    source = Source("a file", len(content), stream, None, None, stream.tell)
    found = sift(source, set(npis), told, lambda *given: progress.append(given), signs=signs)
    return [(number, row[1:11].decode(), known) for number, row, known in found], told, progress


def rows(*numbers):
    """Lines of nurses, those of therapists with these numbers among them."""
    return [line(therapist(n, code="225100000X" if n in numbers else NURSE)) for n in range(1, 41)]


@pytest.mark.parametrize("size", [100, 3000, 100_000])
def test_a_line_is_found_wherever_a_block_ends(monkeypatch, size):
    monkeypatch.setattr(sifting, "BUFFER", size)
    found, told, progress = found_in(b"".join(rows(1, 7, 8, 40)))
    assert found == [(n + 1, npi(n), False) for n in (1, 7, 8, 40)]
    assert not told.counts
    assert progress[-1][1:] == (progress[-1][2], progress[-1][2])


def test_the_last_line_needs_no_end_and_others_may_have_two_signs_of_it():
    content = b"".join(rows(3, 40)).replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    assert found_in(content)[0] == [(4, npi(3), False), (41, npi(40), False)]


def test_an_npi_that_is_known_is_found_without_a_sign():
    found, *_ = found_in(b"".join(rows(2)), npi(5).encode())
    assert found == [(3, npi(2), False), (6, npi(5), True)]
    assert found_in(b"".join(rows(2)), npi(5).encode(), signs=())[0] == [(6, npi(5), True)]


@pytest.mark.parametrize("values", [{"phone": "2251234567"}, {"zip_code": "102", "country": "25"}])
def test_the_digits_of_a_sign_count_at_the_beginning_of_a_field_alone(values):
    row = line(therapist(1, code=NURSE, **values))
    is_beginning = b'"225' in row  # of a telephone number, which the line's fields will tell
    assert bool(found_in(row)[0]) == is_beginning


def test_lines_that_are_cut_off_are_told_with_their_numbers():
    some = rows(1, 3)
    some[1], some[2] = some[1].partition(b"SAMPLE")[0] + b"\n", some[2][9:]
    found, told, _ = found_in(b"".join([*some[:3], b"\n", *some[3:]]))
    assert found == [(2, npi(1), False)]
    assert list(told.sentences()) == ["2 cut off (line 3, 4)"]


def test_the_header_itself_has_no_sign():
    assert found_in(line(header()))[0] == []
