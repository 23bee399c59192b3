"""The directory, its states and its cities."""

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from locations.answering import answers_for, found_for
from locations.brought import Brought, BroughtToStates
from locations.directory import whole_directory
from locations.facts import facts_of_city
from locations.heads import city_page, city_picture, directory_page, letter_page, state_page
from locations.paths import city_at, state_at
from locations.rule_facts import rules_in_full
from locations.search.query import LONGEST_QUERY
from therapydir.pages.parameters import reads
from therapydir.pages.paths import Missing

MOST_NAMESAKES = 3  # that the page of a city names, to which a search has led


@require_safe
def index(request):
    """Every state and every city on one page, or where there are too many the states."""
    directory = whole_directory()
    page = directory_page(directory)
    return render(request, "locations/index.html", {"directory": directory, "page": page})


@reads(also=["q"])
@require_safe
def state_detail(request, state_slug):
    """One state and all its cities."""
    state = state_at(state_slug)
    brought, typed = BroughtToStates([state]), looked_for(request)
    return render(
        request,
        "locations/state_detail.html",
        {
            "state": state,
            "leads": brought.leads(state.pk),
            "brought": brought.templates(state.pk),
            "counts": brought.counts(state.pk),
            "by_county": brought.by_county(state.pk),
            "looked_for": typed,
            "namesakes": found_for(typed).namesakes[:MOST_NAMESAKES] if typed else [],
            "neighbors": state.neighbors.published(),
            "rules": rules_in_full(state),
            "page": state_page(state, brought.sentences(state.pk)),
        },
    )


@reads(also=["q"])
@require_safe
def city_detail(request, state_slug, city_slug):
    """One city's landing page."""
    city = city_at(state_slug, city_slug)
    facts = facts_of_city(city)
    own, near, rules, brought = facts["own"], facts["near"], facts["rules"], Brought(city)
    typed = looked_for(request)
    found = found_for(typed) if typed else None
    return render(
        request,
        "locations/city_detail.html",
        {
            "city": own,
            "state": own.state,
            "looked_for": typed,
            "namesakes": found.namesakes[:MOST_NAMESAKES] if found else [],
            "answers": answers_for(found, city) if found else [],
            "rules": rules,
            "brought": brought,
            "zip_codes": facts["zip codes"],
            "near": near,
            "some_are_vague": any(link.is_vague for link in near.links),
            "page": city_page(own, rules, brought, city_picture(city), city.content_changed_at),
        },
    )


@require_safe
def letter(request, state_slug, letter):
    """The cities of one state that begin with one letter, where the state's page cannot list all."""
    state = state_at(state_slug)
    if letter not in state.cities_by_letter:
        instead = [(state.get_absolute_url(), f"All cities in {state.name}")]
        raise Missing(f"No city in {state.name} begins like that.", instead)
    if not state.is_split:  # not for ever: it may grow
        return HttpResponseRedirect(f"{state.get_absolute_url()}#letter_{letter}")
    context = {
        "state": state,
        "letter": letter,
        "cities": state.cities_by_letter[letter],
        "page": letter_page(state, letter),
    }
    return render(request, "locations/letter.html", context)


def looked_for(request):
    """What somebody typed whom the search led to this page, or ""."""
    return " ".join(request.GET.get("q", "").split())[:LONGEST_QUERY]
