"""From the registry's capitals to how people write: names, credentials, streets, telephone numbers.

What is in lower case already was written by somebody, and stays. Nothing is guessed that changes what a name
says: where two ways to write it are common, the plain one is taken.
"""

import re
from functools import lru_cache

from therapydir.pages.words import without_controls

SMALL = frozenset("a an and as at by for from in of on or the to with".split())
# Written in capitals wherever they stand: legal forms, credentials, and names that are said by letter.
CAPITALS = frozenset(
    """
    LLC PLLC LLP LP PC PA APC PLC LLLP PT OT SLP DPT MPT MSPT OTR PTA COTA OCS CHT RN MD DO DC NP DBA USA US
    SNF HHA CHHA VNA UPMC HMH NHC GHC TLC LHCG HCR IPT CORF ECF ALF CCRC ICF DME ADL UCLA UCSF USC UCSD NYU
    NY NJ FL OC SF NYC II III IV VI VII VIII IX XI YMCA YWCA JCC AHMC CHI HCA UHS SSH AMG ATI BPM PRN ABC MVP
    RX TMJ CPM AJ JFK MLK RWJ VA SL BK CF DP NF RHC EMC SBH OPTS CA OTA WNY VIP PGA TCU DOH
    """.split()
)
SHORTENED = frozenset(  # as words
    """
    ST CT DR MR MRS MT FT JR SR CTR NRSG NRS HTS RD PL LN SQ PKWY BLVD BLDG LTD TWP DEPT SVCS SVC SVS SRVCS
    MGMT MGT TRNG GRP HLTH
    """.split()
)
# Behind the article «a»: «…, A PHYSICAL THERAPY CORPORATION». Elsewhere an A alone is somebody's initial.
BEHIND_A = frozenset(
    "PHYSICAL OCCUPATIONAL PROFESSIONAL MEDICAL CALIFORNIA REHABILITATION SPEECH NURSING CORPORATION".split()
)
LEGAL_FORMS = frozenset("LLC PLLC LLP LP PC PA APC PLC INC CORP CORPORATION".split())
MAC = frozenset(
    """
    MACDONALD MACARTHUR MACKENZIE MACGREGOR MACLEOD MACMILLAN MACPHERSON MACKAY MACLEAN MACDOUGALL MACINTOSH
    MACNEIL MACBRIDE MACCARTHY MACINTYRE MACLAREN MACNAMARA MACFARLANE MACALLISTER MACDOWELL MACDUFF
    """.split()
)
# Before a family name, in small letters: «de la Cruz».
PARTICLES = frozenset("DE LA LAS LOS DEL DER DEN DA DAS DI DO DOS DU VON VAN Y".split())
UNITS = "STE|SUITES?|APT|UNIT|FLOOR|FL|RM|ROOM|BLDG|BUILDING|SPC"  # before a number or a letter
_UNIT = re.compile(
    rf",? ((?:(?:{UNITS})\.? #?(?:\d[\w-]*|[A-Z]\b(?:-?\d+)?)|#\w[\w-]*|\d+(?:ST|ND|RD|TH) FL(?:OO)?R?\b))",
    re.IGNORECASE,
)
_UNIT_WORD = re.compile(rf"(?:{UNITS}|HWY|RD|ST|AVE|BLVD|DR|LN|FLR)[.,]?", re.IGNORECASE)
NOTHING = ("na", "n/a", "none")  # what some write who have no second line
CREDENTIALS = (
    *("OTR/L", "OTD", "OTR", "OT/L", "MSOT", "MOT", "OT", "DPT", "MSPT", "MPT", "TDPT", "RPT", "PT"),
    *("CHT", "OCS", "SCS", "NCS", "GCS", "PCS", "WCS", "CCS", "ECS", "FAAOMPT", "CLT", "ATC", "CSCS", "ATP"),
    *(
        "PHD",
        "EDD",
        "SCD",
        "MBA",
        "MPH",
        "MHS",
        "MED",
        "MS",
        "MA",
        "BS",
        "CLVT",
        "SCLV",
        "BCP",
        "BCPR",
        "BCG",
    ),
    *("COMT", "MTC", "CERT MDT", "DHSC", "DSC", "SIPT", "CAPS", "FAOTA", "FAPTA", "CWS", "LMT"),
)
WRITTEN = {"PHD": "PhD", "EDD": "EdD", "SCD": "ScD", "MED": "MEd", "CERT MDT": "Cert. MDT", "DHSC": "DHSc"}
WRITTEN |= {"DSC": "DSc", "TDPT": "DPT"}
_CREDENTIAL = re.compile(
    rf"(?<![A-Z/])({'|'.join(sorted(map(re.escape, CREDENTIALS), key=len, reverse=True))})(?![A-Z])"
)
_VOWELS = re.compile("[AEIOUY]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*(?:\.[^\W_]+)*\.?|[^\w\s]+|_")
OFTEN = 20_000  # words, of which an import meets the same again and again
PLACEHOLDER = re.compile(r"^[\W_]*$|<UNAVAIL>")


@lru_cache(OFTEN)
def text(value):
    """The value without spaces around and within that say nothing; "" for a placeholder of the registry."""
    if not value:
        return ""
    value = " ".join(without_controls(value).split())
    return "" if PLACEHOLDER.search(value) else value


def organization_name(raw):
    """The name of an organization: «ACME PHYSICAL THERAPY OF ST. MARY'S, LLC» as people write it."""
    raw = text(raw).strip(" ,;").replace("..", ".")
    if raw not in (raw.upper(), raw.lower()):
        return raw
    return _sentence(re.sub(r",(?=[^\s\d])", ", ", re.sub(r" (?=['’]S\b)", "", raw.upper())))


def person_name(first, middle, last, suffix=""):
    """The name of a person: «MARY», «J», «DE LA CRUZ-MCDONALD» gives «Mary J. de la Cruz-McDonald»."""
    given = [_given(word) for part in (first, middle) for word in text(part).split()]
    family = _family(text(last))
    return " ".join([*given, family, *([_suffix(text(suffix))] if text(suffix) else [])]).strip()


def sort_name(first, last):
    """What a person is ordered by: the family name, then the first."""
    return _key(f"{text(last)} {text(first)}")


def organization_sort_name(name):
    """What an organization is ordered by: its name, without an article and whatever is no letter."""
    return _key(name).removeprefix("the0")


def _key(name):
    """Letters and digits alone, which every database orders alike, with 0 for blanks, before all letters."""
    return "0".join(re.sub(r"[^a-z0-9 ]", "", name.lower()).split())[:60]


@lru_cache(OFTEN)
def credentials(raw):
    """«P.T., D.P.T., O.C.S.» as «PT, DPT, OCS»: those that are known, each once, in the order given."""
    plain = re.sub(r"\s+", " ", text(raw).upper().replace(".", ""))
    found = [WRITTEN.get(one, one) for one in _CREDENTIAL.findall(plain)]
    return ", ".join(dict.fromkeys(found))


def street(first, second=""):
    """«30135 AGOURA RD STE C», «» as «30135 Agoura Rd, Ste C».

    However its parts were divided, an address reads alike, so that who shares it can be told.
    """
    lines = (re.sub(r"\s*,\s*", ", ", text(line)).strip(" ,;:") for line in (first, second))
    both = ", ".join(line for line in lines if line and line.lower() not in NOTHING)
    both = re.sub(r"# (?=\w*\d|\w\b)", "#", both)
    if both == both.upper():
        both = " ".join(_of_street(word, number) for number, word in enumerate(both.split()))
    else:
        both = " ".join(word.capitalize() if _UNIT_WORD.fullmatch(word) else word for word in both.split())
    return _UNIT.sub(r", \1", both)


@lru_cache(OFTEN)
def place_name(raw):
    """The name of a post office: «ST. PETERSBURG,» as «St. Petersburg», «CITY OF X» as «City of X»."""
    raw = text(raw).strip(" ,.;")
    if raw != raw.upper():
        return raw
    return " ".join(
        word.lower() if number and word.lower() in SMALL else _capitalized(word)
        for number, word in enumerate(raw.split())
    )


def digits_of_phone(raw):
    """The ten digits of a telephone number in North America; "" if they cannot be one."""
    digits = re.sub(r"\D", "", raw or "").removeprefix("1") if raw else ""
    return digits if re.fullmatch(r"[2-9]\d\d[2-9]\d{6}", digits) else ""


def phone_shown(digits):
    """«7145551234» as «(714) 555-1234»; what an editor wrote so already stays."""
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if digits.isdigit() else digits


def _sentence(raw):
    tokens = raw.split()
    shown = []
    for number, token in enumerate(tokens):
        before, after = tokens[number - 1] if number else "", "".join(tokens[number + 1 : number + 2])
        is_edge = not before or not after or before.endswith(("-", ":", "(", "."))
        if _is_said_by_letter(token, before, after):
            shown.append(token)
        else:
            shown.append("-".join(_of_name(part, is_edge or "-" in token) for part in token.split("-")))
    return " ".join(shown)


def _is_said_by_letter(token, before, after):
    """Whether a token stands in capitals for where it stands: an initial, «T/A», «of LI, PLLC»."""
    if token == "A":
        return before.lower() not in SMALL and after not in BEHIND_A
    if before == "OF" and re.fullmatch("[A-Z]{2},?", token):
        return not after or after.strip(".,") in LEGAL_FORMS
    return bool(re.fullmatch(r"[A-Z](/[A-Z])+", token))


def _of_name(token, is_edge):
    return _WORD.sub(lambda found: _word(found[0], is_edge), token)


@lru_cache(OFTEN)
def _word(word, is_edge):
    plain = word.strip(".")
    if word.count(".") > 1 or (plain.replace(".", "") != plain and len(plain) <= 7):
        return word if all(len(part) <= 1 for part in plain.split(".")) else _capitalized(word)
    if plain in CAPITALS or any(letter.isdigit() for letter in plain):
        return _ordinal(word)
    if plain.lower() in SMALL and not is_edge:
        return word.lower()
    if len(plain) > 1 and plain not in SHORTENED and not _VOWELS.search(plain) and len(plain) <= 5:
        return word
    return _capitalized(word)


def _ordinal(word):
    return word.lower() if re.fullmatch(r"\d+(ST|ND|RD|TH)", word) else word


@lru_cache(OFTEN)
def _capitalized(word):
    """A word of a name with the capitals that it has: McDonald, O'Neill, Smith-Jones, St. Mary's."""
    return "-".join(map(_one_capitalized, word.split("-")))


def _one_capitalized(word):
    if word in MAC:
        return f"Mac{word[3:].capitalize()}"
    if re.match(r"MC[A-Z]{2}", word):
        return f"Mc{word[2:].capitalize()}"
    if found := re.fullmatch(r"([ODL])(['’])([A-Z]{2,}.*)", word):
        return f"{found[1]}{found[2]}{found[3].capitalize()}"
    if "." in word[:-1]:
        return ".".join(part.capitalize() for part in word.split("."))
    return word.capitalize()


@lru_cache(OFTEN)
def _given(word):
    if word != word.upper():
        return word
    return f"{word}." if len(word) == 1 and word.isalpha() else _capitalized(word)


def _family(raw):
    if raw != raw.upper():
        return raw
    words = raw.split()
    return " ".join(
        word.lower() if word in PARTICLES and number < len(words) - 1 else _capitalized(word)
        for number, word in enumerate(words)
    )


def _suffix(raw):
    plain = raw.upper().strip(".")
    if plain in ("JR", "SR"):
        return f"{plain.capitalize()}."
    return plain if re.fullmatch("[IVX]+", plain) else raw


@lru_cache(OFTEN)
def _of_street(word, number):
    plain = word.strip(".,")
    if re.fullmatch(r"(N|S|E|W|NE|NW|SE|SW|US|PO|RR|II|III|IV|[A-Z])", plain):
        return word
    if any(letter.isdigit() for letter in word):
        return _ordinal(word)
    if number and plain.lower() in SMALL:
        return word.lower()
    return word if word.startswith("#") or not re.search("[A-Z]", word) else _capitalized(word)
