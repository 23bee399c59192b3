"""Writes of every kind: through forms, in bulk, by SQL, imports, deletions."""

import csv
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection

from articles.models import Article, Concern, Owner
from locations.imports.csv_files import Refused
from locations.imports.importing import import_places
from locations.imports.rows import PLACE_COLUMNS
from locations.models import City, CityAlias, PracticeRule, State, ZipCode
from providers.models import Provider, Specialty
from tests.factories import make_city
from tests.reading import form_data
from therapydir.derived.catching_up import writing


def write(client, chance, number):
    """One of them, which take turns; `client` is an editor's, `chance` a `random.Random`."""
    WAYS[number % len(WAYS)](client, chance)


def execute(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def one_of(model, chance, **fields):
    """A queryset of one row by chance; of none, if there is none."""
    keys = list(model.objects.filter(**fields).order_by("pk").values_list("pk", flat=True))
    return model.objects.filter(pk=chance.choice(keys)) if keys else model.objects.none()


def a_city(chance):
    return one_of(City, chance).get()


def by_form(client, chance):
    address = f"/admin/locations/city/{a_city(chance).pk}/change/"
    data = form_data(client.get(address)) | {"intro": f"Words {chance.random()}."}
    assert client.post(address, data).status_code == 302


def by_action(client, chance):
    keys = [a_city(chance).pk for _ in range(3)]
    action = {"action": chance.choice(["publish", "withdraw"]), "_selected_action": keys, "confirmed": "yes"}
    assert client.post("/admin/locations/city/", action).status_code == 302


def a_rename(client, chance):
    number = chance.randrange(10**9)
    with writing():
        one_of(City, chance).update(name=f"Renamed {number}", slug=f"renamed-{number}")


def a_move(client, chance):
    sql = "UPDATE locations_city SET latitude = latitude + 0.01, population = %s WHERE id = %s"
    execute(sql, chance.randrange(10**6), a_city(chance).pk)


def an_import(client, chance):
    """A new place, and another population of one that stands there."""
    known = one_of(City, chance, state__code="PA").exclude(source_name="").first()
    names = [f"Imported {chance.randrange(10**9)}", *([known.source_name] if known else [])]
    facts = {"latitude": 41, "longitude": -77, "county": "Clinton", "population": chance.randrange(10**6)}
    of_state = {"state": "Pennsylvania", "state_code": "PA", "data_source": "GeoNames", "zip_codes": ""}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "places.csv"
        with path.open("w", newline="") as file:
            rows = csv.DictWriter(file, PLACE_COLUMNS, restval="")
            rows.writeheader()
            for name in names:
                rows.writerow({**of_state, **facts, "source_name": name, "name": name})
        with suppress(Refused):  # where its state or its name is another by now
            import_places(path)


def a_new_city(client, chance):
    make_city(State.objects.get(code="NY"), f"Made {chance.randrange(10**9)}", latitude=41 + chance.random())


def another_name(client, chance):
    CityAlias.objects.create(city=a_city(chance), name=f"Alias {chance.randrange(10**9)}")


def about_the_site(client, chance):
    some = Article.objects.filter(section="about").order_by("pk")[:1]
    Article.objects.filter(pk__in=[text.pk for text in some]).update(summary=f"{chance.random()}")


def a_states_name(client, chance):
    number = chance.randrange(10**9)
    State.objects.filter(code="NJ").update(slug=f"nj-{number}", name=f"NJ {number}")


WAYS = [
    by_form,
    by_action,
    a_rename,
    a_move,
    an_import,
    a_new_city,
    another_name,
    about_the_site,
    a_states_name,
    lambda client, chance: City.objects.filter(county="Orange").update(is_published=chance.random() < 0.7),
    lambda client, chance: a_city(chance).delete(),
    lambda client, chance: one_of(CityAlias, chance).delete(),
    lambda client, chance: a_city(chance).zip_codes.add(*one_of(ZipCode, chance)),
    lambda client, chance: a_city(chance).zip_codes.clear(),
    lambda client, chance: one_of(ZipCode, chance).update(place_name=f"Place {chance.random()}"),
    lambda client, chance: one_of(PracticeRule, chance).update(in_short=f"{chance.random()}"),
    lambda client, chance: one_of(PracticeRule, chance, state__code="FL").delete(),
    lambda client, chance: State.objects.filter(code="FL").update(is_published=chance.random() < 0.5),
    lambda client, chance: State.objects.get(code="NY").neighbors.set(one_of(State, chance)),
    lambda client, chance: one_of(Concern, chance).delete(),
    lambda client, chance: one_of(Provider, chance).update(is_hidden=chance.random() < 0.7),
    lambda client, chance: one_of(Provider, chance).update(phone=f"973555{chance.randrange(10**4):04d}"),
    lambda client, chance: one_of(Provider, chance).update(zip_code="07055", post_city="Passaic"),
    lambda client, chance: one_of(Provider, chance).delete(),
    lambda client, chance: one_of(Specialty, chance, slug="hands").update(label=f"hands {chance.random()}"),
    lambda client, chance: Owner.objects.update(contact=f"{chance.random()}"),
]
