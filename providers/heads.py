"""The heads of the pages of lists: titles, descriptions, structured data."""

from locations.heads import city_picture, trail_through
from providers.models.lists import list_path
from providers.structured import item_list
from therapydir.pages.head import LONGEST_TITLE, Crumb, PageMeta, first_that_fits, sentences_that_fit


def list_page(city, kind, shown, changed_at, specialty):
    """The `PageMeta` of a page of the list of that `CareList` in a city; of a specialty it is not indexed."""
    state, path = city.state, shown.path(shown.number)
    which = f", Page {shown.number}" if shown.number > 1 else ""
    many = kind.many.capitalize()
    title = first_that_fits(
        [
            f"{many} in {city.name}, {state.name}{which}",
            f"{many} in {city.name}, {state.code}{which}",
            f"{kind.short} in {city.name}, {state.code}{which}",
        ],
        LONGEST_TITLE,
    )
    names = [entry.name for entry in shown.entries]
    whose = f"{names[0]} to {names[-1]}" if len(names) > 1 else "".join(names)
    return PageMeta(
        title=title,
        description=sentences_that_fit(
            [
                f"{kind.counted(shown.count).capitalize()} in {city.name}, {state.code}{which.lower()}.",
                f"{whose}.",
                "With addresses, phone numbers and official records.",
            ]
        ),
        path=list_path(state.slug, city.slug, kind.slug) if specialty else path,
        changed_at=changed_at,
        is_indexable=not specialty,
        picture=city_picture(city),
        trail=trail_through(
            state,
            Crumb(city.name, city.get_absolute_url()),
            Crumb(kind.title, list_path(state.slug, city.slug, kind.slug)),
            *([Crumb(f"Page {shown.number}", path)] if shown.number > 1 and not specialty else []),
        ),
        structured=(item_list(title, shown.entries, shown.count, shown.first),),
    )
