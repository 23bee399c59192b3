"""Names of post offices that nobody knew: by one click they mean the city that their ZIP code is in."""

import pytest
from django.core.management import call_command

from locations.models import City, CityAlias
from providers.models import Placed, Provider
from providers.naming import add_aliases
from tests.providers.nppes import clinic, main_file
from therapydir.derived.catching_up import verify


@pytest.fixture
def records(nobody, tmp_path):
    """Two with a name nobody knows."""
    rows = [clinic(1, city="DUNDEE ISLAND"), clinic(2, city="DUNDEE ISLAND")]
    call_command("import_nppes", str(main_file(tmp_path, rows)), verbosity=0)
    return Provider.objects.order_by("npi")


def let_them_mean_their_cities(client, records):
    chosen = {"action": "name_cities", "_selected_action": [record.pk for record in records]}
    return client.post("/admin/providers/provider/", chosen, follow=True).text


def test_one_click_makes_the_name_another_name_of_the_city(editor_client, client, records):
    first, second = records
    assert (first.placed, first.city.name) == (Placed.ZIP_CODE, "Passaic")
    text = let_them_mean_their_cities(editor_client, [first, second])
    assert "1 name means a city now: Dundee Island (Passaic, NJ)." in text
    alias = CityAlias.objects.get(name="Dundee Island")
    assert not alias.is_shown
    assert {record.placed for record in Provider.objects.filter(pk__in=[first.pk, second.pk])} == {
        Placed.BOTH
    }
    response = client.get("/search/", {"q": "dundee island nj"})
    assert response["Location"].startswith("/locations/new-jersey/passaic/")
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("name", "placed", "reason"),
    [
        ("Dundee Island", Placed.NEAR, "only where the ZIP code alone told the city is it sure"),
        ("Dundee Island", Placed.DISAGREE, "only where the ZIP code alone told the city is it sure"),
        ("Sussex", Placed.ZIP_CODE, "that is another place in New Jersey."),
        ("Clifton", Placed.ZIP_CODE, "that leads to Clifton already."),
    ],
)
def test_a_name_that_is_not_sure_to_mean_the_city_does_not(records, name, placed, reason):
    passaic = City.objects.get(name="Passaic")
    Provider.objects.filter(pk=records[0].pk).update(placed=placed, city=passaic, post_city=name)
    added, [sentence] = add_aliases(Provider.objects.filter(pk=records[0].pk))
    assert added == []
    assert sentence.startswith(f"{name}: {reason}")


def test_who_may_not_add_names_is_not_offered_it(client, django_user_model, records):
    from django.contrib.auth.models import Permission

    person = django_user_model.objects.create_user("other", password="words", is_staff=True)
    person.user_permissions.add(*Permission.objects.filter(codename__in=["view_provider", "change_provider"]))
    client.force_login(person)
    assert "name_cities" not in client.get("/admin/providers/provider/").text
