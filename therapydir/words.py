"""The words of a text, for comparing what was typed with what is written."""

import re
import unicodedata

DROPPED = re.compile(r"[.'’‘ʻʼ`]")  # within a word: St., O’, N.J.
BETWEEN = re.compile(r"[^a-z0-9]+")


def words_of(text):
    """The words of a text: lower case, without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return BETWEEN.sub(" ", DROPPED.sub("", plain)).split()
