"""Reads what somebody typed: the ZIP code, the state and the words in it."""

import re
from dataclasses import dataclass, replace

from locations.us_states import ALSO_LAST_WORDS, ALSO_WORDS, INFORMAL, NAMES
from therapydir.pages.words import with_plain_digits, words_of

LONGEST_QUERY = 100  # characters that are read
MOST_WORDS = 12
ZIP_CODE = re.compile(r"(?<!\d)(\d{5})(?:[- ]?\d{4})?(?!\d)", re.ASCII)
FIRST_ZIP_CODE, LAST_ZIP_CODE = "00501", "99950"  # of those that the Postal Service uses
COUNTRY = {"usa", "us", "america"}
# What people look for here, everywhere: it tells no place from another.
GENERIC = set(
    "a about after am an and any are at be best between by can center clinic clinics close code "
    "difference do doctor does find for from get good have help how i in is it me my near nearby "
    "nearest need occupational of office on or ot physical physio physiotherapist physiotherapy "
    "practice pt rehab rehabilitation should the therapies therapist therapists therapy to versus vs "
    "what where which who with you zip zipcode".split()
)


@dataclass(frozen=True)
class Query:
    """What was typed, read.

    `words` are all its words but the ZIP code; `zip_code` its five digits, or ""; `is_number`
    says that nothing but digits was typed, which are no ZIP code.
    """

    words: tuple[str, ...]
    zip_code: str = ""
    is_number: bool = False
    after_comma: frozenset[int] = frozenset()

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
        """(start, end, USPS code) of every run of words that names a state."""
        last = len(self.words) - 1
        found = []
        for start, end in self.spans():
            words = self.words[start:end]
            code = STATES.get(" ".join(words), "")
            is_last = words[0] in ALSO_LAST_WORDS and start == last > 0
            is_word = words[0] in ALSO_WORDS and start not in self.after_comma and not is_last
            # A code stands at an end of what is typed, or after a comma.
            is_placed = len(words[0]) > 2 or start in (0, last) or start in self.after_comma
            if code and not is_word and is_placed:
                found.append((start, end, code))
        return found

    def without(self, *spans):
        """The words outside of those spans."""
        taken = {position for start, end in spans for position in range(start, end)}
        return [word for position, word in enumerate(self.words) if position not in taken]


STATES = {
    **{" ".join(words_of(name)): code for code, name in NAMES.items()},
    **{code.lower(): code for code in NAMES},
    **INFORMAL,
}


def read(text):
    """The `Query` for a text that somebody typed, however long or strange."""
    text = with_plain_digits(" ".join(text[:LONGEST_QUERY].split()))
    found = ZIP_CODE.search(text)
    rest = text[: found.start()] + " " + text[found.end() :] if found else text
    words, after_comma = [], set()
    for number, part in enumerate(rest.split(",")):
        if number:
            after_comma.add(len(words))
        words += words_of(part)
    query = Query(
        words=tuple(words[:MOST_WORDS]),
        zip_code=found[1] if found else "",
        is_number=not found and bool(words) and all(word.isdecimal() for word in words),
        after_comma=frozenset(after_comma),
    )
    if len(query.words) > 1 and query.words[-1] in COUNTRY:
        query = replace(query, words=query.words[:-1])
    return query


# Those among them that say what for: alone, they are no beginning of a place's name.
PROFESSIONAL = set(
    "occupational ot physical physio physiotherapist physiotherapy pt rehab rehabilitation therapies "
    "therapist therapists therapy".split()
)


def telling(words):
    """The words that tell one place or topic from another."""
    return [word for word in words if word not in GENERIC]
