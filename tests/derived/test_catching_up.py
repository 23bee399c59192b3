"""What is worked out from the content is in step after every kind of write, and what is not is named."""

import random
import re
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from articles.models import Article, FormerSlug
from locations.models import (
    City,
    CityRedirect,
    Neighbor,
    PlaceName,
    State,
    StateRedirect,
)
from tests.derived.writes import execute, write
from tests.factories import make_state
from therapydir.derived import registry
from therapydir.derived.catching_up import catch_up, outstanding, verify, writing
from therapydir.derived.registry import Note
from therapydir.derived.triggers import set_triggers
from therapydir.models import DatedPage, Noted, Schema

SEED, WRITES = 13, 42


def test_a_new_site_is_in_step(db):
    assert list(verify()) == []
    assert outstanding() == 0


def test_what_is_written_is_noted_until_somebody_works_it_off(anaheim):
    execute("UPDATE locations_city SET name = 'By hand', slug = 'by-hand' WHERE id = %s", anaheim.pk)
    assert outstanding() > 0
    assert "changes are noted" in next(iter(verify()))
    assert catch_up() > 0
    assert catch_up() == 0
    assert CityRedirect.objects.get(slug="anaheim").city == anaheim


def test_the_next_list_in_the_admin_works_off_what_somebody_left(editor_client, anaheim):
    execute("UPDATE locations_city SET intro = 'By hand.' WHERE id = %s", anaheim.pk)
    response = editor_client.get("/admin/locations/city/")
    assert "changes from elsewhere were worked off" in response.text
    assert outstanding() == 0
    assert "changes from elsewhere" not in editor_client.get("/admin/locations/city/").text


def test_the_command_works_off_and_says_what_is_not_in_step(anaheim, capsys):
    City.objects.filter(pk=anaheim.pk).update(intro="Words.")
    call_command("catch_up")
    assert "Worked off" in capsys.readouterr().out
    call_command("catch_up", verify=True)
    Neighbor.objects.filter(city=anaheim).first().delete()
    with pytest.raises(CommandError, match="not in step"):
        call_command("catch_up", verify=True)


def test_a_transaction_that_fails_leaves_neither_change_nor_note(anaheim):
    before = outstanding()
    with suppress(RuntimeError), transaction.atomic():
        City.objects.filter(pk=anaheim.pk).update(intro="Words.")
        assert outstanding() > before
        raise RuntimeError
    assert outstanding() == before


def test_a_field_that_nothing_is_worked_out_from_is_not_noted(anaheim):
    City.objects.filter(pk=anaheim.pk).update(source_name="Another")
    City.objects.filter(pk=anaheim.pk).update(name=anaheim.name)
    assert outstanding() == 0


def test_both_states_of_a_city_that_moves_are_noted(anaheim):
    State.objects.filter(code="NY").update(is_published=True)
    catch_up()
    Noted.objects.all().delete()
    City.objects.filter(pk=anaheim.pk).update(state=State.objects.get(code="NY"))
    keys = set(Noted.objects.filter(what="state.listed").values_list("key", flat=True))
    assert keys == set(State.objects.filter(code__in=("CA", "NY")).values_list("pk", flat=True))


def test_an_object_that_is_older_than_its_row_takes_no_date_back(anaheim):
    anaheim.intro = "Words."
    anaheim.save()
    catch_up()
    date = City.objects.get(pk=anaheim.pk).content_changed_at
    assert date > anaheim.content_changed_at
    anaheim.save()
    catch_up()
    assert City.objects.get(pk=anaheim.pk).content_changed_at == date


def test_a_new_number_of_a_schema_works_all_of_it_out_and_moves_no_date(db):
    dates = dict(City.objects.values_list("pk", "content_changed_at"))
    for number, one in enumerate(cities := list(City.objects.order_by("pk"))):
        one.digests["own"] = f"0{one.digests['own'][1:]}"
        if number % 100 == 0:
            one.digests["rules"] = f"{one.digests['rules'][:2]}another"  # which reads otherwise by now
    City.objects.bulk_update(cities, ["digests"])
    Schema.objects.filter(part="locations.own").update(number=0)
    catch_up()
    moved = {pk for pk, date in City.objects.values_list("pk", "content_changed_at") if date != dates[pk]}
    assert moved == {one.pk for one in cities[::100]}
    assert list(verify()) == []


def test_an_app_that_registers_itself_is_noted_like_the_others(db, monkeypatch):
    seen = []
    mine = registry.Derivations(
        "auth",
        (Note("auth.group", registry.apps.get_model("auth", "Group"), fields=("name",)),),
        {},
        lambda changes: seen.append(changes("auth.group")),
    )
    pages = registry.count_pages()
    monkeypatch.setitem(registry._registered, "auth", mine)
    assert registry.count_pages() == pages
    assert list(verify()) == []
    set_triggers()
    group = registry.apps.get_model("auth", "Group").objects.create(name="Readers")
    catch_up()
    assert seen == [{group.pk}]
    monkeypatch.delitem(registry._registered, "auth")
    set_triggers()  # which takes them away again
    group.delete()
    assert outstanding() == 0


def test_after_many_writes_of_every_kind_everything_is_in_step(editor_client, db):
    chance = random.Random(SEED)
    for number in range(WRITES):
        write(editor_client, chance, number)
        if chance.random() < 0.3:
            catch_up()
    catch_up()
    assert list(verify()) == []


def test_what_shares_a_zip_code_is_looked_at_again_when_it_becomes_a_part(db):
    anaheim, fullerton, la_habra = (
        City.objects.get(name=name) for name in ("Anaheim", "Fullerton", "La Habra")
    )
    la_habra.zip_codes.add(*anaheim.zip_codes.filter(code="92801"))
    City.objects.filter(pk=la_habra.pk).update(part_of=fullerton)
    catch_up()
    City.objects.filter(pk=fullerton.pk).update(part_of=anaheim)  # and so is what is a part of it
    catch_up()
    assert list(verify()) == []


def of(model, **fields):
    return model.objects.filter(pk=model.objects.filter(**fields).order_by("pk").values_list("pk")[:1])


def city(name):
    return City.objects.get(name=name)


# What is put wrong, and how that is named; each of another page.
PLANTED = {
    "a neighbor less": (
        lambda: of(Neighbor, city=city("Erie")).delete(),
        lambda: f"The nearest cities of city {city('Erie').pk} are not",
    ),
    "a wrong distance": (
        lambda: of(Neighbor, city=city("Miami")).update(miles=1),
        lambda: f"The nearest cities of city {city('Miami').pk} are not",
    ),
    "a name less": (
        lambda: of(PlaceName, city=city("Hoboken")).delete(),
        lambda: f"The names by which city {city('Hoboken').pk} is found are not",
    ),
    "a wrong population among names": (
        lambda: of(PlaceName, city=city("Key Largo")).update(population=7),
        lambda: f"The names by which city {city('Key Largo').pk} is found are not",
    ),
    "an address of a city": (
        lambda: CityRedirect.objects.filter(city=city("Anaheim"), slug="anaheim").delete(),
        lambda: f"The address of city {city('Anaheim').pk} is not remembered",
    ),
    "an address of a state": (
        lambda: StateRedirect.objects.filter(slug="florida").delete(),
        lambda: f"The address of state {State.objects.get(code='FL').pk} is not remembered",
    ),
    "an address of a text": (
        lambda: FormerSlug.objects.filter(slug="privacy").delete(),
        lambda: f"The address of the article {Article.objects.get(slug='privacy').pk} is not remembered",
    ),
    "a digest of a city": (
        lambda: City.objects.filter(name="Fullerton").update(digests={}),
        lambda: f"The page of city {city('Fullerton').pk} reads otherwise than when it was dated \\(own\\)",
    ),
    "a digest of a state": (
        lambda: State.objects.filter(code="NJ").update(digests={}),
        lambda: f"The page of state {State.objects.get(code='NJ').pk} reads otherwise",
    ),
    "a digest of a text": (
        lambda: Article.objects.filter(is_explainer=True).update(digests={}),
        lambda: f"The article {Article.objects.get(is_explainer=True).pk} reads otherwise",
    ),
    "no first day": (
        lambda: City.objects.filter(name="Oakland").update(first_published_at=None),
        lambda: f"City {city('Oakland').pk} shows, and nothing says since when",
    ),
    "the guide's digest": (
        lambda: DatedPage.objects.filter(name="guide").update(digests={}),
        lambda: "The guide reads otherwise",
    ),
}


def test_each_thing_that_is_not_in_step_is_named(db):
    """All are planted at once, because it takes seconds to look through everything."""
    for plant, _ in PLANTED.values():
        assert plant()
    found = list(verify())
    missed = [
        error for error, (_, said) in PLANTED.items() if not any(re.match(said(), one) for one in found)
    ]
    assert missed == []


def test_a_state_that_shows_again_remembers_since_when(db):
    state = make_state(is_published=False)
    assert not state.was_visible
    state.is_published = True
    with writing():
        state.save()
    state.refresh_from_db()
    assert state.was_visible
