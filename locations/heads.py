"""The heads of the directory's pages: titles, descriptions, structured data."""

from dataclasses import replace

from django.urls import reverse

from locations.offering import is_offered
from therapydir.pages.head import (
    HOME,
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    Crumb,
    PageMeta,
    SocialPicture,
    first_that_fits,
    item_list,
    join_names,
    sentences_that_fit,
)

DIRECTORY = Crumb("Directory", "/locations/")
NAMED = 3  # of a state's cities, in its description


def trail_through(state, *crumbs):
    """The way from home to a state, and on to what lies in it."""
    return HOME, DIRECTORY, Crumb(state.name, reverse("locations:state", args=[state.slug])), *crumbs


def directory_page(directory):
    """The `PageMeta` of the full `Directory`."""
    states, count = directory.states, directory.city_count
    return PageMeta(
        title="Full State and City Directory of OT and PT",
        description=(
            f"Occupational and physical therapy by place: {counted(count, 'city', 'cities')} in "
            f"{counted(len(states), 'state', 'states')}, "
            "each with its county, its ZIP codes and the cities around it."
        ),
        path=reverse("locations:index"),
        changed_at=directory.changed_at,
        trail=(HOME, DIRECTORY),
        structured=(item_list("States", states),),
    )


def state_picture(state):
    """The `SocialPicture` of a state."""
    return SocialPicture("state", state.pk, f"Occupational and physical therapy in {state.name}")


def city_picture(city):
    """The `SocialPicture` of a city."""
    place = f"{city.name}, {city.state.name}"
    return SocialPicture("city", city.pk, f"Occupational and physical therapy in {place}")


def state_page(state, said):
    """The `PageMeta` of a state with its cities, and what is `said` of who is there."""
    cities = state.listed_cities
    here = state.get_absolute_url()
    facts = [f"Occupational and physical therapy in {state.name}."]
    if cities:
        counties = counted(state.county_count, "county", "counties")
        facts.append(f"{counted(len(cities), 'city', 'cities')} in {counties}, A to Z.")
    facts += said
    if state.largest_cities:
        facts.append(f"Among them {join_names([city.name for city in state.largest_cities[:NAMED]])}.")
    facts.append("What each therapy does, and where to look.")
    return PageMeta(
        title=f"Occupational and Physical Therapy in {state.name}",
        description=sentences_that_fit(facts),
        path=here,
        changed_at=state.content_changed_at,
        picture=state_picture(state),
        trail=trail_through(state),
        structured=() if state.is_split else (item_list(f"Cities in {state.name}", cities),),
    )


def letter_page(state, letter):
    """The `PageMeta` of the cities of a state that begin with a letter."""
    cities = state.cities_by_letter[letter]
    here, letter = state.letter_path(letter), letter.upper()
    names = [city.name for city in cities[:3]]
    more = [f"{len(cities) - 3:,} more"] if len(cities) > 3 else []
    facts = [
        f"Cities in {state.name} that begin with {letter}: {join_names(names + more)}.",
        "Occupational and physical therapy there: what each does, and where to look.",
    ]
    return PageMeta(
        title=f"Cities in {state.name} With {letter}: OT and PT",
        description=sentences_that_fit(facts),
        path=here,
        changed_at=state.listing_changed_at,
        picture=state_picture(state),
        trail=trail_through(state, Crumb(letter, here)),
        structured=(item_list(f"Cities in {state.name} that begin with {letter}", cities),),
    )


def city_page(city, rules, brought, picture, changed_at):
    """The `PageMeta` of a city, given the `Own` of it, its state's rules, and its `Brought` parts."""
    state = city.state
    here = city.path
    place = f"{city.name}, {state.name}"
    page = PageMeta(
        title=first_that_fits(
            [
                f"Occupational and Physical Therapy in {place}",
                f"Occupational and Physical Therapy in {city.name}, {state.code}",
                f"OT and PT in {city.name}, {state.code}",
            ],
            LONGEST_TITLE,
        ),
        description=sentences_that_fit(city_sentences(city, rules, brought)),
        path=here,
        changed_at=changed_at,
        is_indexable=is_offered(city, brought),
        is_shared=True,
        picture=picture,
        trail=trail_through(state, Crumb(city.name, here)),
    )
    facts = {
        "@type": "WebPage",
        "name": page.title,
        "description": page.description,
        "url": page.canonical,
        "dateModified": changed_at.isoformat(),
        "inLanguage": "en-US",
        "about": {
            "@type": "City",
            "name": city.name,
            "containedInPlace": {
                "@type": "AdministrativeArea",
                "name": f"{city.county} County",
                "containedInPlace": {"@type": "State", "name": state.name},
            },
            "geo": {"@type": "GeoCoordinates", "latitude": city.latitude, "longitude": city.longitude},
        },
    }
    return replace(page, structured=(facts, *brought.structured))


def search_page(query):
    """The `PageMeta` of search results, which are nobody's to index."""
    return PageMeta(
        title=f"{shortened(query, LONGEST_TITLE - 20)} | Search" if query else "Search for Your City",
        description="",
        path=reverse("search"),
        trail=(HOME, Crumb("Search", reverse("search"))),
        is_indexable=False,
    )


def shortened(text, longest):
    """The text, with an ellipsis for what does not fit into `longest` characters."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def city_sentences(city, rules, brought):
    """What is true of this city and no other, most telling first, for its description."""
    whole = f"Occupational therapy (OT) and physical therapy (PT) in {city.name}"
    place = first_that_fits(
        [
            f"{whole}, {city.county} County, {city.state.name}.",
            f"{whole}, {city.state.code}.",
            f"OT and PT in {city.name}, {city.state.code}.",
        ],
        LONGEST_DESCRIPTION,
    )
    said = [f"{rule.profession}: {rule.said}" for rule in rules if rule.said]
    return [place, *brought.sentences, *said, "What each does, and which you need."]


def counted(number, one, many):
    """A number with its noun: «1 city», «1,200 cities»."""
    return f"{number:,} {one if number == 1 else many}"
