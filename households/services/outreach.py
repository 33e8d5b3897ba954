"""Events for everybody of a place: entered when held, corrected with their history, taken back."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households import policies
from households.enums import EntryState, OutreachKind
from households.models import OutreachEvent
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Division
from offices.services.acts import record_act
from offices.services.states import locked, move

TRANSITIONS: dict[str, frozenset[str]] = {EntryState.RECORDED: frozenset({EntryState.TAKEN_BACK})}


@transaction.atomic
def enter_event(
    *,
    actor: Actor,
    kind: OutreachKind,
    title: str,
    held_on: datetime.date,
    place: str,
    times: int = 1,
    audience: int | None = None,
) -> OutreachEvent:
    """Enter an event that was held in a place of the actor's scope; `times` performances or issues.

    By township and county. Raises NotAllowed, DomainError `event_to_come`, `event_title`, `event_times`.
    """
    _check(actor, title, held_on, place, times)
    event = OutreachEvent.objects.create(
        kind=kind,
        title=" ".join(title.split()),
        held_on=held_on,
        times=times,
        audience=audience,
        recorded_by_id=actor.staff_id,
        division_code=place,
    )
    record_act(actor=actor, verb="households.enter_event", record=event, kind=kind, times=times)
    return event


@transaction.atomic
def correct_event(
    *,
    actor: Actor,
    event: OutreachEvent,
    kind: OutreachKind,
    title: str,
    held_on: datetime.date,
    place: str,
    times: int,
    audience: int | None,
) -> OutreachEvent:
    """Correct an entry; its history keeps what it said. Raises as `enter_event`, Stale when taken back."""
    _check(actor, title, held_on, place, times)
    if not actor.covers(event.division_code):
        raise NotAllowed()
    current = locked(event)
    if current.state != EntryState.RECORDED:
        raise Stale("event_taken_back", _("This entry was taken back. Enter the event anew."))
    current.kind, current.title = kind, " ".join(title.split())
    current.held_on, current.division_code = held_on, place
    current.times, current.audience = times, audience
    current.save(update_fields=["kind", "title", "held_on", "division_code", "times", "audience"])
    record_act(actor=actor, verb="households.correct_event", record=current, kind=kind, times=times)
    return current


@transaction.atomic
def take_back_event(*, actor: Actor, event: OutreachEvent) -> OutreachEvent:
    """Take an entry back that was made by mistake: it counts no longer. Raises NotAllowed, Stale."""
    if not policies.may_enter_outreach(actor) or not actor.covers(event.division_code):
        raise NotAllowed()
    return move(
        record=event,
        to=EntryState.TAKEN_BACK,
        transitions=TRANSITIONS,
        actor=actor,
        verb="households.take_back_outreach",
    )


def _check(actor: Actor, title: str, held_on: datetime.date, place: str, times: int) -> None:
    if not policies.may_enter_outreach(actor) or not actor.covers(place):
        raise NotAllowed()
    if not Division.objects.filter(code=place).exists():
        raise DomainError(
            "event_place", _("This place is not in the list of divisions. Choose one of the list.")
        )
    if held_on > clock.today():
        raise DomainError("event_to_come", _("This day is still to come. Enter the event once it was held."))
    if not title.strip():
        raise DomainError("event_title", _("Give the event a title by which others recognise it."))
    if not 1 <= times <= 999:
        raise DomainError("event_times", _("An event is held at least once, and at most 999 times a day."))
