"""Who can help, on the pages of states, on their maps, and in the directory."""

import re

from django.core.management import call_command

from locations.models import City, State
from providers.models import Provider
from tests.providers.nppes import clinic, main_file, therapist
from therapydir.derived.catching_up import verify, writing

NEW_JERSEY = "/locations/new-jersey/"
PASSAIC = f"{NEW_JERSEY}passaic/"


def take(folder, records):
    call_command("import_nppes", str(main_file(folder, records)), verbosity=0)


def take_in_passaic_and_newark(folder):
    """Three clinics and a therapist in Passaic, a clinic in Newark."""
    newark = {"city": "NEWARK", "zip_code": "07102"}
    take(folder, [clinic(1), clinic(2), clinic(3), therapist(4), clinic(5, **newark)])


def test_a_state_says_how_many_are_there_by_city_and_for_each_ten_thousand(client, nobody, tmp_path):
    take_in_passaic_and_newark(tmp_path)
    City.objects.filter(name="Newark", state__code="NJ").update(population=305_344)
    text = client.get(NEW_JERSEY).text
    assert "Who can help: 4 clinics and 1 physical therapist." in text
    heads = re.findall(r'<th scope="col">([^<]*)</th>', text)
    assert heads == ["City", "Clinics", "PTs"]
    row = re.search(r'<tr><th scope="row"><a href="/locations/new-jersey/newark/">.*?</tr>', text)[0]
    assert re.findall(r"<td>(.*?)</td>", row) == ['1 <span class="fine">0.0</span>', "0"]
    assert f'<a href="{PASSAIC}">Passaic</a>&nbsp;<span class="count">4</span>' in text
    assert '<dt>Passaic <span class="count">4</span></dt>' in text


def test_its_map_shows_where_many_are_and_where_nobody_is(client, nobody, tmp_path):
    before = client.get(NEW_JERSEY).text
    assert 'fill="none" stroke="currentColor"/>' not in before  # nobody anywhere: by population
    take_in_passaic_and_newark(tmp_path)
    text = client.get(NEW_JERSEY).text
    dots = dict(re.findall(r'<a href="([^"]*)" tabindex="-1"><circle ([^>]*)/>', text))
    radii = {path: float(re.search(r'r="([\d.]+)"', dot)[1]) for path, dot in dots.items()}
    assert radii[PASSAIC] == max(radii.values()) > radii[f"{NEW_JERSEY}newark/"]
    hollow = {path for path, dot in dots.items() if 'fill="none"' in dot}
    assert hollow == dots.keys() - {PASSAIC, f"{NEW_JERSEY}newark/"}


def test_the_directory_says_who_is_in_each_state(client, nobody, tmp_path):
    take_in_passaic_and_newark(tmp_path)
    text = client.get("/locations/").text
    assert text.count("4 clinics and 1 physical therapist.") == 1
    of_new_jersey = text.partition('id="state_new-jersey"')[2].partition('id="state_new-york"')[0]
    assert "4 clinics and 1 physical therapist." in of_new_jersey


def test_a_whole_counts_its_parts_and_a_county_nobody_twice(client, nobody, tmp_path):
    with writing():
        part = City.objects.get(name="Clifton", state__code="NJ")
        City.objects.filter(pk=part.pk).update(part_of=City.objects.get(name="Passaic"))
    take(tmp_path, [clinic(1), clinic(2, city="CLIFTON", zip_code="07011")])
    text = client.get(NEW_JERSEY).text
    assert f'<a href="{PASSAIC}">Passaic</a>&nbsp;<span class="count">2</span>' in text
    assert '<dt>Passaic <span class="count">2</span></dt>' in text
    assert "Who can help: 2 clinics." in text


def test_a_state_is_dated_by_who_is_there_and_by_nothing_else_of_them(nobody, tmp_path):
    take_in_passaic_and_newark(tmp_path)

    def dates():
        state = State.objects.get(code="NJ")
        return state.content_changed_at, state.listing_changed_at

    before = dates()
    with writing():
        Provider.objects.filter(post_city="Newark").update(phone="9735550177")
    assert dates() == before
    with writing():
        Provider.objects.filter(post_city="Newark").update(is_hidden=True)
    content, listing = dates()
    assert content > before[0]
    assert listing > before[1]
    assert list(verify()) == []


def test_a_state_costs_as_many_queries_for_ten_records_as_for_a_hundred(
    client, nobody, tmp_path, django_assert_num_queries
):
    take_in_passaic_and_newark(tmp_path)
    with django_assert_num_queries(8):
        client.get(NEW_JERSEY)
    take(tmp_path, [clinic(n) for n in range(1, 101)])
    with django_assert_num_queries(8):
        client.get(NEW_JERSEY)
