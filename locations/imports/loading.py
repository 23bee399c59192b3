"""Loads the places that a new site starts with from CSV files."""

import csv
from datetime import date

from locations.imports.importing import add_missing, create, paths_in_use
from locations.imports.updating import update
from locations.models import City, CityAlias, CityRedirect, OtherPlace, PracticeRule, State, StateRedirect
from therapydir.derived.corrections import Standing, former_files, standing
from therapydir.pages.paths import slug_for

RULES = "practice_rules.csv"


def load(folder):
    """Add what is missing of the states, ZIP codes, places, names, rules and other places of `folder`.

    Rows that exist are left as they are, with what hangs on them, and so is every address that
    leads somewhere; the keys are the USPS code, the ZIP code, and state and `source_name`.
    Returns how many rows were added, by kind.
    """
    added = {"states": _load_states(folder)}
    added["ZIP codes"], added["cities"] = add_missing(folder)
    added["aliases and redirects"] = _load_names(folder)
    added["practice rules"] = _load_rules(folder)
    added["places without a page"] = _load_other_places(folder)
    return added


def correct(folder):
    """Bring places and practice rules that read as an earlier fixture did to what `folder` says now.

    What somebody edited stays as it is. Returns how many rows were corrected, and the labels of what
    differs from the fixtures because somebody edited it.
    """
    count, left = update(folder)
    corrected, edited = _correct_rules(folder)
    return count + corrected, [*left, *edited]


def _correct_rules(folder):
    present = _rules_by_key(folder / RULES)
    formers = [_rules_by_key(file) for file in former_files(folder, RULES)]
    corrected, edited = [], []
    for rule in PracticeRule.objects.select_related("state"):
        key = (rule.state.code, rule.profession)
        if key not in present:
            continue
        stored = {field: getattr(rule, field) for field in present[key]}
        match standing(stored, present[key], [former[key] for former in formers if key in former]):
            case Standing.OUTDATED:
                for field, value in present[key].items():
                    setattr(rule, field, value)
                corrected.append(rule)
            case Standing.EDITED:
                edited.append(f"practice rule “{rule}”")
    if corrected:
        PracticeRule.objects.bulk_update(corrected, next(iter(present.values())))
    return len(corrected), edited


def _rules_by_key(file):
    """The values of the rules in a CSV file, by field, by (USPS code, profession)."""
    return {
        (row.pop("state_code"), row.pop("profession")): row
        | {"checked_on": date.fromisoformat(row["checked_on"])}
        for row in _rows(file.parent, file.name)
    }


def _rows(folder, name):
    with (folder / name).open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _states_by_code():
    return {state.code: state for state in State.objects.all()}


def _load_states(folder):
    rows = list(_rows(folder, "states.csv"))
    known = {text for state in State.objects.values_list("code", "name", "slug") for text in state}
    known |= set(StateRedirect.objects.values_list("slug", flat=True))
    new = [row for row in rows if known.isdisjoint((row["state_code"], row["name"], row["slug"]))]
    create(
        State,
        [State(name=row["name"], slug=row["slug"], code=row["state_code"]) for row in new],
    )
    states = _states_by_code()
    for row in new:
        bordering = (states[code] for code in row["neighbors"].split() if code in states)
        states[row["state_code"]].neighbors.add(*bordering)
    return len(new)


def _load_rules(folder):
    states = _states_by_code()
    known = set(PracticeRule.objects.values_list("state__code", "profession"))
    return create(
        PracticeRule,
        (
            PracticeRule(state=states[code], profession=profession, **values)
            for (code, profession), values in _rules_by_key(folder / RULES).items()
            if code in states and (code, profession) not in known
        ),
    )


def _cities_by_key():
    rows = City.objects.exclude(source_name="").values_list("state__code", "source_name", "pk")
    return {(code, source_name): pk for code, source_name, pk in rows}


def _load_names(folder):
    states, cities = _states_by_code(), _cities_by_key()
    aliases = set(CityAlias.objects.values_list("city", "slug"))
    new_aliases = [
        CityAlias(
            city_id=cities[row["state_code"], row["source_name"]],
            name=row["alias"],
            slug=slug_for(row["alias"]),
            is_shown=row["is_shown"] == "yes",
        )
        for row in _rows(folder, "aliases.csv")
        if (row["state_code"], row["source_name"]) in cities
    ]
    taken = paths_in_use()
    new_redirects = [
        CityRedirect(
            state=states[row["state_code"]],
            slug=slug_for(row["entry"]),
            city_id=cities.get((row["state_code"], row["source_name"])),
        )
        for row in _rows(folder, "redirects.csv")
        if row["state_code"] in states and (row["state_code"], slug_for(row["entry"])) not in taken
    ]
    return create(
        CityAlias, [alias for alias in new_aliases if (alias.city_id, alias.slug) not in aliases]
    ) + create(CityRedirect, new_redirects)


def _load_other_places(folder):
    states, cities = _states_by_code(), _cities_by_key()
    known = set(OtherPlace.objects.values_list("state__code", "name", "county"))
    new = []
    for row in _rows(folder, "other_places.csv"):
        code, led_to = row.pop("state_code"), row.pop("leads_to")
        if code in states and (code, row["name"], row["county"]) not in known:
            row |= {"latitude": float(row["latitude"]), "longitude": float(row["longitude"])}
            row["population"] = int(row["population"]) if row["population"] else None
            keys = [(code, name.strip()) for name in led_to.split(";") if name.strip()]
            new.append(
                (OtherPlace(state=states[code], **row), [cities[key] for key in keys if key in cities])
            )
    create(OtherPlace, [place for place, _ in new])
    through = OtherPlace.leads_to.through
    create(through, [through(otherplace=place, city_id=city) for place, led_to in new for city in led_to])
    return len(new)
