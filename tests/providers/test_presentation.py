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
        (("500 US HWY 1", "SUITE 200"), "500 US Hwy 1, Suite 200"),
        (("PO BOX 12", ""), "PO Box 12"),
        (("12 Main St.", "Suite 4"), "12 Main St., Suite 4"),
    ],
)
def test_streets(lines, shown):
    assert presentation.street(*lines) == shown


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
