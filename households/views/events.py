"""Life events at the counter: enter, see what follows, record; and take an entry back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households.arrival_form import ArrivalForm
from households.consequences import Consequence, consequences_of
from households.event_forms import EventForm
from households.household_event_forms import HOUSEHOLD_FORMS
from households.models import Household, LifeEvent, Person, RegistryTask
from households.person_forms import PERSON_FORMS, forms_of
from households.policies import may_record_events
from households.registry_tasks import WORDS
from households.selectors.life_events import events_about
from households.selectors.people import household_of
from households.services.events.taking_back import may_take_back, take_back_event, together
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.pages import OfficeRequest, note_read, page


@page(may_record_events)
@require_http_methods(["GET", "POST"])
def person_event(request: OfficeRequest, pk: UUID, word: str) -> HttpResponse:
    """Record what happened to a person."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=pk)
    household = household_of(person=person, on=request.business_day)
    note_read(request, person)
    return _enter(request, _form_of(PERSON_FORMS, word), person=person, household=household)


@page(may_record_events)
@require_http_methods(["GET", "POST"])
def household_event(request: OfficeRequest, pk: UUID, word: str) -> HttpResponse:
    """Record what happened to a household as a whole."""
    household = get_object_or_404(Household.objects.visible_to(request.actor), pk=pk)
    note_read(request, household)
    return _enter(request, _form_of(HOUSEHOLD_FORMS, word), household=household)


@page(may_record_events)
@require_http_methods(["GET", "POST"])
def arrival_new(request: OfficeRequest) -> HttpResponse:
    """Record who came from outside and has no household here yet."""
    return _enter(request, ArrivalForm)


@page(may_record_events)
@require_http_methods(["GET", "POST"])
def event_take_back(request: OfficeRequest, event_id: UUID) -> HttpResponse:
    """Ask, then take back an entry that was wrong, with all that was entered together with it."""
    event = _event_within_reach(request, event_id)
    with county_scope():
        entered = together(event)
        people = list(Person.objects.visible_to(request.actor).filter(life_events__in=entered))
        note_read(request, people)
    back_url = _page_of(request, event.person_id, event.household_id)
    refusal = ""
    if request.method == "POST":
        try:
            take_back_event(event=event, actor=request.actor)
        except NotAllowed:
            raise
        except DomainError as error:
            refusal = str(error)
        else:
            messages.success(request, _("The entry is taken back; the registry is as it was before."))
            return HttpResponseRedirect(_page_of(request, event.person_id, event.household_id))
    lines = [line for line in events_about(people=people) if line.event in entered]
    context = {
        "lines": lines,
        "confirm_label": _("Take it back"),
        "confirm_tone": "danger",
        "cancel_url": back_url,
        "refusal": refusal,
    }
    return render(request, "households/event_take_back.html", context, status=422 if refusal else 200)


def _event_within_reach(request: OfficeRequest, event_id: UUID) -> LifeEvent:
    """An event of a person the actor serves, or one that was entered in her own divisions."""
    with county_scope():
        event = (
            LifeEvent.objects.filter(pk=event_id)
            .filter(
                Q(pk__in=LifeEvent.objects.visible_to(request.actor))
                | Q(person__in=Person.objects.visible_to(request.actor))
            )
            .select_related("person")
            .first()
        )
    if event is None:
        raise Http404
    if event.person_id and not may_take_back(actor=request.actor, event=event):
        raise NotAllowed
    return event


def _form_of(known: dict[str, type[EventForm]], word: str) -> type[EventForm]:
    if word not in known:
        raise Http404
    return known[word]


def _enter(
    request: OfficeRequest,
    form_class: type[EventForm],
    *,
    person: Person | None = None,
    household: Household | None = None,
) -> HttpResponse:
    """Show the form; what was entered is tried, what follows is shown once, then it is recorded."""
    form = form_class(
        request.POST if request.method == "POST" else None,
        actor=request.actor,
        person=person,
        household=household,
    )
    shown = [row.person for row in form.members if request.actor.covers(row.person.division_code)]
    note_read(request, shown)
    follows: list[Consequence] = []
    name, number = (person.name if person else ""), (household.number if household else "")
    if form.is_bound and form.is_valid():
        follows = _what_follows(request, form)
        is_seen = not follows or request.POST.get("seen") == _mark(form, follows)
        try:
            events = _try(form, is_meant=is_seen)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            if is_seen:
                return _recorded(request, events, person, household)
    is_refused = bool(form.errors)
    context = {
        "form": form,
        "kind": form_class.title or form_class.kind.label,
        "lead": form_class.lead,
        "name": name,
        "household_number": number,
        "follows": [] if is_refused else follows,
        "seen": _mark(form, follows) if follows and not is_refused else "",
        "back_url": _page_of(request, person.pk if person else None, household.pk if household else None),
    }
    return render(request, "households/event_new.html", context, status=422 if is_refused else 200)


def _what_follows(request: OfficeRequest, form: EventForm) -> list[Consequence]:
    return [
        consequence
        for person in form.people
        for consequence in consequences_of(
            actor=request.actor,
            kind=form.follows_as,
            person=person,
            happened_on=form.holds_from,
        )
    ]


def _try(form: EventForm, *, is_meant: bool) -> Sequence[LifeEvent]:
    """Record; what is only tried is undone, so that refusals come before anything else is shown."""
    with transaction.atomic():
        events = form.record()
        if not is_meant:
            transaction.set_rollback(True)
    return events


def _mark(form: EventForm, follows: Sequence[Consequence]) -> str:
    """Stands for what was entered and what the clerk was told: another entry is told anew."""
    entered = [repr(form.cleaned_data.get(name)) for name in sorted(form.fields)]
    told = [str(one.text) for one in follows]
    return hashlib.sha256("\n".join([*entered, *told]).encode()).hexdigest()


def _recorded(
    request: OfficeRequest,
    events: Sequence[LifeEvent],
    person: Person | None,
    household: Household | None,
) -> HttpResponse:
    messages.success(request, _("Recorded. It holds from the day it happened."))
    concerned = {event.household_id for event in events} | {event.detail.get("into") for event in events}
    tasks = RegistryTask.objects.visible_to(request.actor).open().filter(household__in=concerned - {None})
    for task in tasks.select_related("household"):
        messages.warning(
            request,
            _("%(task)s: %(number)s. %(words)s")
            % {
                "task": task.get_kind_display(),
                "number": task.household.number if task.household else "",
                "words": WORDS[task.kind],
            },
        )
    if person is None and household is None:
        person, household = events[0].person, None
    return redirect(_page_of(request, person.pk if person else None, household.pk if household else None))


def _page_of(request: OfficeRequest, person_id: UUID | None, household_id: UUID | None) -> str:
    """The page of the person while she is served here, else of the household, else the list."""
    if person_id and Person.objects.visible_to(request.actor).filter(pk=person_id).exists():
        return reverse("households:person", args=[person_id])
    if household_id and Household.objects.visible_to(request.actor).filter(pk=household_id).exists():
        return reverse("households:household", args=[household_id])
    return reverse("households:households")


def event_links(
    actor: Any, *, person: Person | None = None, household: Household | None = None, is_away: bool = False
) -> list[Any]:
    """What can be recorded here, as words and addresses; nothing for who may not."""
    if not may_record_events(actor):
        return []
    if person is not None:
        if not actor.covers(person.division_code):
            return []
        return [
            (form.title or form.kind.label, reverse("households:person_event", args=[person.pk, word]))
            for word, form in forms_of(person, is_away=is_away).items()
        ]
    assert household is not None  # noqa: S101 # one of the two is given
    if not actor.covers(household.division_code):
        return []
    return [
        (form.kind.label, reverse("households:household_event", args=[household.pk, word]))
        for word, form in HOUSEHOLD_FORMS.items()
    ]
