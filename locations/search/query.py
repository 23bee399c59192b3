"""Reads what somebody typed: the ZIP code, the states and the words in it."""

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from locations.search.tables import ordinary_words, spanish
from locations.us_states import ALSO_WORDS, INFORMAL, NAMES
from therapydir.pages.words import with_plain_digits, words_of

LONGEST_QUERY = 100  # characters that are read
MOST_WORDS = 12
LONGEST_PHRASE = 5  # words of Spanish that mean something together
ZIP_CODE = re.compile(r"(?<!\d)(\d{5})(?:[- ]?\d{4})?(?!\d)", re.ASCII)
# With letters that look like digits: O for 0, l and I for 1; and digit by digit.
CARELESS_ZIP_CODE = re.compile(r"(?<![^\W_])(?=(?:[OolI]*\d){2})[\dOolI]{5}(?![^\W_])", re.ASCII)
APART = re.compile(r"(?<!\d)\d(?:\d| (?=\d)){4,8}(?!\d)", re.ASCII)
LOOKS_LIKE = str.maketrans("OolI", "0011")
LOST_ZERO = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
FIRST_ZIP_CODE, LAST_ZIP_CODE = "00501", "99950"  # of those that the Postal Service uses
COUNTRY = {"usa", "us", "america"}
# What people look for here, everywhere: it tells no place from another.
GENERIC = set(
    "a about after am an and any are around at be best between by can center clinic clinics close code "
    "de difference do doctor does el en find for from get good have help here how i in is it local "
    "looking me my near nearby nearest need next occupational of office offices old on or ot physical "
    "physio physiotherapist physiotherapy practice practices pt rehab rehabilitation should specialist "
    "specialists the therapies therapist therapists therapy to treatment versus vs what where which who "
    "with you zip zipcode".split()
)
BEFORE_PLACE = {"in", "near", "around", "nearby"}
STATE_OF = (("state", "of"), ("commonwealth", "of"), ("the", "state", "of"))
SHORTEST_MISSPELLED_STATE = 6


class StateSpan(NamedTuple):
    """Words of a query, from `start` up to `end`, that name a state."""

    start: int
    end: int
    code: str
    is_weak: bool = False  # whether they are words of the language, too
    is_plain: bool = False  # whether they say that it is a state, as «state of New York» does
    is_spelled: bool = True  # as it should be


@dataclass(frozen=True)
class Query:
    """What was typed, read.

    `words` are all its words but the ZIP code; `zip_code` its five digits, or ""; `is_number`
    says that nothing but digits was typed, which are no ZIP code. `lost_zero` are five digits of which the
    first was left out, if four stand there. `said` are words that say whom somebody looks for.
    """

    words: tuple[str, ...]
    zip_code: str = ""
    is_number: bool = False
    lost_zero: str = ""
    after_comma: frozenset[int] = frozenset()
    said: frozenset[str] = frozenset()

    @property
    def is_impossible_zip_code(self):
        """Whether the number lies outside of those that exist at all."""
        return bool(self.zip_code) and not FIRST_ZIP_CODE <= self.zip_code <= LAST_ZIP_CODE

    def spans(self):
        """(start, end) of every run of words, the longest first."""
        count = len(self.words)
        return [
            (start, start + length) for length in range(count, 0, -1) for start in range(count - length + 1)
        ]

    def states(self):
        """A `StateSpan` for every run of words that names a state."""
        last, end_of_place = len(self.words) - 1, self._end_of_place()
        found = []
        for start, end in self.spans():
            words = self.words[start:end]
            code = STATES.get(" ".join(words), "")
            if not code:
                continue
            is_code = len(words[0]) == 2
            is_weak = words[0] in ALSO_WORDS and start not in self.after_comma
            # A code stands at an end of what is typed, or of what says where, or after a comma.
            ends = (0, last) if is_weak else (0, last, end_of_place)
            if is_code and start not in ends and start not in self.after_comma:
                continue
            if is_weak and start != last:
                continue
            found.append(StateSpan(start, end, code, is_weak))
            found += self._said_plainly(start, end, code)
        return sorted(found, key=lambda span: span.start - span.end)

    def _end_of_place(self):
        """The last word that says something else than whom somebody looks for."""
        telling_where = set(telling(self.words)) - self.said
        return max((n for n, word in enumerate(self.words) if word in telling_where), default=0)

    def _said_plainly(self, start, end, code):
        for begin in STATE_OF:
            if self.words[max(0, start - len(begin)) : start] == begin:
                yield StateSpan(start - len(begin), end, code, is_plain=True)
        if end - start >= 1 and self.words[end : end + 1] == ("state",) and len(self.words[start]) > 2:
            yield StateSpan(start, end + 1, code, is_plain=True)

    def without(self, *spans):
        """The words outside of those spans."""
        taken = {position for start, end, *_ in spans for position in range(start, end)}
        return [word for position, word in enumerate(self.words) if position not in taken]


STATES = {
    **{" ".join(words_of(name)): code for code, name in NAMES.items()},
    **{code.lower(): code for code in NAMES},
    **INFORMAL,
}


def read(text):
    """The `Query` for a text that somebody typed, however long or strange."""
    text = with_plain_digits(" ".join(text[:LONGEST_QUERY].split()))
    zip_code, rest = _zip_code_in(text)
    words, after_comma = [], set()
    for number, part in enumerate(rest.split(",")):
        if number:
            after_comma.add(len(words))
        words += _in_english(words_of(part))
    lost = [] if zip_code else LOST_ZERO.findall(rest)
    query = Query(
        words=tuple(words[:MOST_WORDS]),
        zip_code=zip_code,
        is_number=not zip_code and bool(words) and all(word.isdecimal() for word in words),
        lost_zero=f"0{lost[0]}" if len(lost) == 1 else "",
        after_comma=frozenset(after_comma),
    )
    if len(query.words) > 1 and query.words[-1] in COUNTRY:
        query = replace(query, words=query.words[:-1])
    return query


def _zip_code_in(text):
    """(the first ZIP code in a text, or "", and the text without it)."""
    if found := ZIP_CODE.search(text):
        return found[1], f"{text[: found.start()]} {text[found.end() :]}"
    if found := CARELESS_ZIP_CODE.search(text):
        return found[0].translate(LOOKS_LIKE), f"{text[: found.start()]} {text[found.end() :]}"
    if (found := APART.search(text)) and len(digits := found[0].replace(" ", "")) == 5:
        return digits, f"{text[: found.start()]} {text[found.end() :]}"
    return "", text


def _in_english(words):
    """The words, with those in Spanish that the search knows in English."""
    found, position = [], 0
    while position < len(words):
        for length in range(LONGEST_PHRASE, 0, -1):
            if english := spanish().get(tuple(words[position : position + length])):
                found += english
                position += length
                break
        else:
            found.append(words[position])
            position += 1
    return found


# Those among them that say what for: alone, they are no beginning of a place's name.
PROFESSIONAL = set(
    "occupational ot physical physio physiotherapist physiotherapy pt rehab rehabilitation therapies "
    "therapist therapists therapy".split()
)


def telling(words):
    """The words that tell one place or topic from another."""
    return [word for word in words if word not in GENERIC]


def is_ordinary(words):
    """Whether all of them are words of the language."""
    return all(word in ordinary_words() or word in GENERIC for word in words)
