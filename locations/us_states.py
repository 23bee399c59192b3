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
# Codes that are words, too: they are a state only after a comma, some of them also as the last word.
ALSO_WORDS = {"in", "or", "me", "hi", "ok", "oh", "la", "al", "de", "id", "ma", "co"}
ALSO_LAST_WORDS = {"ok", "oh", "la", "al", "de", "ma"}
