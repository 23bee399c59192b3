"""Invents files like those of the NPI registry: any number of rows, of either version, sound or with a fault.

Names and addresses are put together by chance from short lists, so that they are nobody's.
"""

import random
import zipfile

HEADER = {
    1: ("Provider Gender Code",),
    2: ("Provider Sex Code",),
}
MAILING = "Provider Business Mailing Address"
PRACTICE = "Provider Business Practice Location Address"


def _address(kind, first, second):
    return [
        *(first, second, f"{kind} City Name", f"{kind} State Name", f"{kind} Postal Code"),
        *(f"{kind} Country Code (If outside U.S.)", f"{kind} Telephone Number", f"{kind} Fax Number"),
    ]


def header(version=2):
    """The names of the 330 columns of the main file."""
    names = [
        *("NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)"),
        *("Provider Organization Name (Legal Business Name)", "Provider Last Name (Legal Name)"),
        *("Provider First Name", "Provider Middle Name", "Provider Name Prefix Text"),
        *("Provider Name Suffix Text", "Provider Credential Text", "Provider Other Organization Name"),
        *("Provider Other Organization Name Type Code", "Provider Other Last Name"),
        *("Provider Other First Name", "Provider Other Middle Name", "Provider Other Name Prefix Text"),
        *("Provider Other Name Suffix Text", "Provider Other Credential Text"),
        "Provider Other Last Name Type Code",
        *_address(
            MAILING,
            "Provider First Line Business Mailing Address",
            "Provider Second Line Business Mailing Address",
        ),
        *_address(
            PRACTICE,
            "Provider First Line Business Practice Location Address",
            "Provider Second Line Business Practice Location Address",
        ),
        *("Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code"),
        *("NPI Deactivation Date", "NPI Reactivation Date", *HEADER[version]),
        *("Authorized Official Last Name", "Authorized Official First Name"),
        *("Authorized Official Middle Name", "Authorized Official Title or Position"),
        "Authorized Official Telephone Number",
    ]
    for slot in range(1, 16):
        names += [
            *(f"Healthcare Provider Taxonomy Code_{slot}", f"Provider License Number_{slot}"),
            f"Provider License Number State Code_{slot}",
            f"Healthcare Provider Primary Taxonomy Switch_{slot}",
        ]
    for slot in range(1, 51):
        names += [
            *(f"Other Provider Identifier_{slot}", f"Other Provider Identifier Type Code_{slot}"),
            *(f"Other Provider Identifier State_{slot}", f"Other Provider Identifier Issuer_{slot}"),
        ]
    names += ["Is Sole Proprietor", "Is Organization Subpart", "Parent Organization LBN"]
    names += ["Parent Organization TIN", "Authorized Official Name Prefix Text"]
    names += ["Authorized Official Name Suffix Text", "Authorized Official Credential Text"]
    names += [f"Healthcare Provider Taxonomy Group_{slot}" for slot in range(1, 16)]
    return [*names, "Certification Date"]


COLUMNS = {name: place for place, name in enumerate(header())}
SHORT = {
    "entity": "Entity Type Code",
    "organization": "Provider Organization Name (Legal Business Name)",
    "last": "Provider Last Name (Legal Name)",
    "first": "Provider First Name",
    "middle": "Provider Middle Name",
    "suffix": "Provider Name Suffix Text",
    "credential": "Provider Credential Text",
    "other": "Provider Other Organization Name",
    "other_type": "Provider Other Organization Name Type Code",
    "street": "Provider First Line Business Practice Location Address",
    "street2": "Provider Second Line Business Practice Location Address",
    "city": f"{PRACTICE} City Name",
    "state": f"{PRACTICE} State Name",
    "zip_code": f"{PRACTICE} Postal Code",
    "country": f"{PRACTICE} Country Code (If outside U.S.)",
    "phone": f"{PRACTICE} Telephone Number",
    "since": "Provider Enumeration Date",
    "updated": "Last Update Date",
    "deactivated": "NPI Deactivation Date",
    "reactivated": "NPI Reactivation Date",
    "code": "Healthcare Provider Taxonomy Code_1",
    "switch": "Healthcare Provider Primary Taxonomy Switch_1",
    "code15": "Healthcare Provider Taxonomy Code_15",
    "switch15": "Healthcare Provider Primary Taxonomy Switch_15",
}


def npi(number):
    """The NPI with that number from 0 to 999,999,99: nine digits and the check digit (Luhn, with 80840)."""
    digits = f"1{number:08d}"
    total = 24
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


def therapist(number, **values):
    """The fields of a physical therapist in Passaic, but for `values`."""
    return fields(
        number,
        {
            **{"entity": "1", "last": "EXAMPLE", "first": "ALEX", "credential": "PT, DPT"},
            **{"street": "1 SAMPLE ST", "city": "PASSAIC", "state": "NJ", "zip_code": "070550001"},
            **{"country": "US", "phone": "9735550100", "since": "05/23/2007", "updated": "03/04/2024"},
            **{"code": "225100000X", "switch": "Y"},
            **values,
        },
    )


def clinic(number, **values):
    """The fields of a physical therapy clinic there, but for `values`."""
    organization = {"entity": "2", "organization": "SAMPLE PHYSICAL THERAPY LLC", "last": "", "first": ""}
    return therapist(number, **{**organization, "credential": "", "code": "261QP2000X", **values})


def fields(number, values):
    row = [""] * len(COLUMNS)
    row[0] = npi(number)
    for name, value in values.items():
        row[COLUMNS[SHORT.get(name, name)]] = value
    return row


def line(row):
    return ",".join(f'"{value}"' for value in row).encode() + b"\n"


def main_file(folder, rows, *, version=2, whole=True, ends="20251109", name=None):
    """A file of those rows, given as fields or as bytes; its path."""
    begins = "20050523" if whole else "20251103"
    path = folder / (name or f"npidata_pfile_{begins}-{ends}.csv")
    with path.open("wb") as file:
        file.write(line(header(version)))
        file.writelines(row if isinstance(row, bytes) else line(row) for row in rows)
    return path


def zipped(path, *files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return path


SECONDARY = "Provider Secondary Practice Location Address"


def places_file(folder, rows, ends="20251109"):
    """A file of further places of practice: (number, street, city, state, ZIP code, phone)."""
    names = [
        *("NPI", f"{SECONDARY}- Address Line 1", f"{SECONDARY}-  Address Line 2"),
        *(f"{SECONDARY} - City Name", f"{SECONDARY} - State Name", f"{SECONDARY} - Postal Code"),
        *(f"{SECONDARY} - Country Code (If outside U.S.)", f"{SECONDARY} - Telephone Number"),
        *(f"{SECONDARY} - Telephone Extension", "Provider Practice Location Address - Fax Number"),
    ]
    path = folder / f"pl_pfile_20050523-{ends}.csv"
    with path.open("wb") as file:
        file.write(line(names))
        for number, street, city, state, zip_code, phone in rows:
            file.write(line([npi(number), street, "", city, state, zip_code, "US", phone, "", ""]))
    return path


def names_file(folder, rows, ends="20251109"):
    """A file of other names of organizations: (number, name, type)."""
    names = ["NPI", "Provider Other Organization Name", "Provider Other Organization Name Type Code"]
    path = folder / f"othername_pfile_20050523-{ends}.csv"
    with path.open("wb") as file:
        file.write(line(names))
        file.writelines(line([npi(number), name, kind]) for number, name, kind in rows)
    return path


LAST = "ABLE BAKER CHARLIE DELTA ECHO FOXTROT GOLF HOTEL INDIA JULIET KILO LIMA MIKE NOVEMBER OSCAR".split()
LAST = [f"{name}{end}".encode() for name in LAST for end in ("", "MAN", "SON", "-BELL", "BERG", "FIELD")]
FIRST = b"ALEX BLAKE CASEY DANA ELLIS FRANKIE GALE HARPER INDIGO JAMIE KAI LEE MORGAN NICKY".split()
STREETS = b"OAK ELM MAPLE PINE CEDAR BIRCH WALNUT CHERRY".split()
ELSEWHERE = (("43085", "COLUMBUS", "OH"), ("60601", "CHICAGO", "IL"), ("77002", "HOUSTON", "TX"))
# Who is a person (1) or an organization (2), with which codes.
OURS = (("1", "225100000X", "2251X0800X"), ("1", "225X00000X", ""), ("1", "225100000X", ""))
OURS += (("1", "225XH1200X", "225X00000X"), ("1", "2251P0200X", ""), ("2", "261QP2000X", "225100000X"))
OURS += (("2", "251E00000X", ""), ("2", "314000000X", "313M00000X"))
ALIKE = (*OURS, ("1", "225200000X", ""), ("1", "225700000X", ""), ("2", "261QM0801X", ""))
OTHERS = (("1", "207Q00000X", "207R00000X"), ("1", "1041C0700X", ""), ("1", "163W00000X", ""))
OTHERS += (("1", "183500000X", ""), ("1", "122300000X", "1223G0001X"), ("2", "332B00000X", "333600000X"))
DAYS = [b"%02d/%02d/%d" % (n % 12 + 1, n % 28 + 1, 2006 + n % 19) for n in range(6384)]


def many(count, addresses, *, share=0.05, alike=0.05, seed=1):
    """The lines of `count` rows, as wide as real ones are: a hundred thousand in a second.

    That `share` of them is ours, at `addresses`: (ZIP code, city, state). As many as `alike` says seem to be
    at first, by their codes, and are elsewhere. The rest is of other kinds.
    """
    chance = random.Random(seed)
    pick, choice = chance.random, chance.choice
    here, there = ([tuple(part.encode() for part in one) for one in some] for some in (addresses, ELSEWHERE))
    ours, seeming, others = ([_template(chance, *one) for one in 4 * kind] for kind in (OURS, ALIKE, OTHERS))
    for number in range(count):
        kind = pick()
        is_ours = kind < share
        is_person, template = choice(ours if is_ours else seeming if kind < share + alike else others)
        zip_code, city, state = choice(here if is_ours else there)
        street = b"%d %b ST" % (int(pick() * 60) * 7 + 1, choice(STREETS))
        phone = b"973%07d" % (5550000 + number * 7 % 4_000_000)
        address = street, city, state, b"%b%04d" % (zip_code, number % 7919), phone
        name = (
            (choice(LAST), choice(FIRST))
            if is_person
            else (b"%b %b THERAPY" % (choice(LAST), choice(FIRST)),)
        )
        yield template % (npi(number).encode(), *name, *address, *address, choice(DAYS), choice(DAYS), number)


def _template(chance, entity, code, further):
    """(whether it is a person, a line of that kind to be filled in)."""
    is_person = entity == "1"
    row = fields(0, {"entity": entity, "country": "US", "code": code, "switch": "Y"})
    for kind in ("Mailing", "Practice Location"):
        at = COLUMNS[f"Provider First Line Business {kind} Address"]
        row[at], row[at + 2 : at + 5], row[at + 6] = "%b", ["%b"] * 3, "%b"
        row[at + 1] = chance.choice(("", "", "STE 200"))
        row[at + 5] = "US"
    row[0] = row[COLUMNS["Provider Enumeration Date"]] = row[COLUMNS["Last Update Date"]] = "%b"
    row[COLUMNS["Provider License Number_1"]] = "PT%06d"
    row[COLUMNS["Provider License Number State Code_1"]] = "NJ"
    for name in ("last", "first") if is_person else ("organization",):
        row[COLUMNS[SHORT[name]]] = "%b"
    if further:
        row[COLUMNS["Healthcare Provider Taxonomy Code_2"]] = further
        row[COLUMNS["Healthcare Provider Primary Taxonomy Switch_2"]] = "N"
    if is_person:
        row[COLUMNS[SHORT["credential"]]] = "PT, DPT"
        row[COLUMNS["Is Sole Proprietor"]] = "N"
    else:
        at = COLUMNS["Authorized Official Last Name"]
        row[at : at + 5] = ["EXAMPLE", "ALEX", "M", "OWNER", "9735550100"]
        row[COLUMNS["Is Organization Subpart"]] = "N"
        row[COLUMNS["Healthcare Provider Taxonomy Group_1"]] = "193400000X SINGLE SPECIALTY GROUP"
    for slot in range(1, chance.choice((1, 1, 1, 2, 6))):
        at = COLUMNS[f"Other Provider Identifier_{slot}"]
        row[at : at + 4] = [f"{chance.randrange(10**9)}", "05", "NJ", ""]
    row[-1] = chance.choice(("", "05/04/2021"))
    return is_person, line(row)
