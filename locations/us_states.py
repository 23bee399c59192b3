"""The states of the USA with their USPS codes, for those that are not in the directory yet, too."""

# USPS Publication 28, appendix B.
NAMES = dict(
    pair.split(" ", 1)
    for pair in (
        "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|"
        "DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|"
        "KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|"
        "MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|"
        "NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|"
        "PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|"
        "VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming"
    ).split("|")
)
# Other ways to write some of them, as their words.
INFORMAL = {"calif": "CA", "cal": "CA", "fla": "FL", "penna": "PA", "penn": "PA"}
INFORMAL |= {"wash dc": "DC", "washington dc": "DC"}
# Codes that are words, too: a state only after a comma, or as the last word behind the name of a place.
ALSO_WORDS = {"in", "or", "me", "hi", "ok", "oh", "la", "al", "de", "id", "ma", "co", "mi", "ms", "md"}
# Which first three digits of ZIP codes are whose, from the first to the last (USPS Publication 65).
_PREFIXES = (
    "005-005 NY|010-027 MA|028-029 RI|030-038 NH|039-049 ME|050-054 VT|055-055 MA|056-059 VT|060-069 CT|"
    "070-089 NJ|100-149 NY|150-196 PA|197-199 DE|200-200 DC|201-201 VA|202-205 DC|206-219 MD|220-246 VA|"
    "247-268 WV|270-289 NC|290-299 SC|300-319 GA|320-339 FL|341-349 FL|350-369 AL|370-385 TN|386-397 MS|"
    "398-399 GA|400-427 KY|430-459 OH|460-479 IN|480-499 MI|500-528 IA|530-549 WI|550-567 MN|570-577 SD|"
    "580-588 ND|590-599 MT|600-629 IL|630-658 MO|660-679 KS|680-693 NE|700-714 LA|716-729 AR|730-749 OK|"
    "750-799 TX|800-816 CO|820-831 WY|832-838 ID|840-847 UT|850-865 AZ|870-884 NM|885-885 TX|889-898 NV|"
    "900-961 CA|967-968 HI|970-979 OR|980-994 WA|995-999 AK"
)
STATE_OF_PREFIX = {
    f"{number:03}": code
    for pair in _PREFIXES.split("|")
    for (span, code) in [pair.split(" ")]
    for number in range(int(span[:3]), int(span[4:]) + 1)
}


def state_of_zip_code(code):
    """The name of the state that a ZIP code lies in, or "" for those of the military, islands, and none."""
    return NAMES.get(STATE_OF_PREFIX.get(code[:3], ""), "")
