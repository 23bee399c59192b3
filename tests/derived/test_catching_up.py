"""What is worked out from the content is in step after every kind of write, and what is not is named."""

import random
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from articles.models import Article, Concern, FormerSlug, Owner
from locations.models import (
    City,
    CityAlias,
    CityRedirect,
    Neighbor,
    PlaceName,
    PracticeRule,
    State,
    StateRedirect,
    ZipCode,
)
from tests.factories import make_city, make_state
from tests.reading import form_data
from therapydir.derived import registry
from therapydir.derived.catching_up import catch_up, outstanding, verify, writing
from therapydir.derived.registry import Note
from therapydir.derived.triggers import set_triggers
from therapydir.models import DatedPage, Noted, Schema

SEED, WRITES = 13, 60


def execute(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_new_site_is_in_step(db):
    assert list(verify()) == []
    assert outstanding() == 0


def test_what_is_written_is_noted_until_somebody_works_it_off(anaheim):
    execute("UPDATE locations_city SET name = 'By hand', slug = 'by-hand' WHERE id = %s", anaheim.pk)
    assert outstanding() > 0
    assert "changes are noted" in next(iter(verify()))
    assert catch_up() > 0
    assert catch_up() == 0
    assert list(verify()) == []
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
    assert City.objects.get(pk=anaheim.pk).content_changed_at == date
    assert list(verify()) == []


def test_a_new_number_of_a_schema_works_all_of_it_out_and_moves_no_date(db):
    dates = dict(City.objects.values_list("pk", "content_changed_at"))
    Schema.objects.filter(part="own").update(number=0)
    City.objects.update(digests={"own": "0:another", "rules": "1:kept"})
    catch_up()
    assert dict(City.objects.values_list("pk", "content_changed_at")) != dates  # rules said otherwise
    assert list(verify()) == []
    dates = dict(City.objects.values_list("pk", "content_changed_at"))
    Schema.objects.filter(part="own").update(number=0)
    for city in City.objects.all():
        city.digests["own"] = f"0{city.digests['own'][1:]}"
        city.save(update_fields=["digests"])
    catch_up()
    assert dict(City.objects.values_list("pk", "content_changed_at")) == dates
    assert list(verify()) == []


def test_an_app_that_registers_itself_is_noted_like_the_others(db, monkeypatch):
    seen = []
    mine = registry.Derivations(
        "auth",
        (Note("auth.group", registry.apps.get_model("auth", "Group"), fields=("name",)),),
        {},
        lambda changes: seen.append(changes("auth.group")),
    )
    monkeypatch.setitem(registry._registered, "auth", mine)
    set_triggers()
    group = registry.apps.get_model("auth", "Group").objects.create(name="Readers")
    catch_up()
    assert seen == [{group.pk}]
    monkeypatch.delitem(registry._registered, "auth")
    set_triggers()  # which takes them away again
    group.delete()
    assert outstanding() == 0


# --- Many writes of every kind ---------------------------------------------------------------------------


def a_city(chance):
    return City.objects.get(pk=chance.choice(City.objects.order_by("pk").values_list("pk", flat=True)))


def a_form(client, chance):
    address = f"/admin/locations/city/{a_city(chance).pk}/change/"
    data = form_data(client.get(address)) | {"intro": f"Words {chance.random()}."}
    assert client.post(address, data).status_code == 302


def a_rename(client, chance):
    with writing():
        City.objects.filter(pk=a_city(chance).pk).update(
            name=f"Renamed {chance.random()}", slug=f"renamed-{chance.randrange(10**9)}"
        )


WAYS = [
    a_form,
    a_rename,
    lambda client, chance: City.objects.filter(county="Orange").update(is_published=chance.random() < 0.7),
    lambda client, chance: execute(
        "UPDATE locations_city SET latitude = latitude + 0.1, population = 400000 WHERE id = %s",
        a_city(chance).pk,
    ),
    lambda client, chance: a_city(chance).delete(),
    lambda client, chance: make_city(State.objects.get(code="NY"), latitude=41 + chance.random()),
    lambda client, chance: CityAlias.objects.create(city=a_city(chance), name=f"Alias {chance.random()}"),
    lambda client, chance: CityAlias.objects.order_by("?").first().delete(),
    lambda client, chance: a_city(chance).zip_codes.add(ZipCode.objects.order_by("?").first()),
    lambda client, chance: a_city(chance).zip_codes.clear(),
    lambda client, chance: ZipCode.objects.filter(code="90001").update(place_name=f"LA {chance.random()}"),
    lambda client, chance: PracticeRule.objects.filter(state__code="PA").update(
        in_short=f"{chance.random()}", state=State.objects.get(code="PA")
    ),
    lambda client, chance: PracticeRule.objects.filter(state__code="FL", profession="OT").delete(),
    lambda client, chance: State.objects.filter(code="NJ").update(
        slug=f"nj-{chance.randrange(10**9)}", name=f"NJ {chance.random()}"
    ),
    lambda client, chance: State.objects.filter(code="FL").update(is_published=chance.random() < 0.5),
    lambda client, chance: State.objects.get(code="NY").neighbors.set(State.objects.order_by("?")[:2]),
    lambda client, chance: Concern.objects.order_by("?").first().delete(),
    lambda client, chance: (
        Article.objects.filter(section="about").update(summary=f"{chance.random()}")
        if Article.objects.filter(section="about").count() == 1
        else Article.objects.filter(slug="privacy").update(title=f"{chance.random()}")
    ),
    lambda client, chance: Owner.objects.update(contact=f"{chance.random()}"),
]


def test_after_many_writes_of_every_kind_everything_is_in_step(editor_client, db):
    chance = random.Random(SEED)
    for number in range(WRITES):
        WAYS[number % len(WAYS)](editor_client, chance)
        if chance.random() < 0.3:
            catch_up()
    catch_up()
    assert list(verify()) == []


def first(model, **fields):
    return model.objects.filter(**fields).order_by("pk").first()


PLANTED = {
    "a neighbor less": lambda: first(Neighbor).delete(),
    "a wrong distance": lambda: Neighbor.objects.filter(pk=first(Neighbor).pk).update(miles=1),
    "a name less": lambda: first(PlaceName).delete(),
    "a wrong population among names": lambda: PlaceName.objects.filter(pk=first(PlaceName).pk).update(
        population=7
    ),
    "an address of a city": lambda: CityRedirect.objects.filter(
        city__slug="anaheim", slug="anaheim"
    ).delete(),
    "an address of a state": lambda: StateRedirect.objects.filter(slug="florida").delete(),
    "an address of a text": lambda: FormerSlug.objects.filter(slug="privacy").delete(),
    "a digest of a city": lambda: City.objects.filter(pk=first(City).pk).update(digests={}),
    "a digest of a text": lambda: Article.objects.filter(pk=first(Article).pk).update(digests={}),
    "no first day": lambda: City.objects.filter(pk=first(City).pk).update(first_published_at=None),
    "the guide's digest": lambda: DatedPage.objects.update(digests={}),
}


@pytest.mark.parametrize("error", PLANTED)
def test_what_is_not_in_step_is_named(db, error):
    PLANTED[error]()
    assert list(verify()) != []


def test_a_state_that_shows_again_remembers_since_when(db):
    state = make_state(is_published=False)
    assert not state.was_visible
    state.is_published = True
    with writing():
        state.save()
    state.refresh_from_db()
    assert state.was_visible
