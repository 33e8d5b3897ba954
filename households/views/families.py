"""Families and people: lists, what is held about each, and their history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from households.enums import Relation
from households.forms import FamilyThenForm
from households.lists import households_listed
from households.models import Household, Person, RegistryTask
from households.panels import panels_for, received_by
from households.policies import (
    may_export_families,
    may_import,
    may_open_families_elsewhere,
    may_record_events,
    may_see_families,
    may_see_imports,
    may_show_numbers,
)
from households.registry_tasks import task_in_words
from households.selectors.division_changes import former_numbers, place_then
from households.selectors.duplicates import address_of_survivor, recorded_twice
from households.selectors.families_over_time import instants_of, members_then
from households.selectors.kin_elsewhere import children_elsewhere
from households.selectors.known_facts import facts_of
from households.selectors.life_events import events_about
from households.selectors.people import (
    household_lines,
    household_of,
    is_away,
    members_of,
    relatives_of,
)
from households.services.events.taking_back import may_take_back
from households.views.events import event_links
from offices.actors import Actor
from offices.history import show_history
from offices.listing import make_listing
from offices.pages import note_read, page
from offices.selectors.divisions import names_of_divisions


@page(may_see_families)
@require_GET
def household_list(request: Any) -> HttpResponse:
    """Households within scope: by village and number, within one village by the head's name."""
    found = households_listed(actor=request.actor, query=request.GET, on=request.business_day)
    filters = found.filters
    listing = make_listing(
        query=request.GET,
        rows=found.rows,
        columns=found.columns,
        default_sort=found.default_sort,
        filters=filters,
    )
    shown = list(listing.page.object_list)
    note_read(request, shown)
    return render(
        request,
        "households/household_list.html",
        {
            "listing": listing,
            "filters": filters,
            "lines": household_lines(shown, on=request.business_day),
            "may_import": may_import(request.actor),
            "may_see_imports": may_see_imports(request.actor),
            "has_one_village": found.has_one_village,
            "may_export": may_export_families(request.actor),
            "may_open_elsewhere": may_open_families_elsewhere(request.actor),
            "may_record": may_record_events(request.actor),
        },
    )


@page(may_see_families)
@require_GET
def household_detail(request: Any, pk: UUID) -> HttpResponse:
    """A family today: its members, and what each app says about them; or the family of another day."""
    household = get_object_or_404(Household.objects.visible_to(request.actor), pk=pk)
    instants = instants_of(household=household)
    then = FamilyThenForm(request.GET or None, instants=instants)
    if then.is_bound:
        return _family_then(request, household, then)
    members = members_of(household=household, on=request.business_day)
    people = [member.person for member in members if member.person]
    elsewhere = children_elsewhere(people=people, actor=request.actor, on=request.business_day)
    note_read(request, household)
    note_read(request, [*people, *(child.person for child in elsewhere if child.person)])
    return render(
        request,
        "households/household.html",
        {
            "household": household,
            "village_name": _village(household.division_code),
            "former_numbers": former_numbers(household),
            "members": members,
            "head": next(
                (one.person for one in members if one.is_living and one.relation == Relation.HEAD), None
            ),
            "children_elsewhere": elsewhere,
            "tasks": [
                task_in_words(task, request.actor)
                for task in RegistryTask.objects.open().filter(household=household)
            ],
            "may_print": may_export_families(request.actor),
            "panels": panels_for(actor=request.actor, people=people, on=request.business_day),
            "then": then,
            "links": event_links(request.actor, household=household),
            "events": _events(request, people, household),
        },
    )


def _family_then(request: Any, household: Household, then: FamilyThenForm) -> HttpResponse:
    """The family of another day, or as it was known before a later entry."""
    note_read(request, household)
    is_asked = then.is_valid()
    day = then.cleaned_data["on"] or request.business_day if is_asked else request.business_day
    before = then.instant if is_asked else None
    members = members_then(household=household, actor=request.actor, on=day, before=before)
    people = list(Person.objects.filter(pk__in=[one.person_id for one in members if one.person_id]))
    village, number = place_then(household, day)
    note_read(request, people)
    return render(
        request,
        "households/household_then.html",
        {
            "household": household,
            "village_name": village,
            "number": number,
            "members": members,
            "received": received_by(actor=request.actor, people=people, on=day, before=before),
            "then": then,
            "on": day,
            "before": before,
            "known_on": then.known_day if is_asked else None,
        },
        status=200 if is_asked else 422,
    )


def _events(request: Any, people: list[Person], household: Household | None = None) -> list[dict[str, Any]]:
    return [
        {"line": line, "may_take_back": may_take_back(actor=request.actor, event=line.event)}
        for line in events_about(people=people, household=household)
    ]


@page(may_see_families)
@require_GET
def household_history(request: Any, pk: UUID) -> HttpResponse:
    """What happened to a household and to who belonged to it."""
    household = get_object_or_404(Household.objects.visible_to(request.actor), pk=pk)
    note_read(request, household)
    return show_history(
        request,
        record=household,
        heading=_("History of household %(number)s") % {"number": household.number},
        back_url=reverse("households:household", args=[household.pk]),
        back_label=_("Household %(number)s") % {"number": household.number},
        related=[*household.tasks.all(), *household.life_events.all()],
        wherever_kept=True,
    )


@page(may_see_families)
@require_GET
def person_detail(request: Any, pk: UUID) -> HttpResponse:
    """What is held about a person, with source and period; marital state is on no page."""
    person = get_object_or_404(Person.objects.within(request.actor), pk=pk)
    if person.merged_into_id:
        return redirect(address_of_survivor(actor=request.actor, absorbed=person))
    note_read(request, person)
    day = request.business_day
    facts = facts_of(person=person, on=day)
    household = household_of(person=person, on=day)
    return render(
        request,
        "households/person.html",
        {
            "person": person,
            "age": person.age_shown_on(day),
            "died_on": person.died_by(day),
            "village_name": _village(person.division_code),
            "household": household,
            "household_village": _village_elsewhere(request.actor, household),
            "facts": facts,
            "relatives": relatives_of(person=person, on=day),
            "has_account": person.bankaccount_set.on(day).exists(),
            "may_show": may_show_numbers(request.actor),
            "twice": recorded_twice(actor=request.actor, person=person),
            "was_merged": bool(request.GET.get("was")),
            "may_print": may_export_families(request.actor),
            "panels": panels_for(actor=request.actor, people=[person], on=day),
            "links": event_links(request.actor, person=person, is_away=is_away(person=person, on=day)),
            "events": _events(request, [person]),
        },
    )


@page(may_see_families)
@require_GET
def person_history(request: Any, pk: UUID) -> HttpResponse:
    """What happened to a person's record and to the facts that pages show, and who entered it.

    That of a record which was merged into another is told as well: what was done to it stays to be read.
    """
    person = get_object_or_404(Person.objects.within(request.actor), pk=pk)
    note_read(request, person)
    facts = [
        *person.membership_set.all(),
        *person.residence_set.all(),
        *person.hukou_set.all(),
        *person.onlychildcertificate_set.all(),
        *person.employment_set.all(),
        *person.bankaccount_set.all(),
        *person.absence_set.all(),
        *person.parentage_set.all(),
        *person.insuranceelsewhere_set.all(),
        *person.examinationyear_set.all(),
        *person.lodging_set.all(),
        *person.life_events.all(),
        *person.account_corrections.all(),
    ]
    return show_history(
        request,
        record=person,
        heading=_("History of %(name)s") % {"name": person.name},
        back_url=reverse("households:person", args=[person.pk]),
        back_label=person.name,
        related=facts,
        wherever_kept=True,
    )


def _village_elsewhere(actor: Actor, household: Household | None) -> str:
    """The village of a person's household where another village or township serves it, else empty."""
    if household is None or actor.covers(household.division_code):
        return ""
    return _village(household.division_code)


def _village(code: str) -> str:
    return names_of_divisions([code]).get(code, code)
