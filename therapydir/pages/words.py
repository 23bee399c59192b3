"""Text as it comes in: its words, for comparing what was typed with what is written; its characters."""

import re
import unicodedata

DROPPED = re.compile(r"[.'’‘ʻʼ`]")  # within a word: St., O’, N.J.
BETWEEN = re.compile(r"[^a-z0-9]+")
# What XML cannot carry, and what shows nowhere; tabs and line ends are not among them.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def words_of(text):
    """The words of a text: lower case, without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", with_plain_digits(text).casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return BETWEEN.sub(" ", DROPPED.sub("", plain)).split()


def with_plain_digits(text):
    """The text with the digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in text)


def without_controls(text):
    """The text without characters that do not show and that a feed or a sitemap cannot hold."""
    return CONTROLS.sub("", text)
