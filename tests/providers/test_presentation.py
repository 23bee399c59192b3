"""From the registry's capitals to how people write."""

import pytest

from providers import presentation


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("ACME PHYSICAL THERAPY, LLC", "Acme Physical Therapy, LLC"),
        ("THE HAND CENTER OF ST. MARY'S", "The Hand Center of St. Mary's"),
        ("JOHN MCDONALD PT DPT OCS PA", "John McDonald PT DPT OCS PA"),
        ("O'NEILL & MACDONALD REHAB P.C.", "O'Neill & MacDonald Rehab P.C."),
        ("UPMC MERCY", "UPMC Mercy"),
        ("HMH RESIDENTIAL CARE, INC.", "HMH Residential Care, Inc."),
        ("2ND STREET THERAPY", "2nd Street Therapy"),
        ("MOVE 4U", "Move 4U"),
        ("AT HOME PT", "At Home PT"),
        ("CARE AT", "Care At"),
        ("GERI-CARE II", "Geri-Care II"),
        ("COMPLETE  CARE  AT  ORANGE", "Complete Care at Orange"),
        ("L'IMAGE SPA", "L'Image Spa"),
        ("iMove Therapy", "iMove Therapy"),
        ("D/P SNF OF SAINT PAUL", "D/P SNF of Saint Paul"),
        ("ASSOC..", "Assoc."),
        # An A is an initial, but for an article before what somebody is.
        ("DANA A SAMPLE MS-CCC-SLP", "Dana A Sample MS-CCC-SLP"),
        ("SAMPLE A PHYSICAL THERAPY CORPORATION", "Sample a Physical Therapy Corporation"),
        ("WALK IN A DAY", "Walk in a Day"),
        # Spaces where they belong.
        ("SAMPLE 'S HOME CARE,INC", "Sample's Home Care, Inc"),
        ("REHABILITATION CENTER,P.A.", "Rehabilitation Center, P.A."),
        ("10,000 STEPS PT", "10,000 Steps PT"),
        # By letter where it stands for a state or a part of one, or between slashes.
        ("HAND THERAPY OF LI, PLLC", "Hand Therapy of LI, PLLC"),
        ("REHABILITATION OF CA INC", "Rehabilitation of CA Inc"),
        ("HOUSE OF LA MESA", "House of La Mesa"),
        ("SAMPLE CORP T/A MEADOWS", "Sample Corp T/A Meadows"),
        ("AL-SAMPLE HOME HEALTH", "Al-Sample Home Health"),
        # Shortened words are words, though they have no vowels.
        ("CO DOH SVS BUR OF PUB HLTH", "Co DOH Svs Bur of Pub Hlth"),
        ("1 SAMPLE RD. CLINIC", "1 Sample Rd. Clinic"),
        # A new part begins like a name, and nobody's name is all in small letters.
        ("THE ORCHARD - THE VILLAGE", "The Orchard - The Village"),
        ("sample memorial hospital", "Sample Memorial Hospital"),
        ("=====", ""),
        ("<UNAVAIL>", ""),
    ],
)
def test_names_of_organizations(raw, shown):
    assert presentation.organization_name(raw) == shown


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (("MARY", "J", "MCDONALD", ""), "Mary J. McDonald"),
        (("MARY ANN", "", "O'NEILL-SMITH", ""), "Mary Ann O'Neill-Smith"),
        (("ANA", "MARIA", "DE LA CRUZ", "III"), "Ana Maria de la Cruz III"),
        (("JAN", "", "VAN DER BERG", "JR."), "Jan van der Berg Jr."),
        (("LEE", "<UNAVAIL>", "DO", ""), "Lee Do"),
        (("ALEX", "", "NULL", ""), "Alex Null"),
        (("Sam", "T.", "MacRae", ""), "Sam T. MacRae"),
    ],
)
def test_names_of_persons(parts, shown):
    assert presentation.person_name(*parts) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("P.T., D.P.T., O.C.S.", "PT, DPT, OCS"),
        ("OTR/L, CHT", "OTR/L, CHT"),
        ("PT DPT PT", "PT, DPT"),
        ("PHD, PT", "PhD, PT"),
        ("PHYSICAL THERAPIST", ""),
        ("***", ""),
    ],
)
def test_credentials(raw, shown):
    assert presentation.credentials(raw) == shown


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (("30135 AGOURA RD STE C", ""), "30135 Agoura Rd, Ste C"),
        (("125 NE 23RD ST", "APT 4B"), "125 NE 23rd St, Apt 4B"),
        (("1 MCDONALD  AVE", ""), "1 McDonald Ave"),
        (("1027 N HARBOR BLVD #B", ""), "1027 N Harbor Blvd, #B"),
        (("1027 N HARBOR BLVD", "# B"), "1027 N Harbor Blvd, #B"),
        (("500 US HWY 1", "SUITE 200"), "500 US Hwy 1, Suite 200"),
        (("PO BOX 12", ""), "PO Box 12"),
        (("12 Main St.", "Suite 4"), "12 Main St., Suite 4"),
        (("865 SAMPLE AVENUE, 3RD FLOOR", ""), "865 Sample Avenue, 3rd Floor"),
        (("100 SAMPLE BLVD, 2ND FLOOR, SUITE 207", ""), "100 Sample Blvd, 2nd Floor, Suite 207"),
        (("1 SAMPLE LANE SUITES 205/206", ""), "1 Sample Lane, Suites 205/206"),
        (("RR 1 RTE 32 SOUTH", ""), "RR 1 Rte 32 South"),
        (("28 AVENUE OF THE AMERICAS", "FL 3"), "28 Avenue of the Americas, Fl 3"),
        (("8 Sample Rd", "n/a"), "8 Sample Rd"),
        ((": 8 Highway 97, La Pine, OR", ""), "8 Highway 97, La Pine, OR"),
        (("45 E 135th St", "Apt # 5F"), "45 E 135th St, Apt #5F"),
        (("9699 Ocean HWY", "OHSU"), "9699 Ocean Hwy, OHSU"),
        (("12 UNIT DRIVE", ""), "12 Unit Drive"),
    ],
)
def test_streets(lines, shown):
    assert presentation.street(*lines) == shown


@pytest.mark.parametrize(
    "lines",
    [("8222 SAMPLE RD", "STE 100B"), ("8222 SAMPLE RD, STE 100B", ""), ("8222 Sample Rd Ste 100B", "")],
)
def test_an_address_reads_alike_however_its_parts_were_divided(lines):
    assert presentation.street(*lines) == "8222 Sample Rd, Ste 100B"


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("(714) 555-0100", "7145550100"),
        ("17145550100", "7145550100"),
        ("0000000000", ""),
        ("7141550100", ""),
        ("555-0100", ""),
        (None, ""),
    ],
)
def test_only_what_can_be_a_phone_number_is_one(raw, digits):
    assert presentation.digits_of_phone(raw) == digits


def test_persons_are_ordered_by_family_name_and_organizations_without_an_article():
    assert presentation.sort_name("ALEX", "O'NEILL") == "oneill0alex"
    assert presentation.organization_sort_name("The Hand Center, Inc.") == "hand0center0inc"
    assert presentation.place_name("ST. PETERSBURG,") == "St. Petersburg"
    assert presentation.place_name("CITY OF INDUSTRY") == "City of Industry"
