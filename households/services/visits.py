"""Visits to families at home: recorded in a minute, taken back the same day, followed up when due."""

from __future__ import annotations

import datetime

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from households import policies
from households.enums import EntryState, VisitNext, VisitPurpose, VisitResult
from households.models import Household, Membership, Person, Visit
from households.models.visits import ABOUT_A_BENEFIT, WITH_A_DAY
from households.visit_followers import follow_visit, follow_visit_taken_back
from households.visit_subjects import visit_subjects
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.states import locked, move

TRANSITIONS: dict[str, frozenset[str]] = {EntryState.RECORDED: frozenset({EntryState.TAKEN_BACK})}

_AFTER_A_DECLINE = "HM002"


@transaction.atomic
def record_visit(
    *,
    actor: Actor,
    household: Household,
    purpose: VisitPurpose,
    result: VisitResult,
    visited_on: datetime.date,
    about: str = "",
    person: Person | None = None,
    next_step: VisitNext = VisitNext.NONE,
    next_on: datetime.date | None = None,
    asked_by_family: bool = False,
) -> Visit:
    """Record a visit that was made, and settle what an earlier one about the same promised.

    By the village and township that serve whom it concerns: the person, wherever her household is, or
    the family. `about` is the code of a benefit for visits that explain one or help to apply, else
    empty; `person` is empty where the whole family is meant.
    After a decline only a visit that the family asked for, which the database holds too; an
    invitation only to who asked. Raises NotAllowed, DomainError `visit_to_come`, `visit_subject`,
    `visit_person`, `visit_applied`, `visit_next_day`, `visit_nothing_after_decline`,
    `invitation_not_asked`, `visit_declined_before`.
    """
    place = person.division_code if person else household.division_code
    if not policies.may_record_visits(actor) or not actor.covers(place):
        raise NotAllowed()
    _check_words(purpose, about, result, visited_on)
    _check_next(result, next_step, next_on, visited_on)
    _check_person(household, person, visited_on)
    if purpose == VisitPurpose.INVITE and not asked_by_family:
        raise DomainError(
            "invitation_not_asked",
            _(
                "An invitation is brought only to a family that asked for one. Everybody else is invited by public notice."
            ),
        )
    # One visit of a family after the other: a decline and a further visit never pass each other.
    with county_scope():
        locked(household)
    if not asked_by_family and _declined(household, person, purpose, about, visited_on):
        raise declined_before()
    visit = Visit(
        household=household,
        person=person,
        visited_on=visited_on,
        purpose=purpose,
        about=about,
        result=result,
        next_step=next_step,
        next_on=next_on,
        asked_by_family=asked_by_family,
        recorded_by_id=actor.staff_id,
        recorded_on=clock.today(),
        division_code=place,
    )
    _save(visit)
    _settle_earlier(visit)
    record_act(
        actor=actor,
        verb="households.record_visit",
        record=visit,
        purpose=purpose,
        about=about,
        result=result,
    )
    follow_visit(actor=actor, visit=visit)
    return visit


def declined_before() -> DomainError:
    """The refusal of a further visit after a decline."""
    return DomainError(
        "visit_declined_before",
        _(
            "The family has declined a visit about this, so there is no further one. "
            "If the family itself has asked for it since, say so in the form."
        ),
    )


@transaction.atomic
def take_back_visit(*, actor: Actor, visit: Visit) -> Visit:
    """Take back a visit that was recorded by mistake: on the same day, by who recorded it.

    What it settled is due again. Raises NotAllowed, DomainError `visit_of_somebody_else`, Stale
    `visit_day_over` and when it was taken back already.
    """
    if not policies.may_record_visits(actor) or not actor.covers(visit.division_code):
        raise NotAllowed()
    if visit.recorded_by_id != actor.staff_id:
        raise DomainError(
            "visit_of_somebody_else",
            _("Somebody else recorded this visit. Who recorded it can take it back on the same day."),
        )
    if visit.recorded_on != clock.today():
        raise Stale(
            "visit_day_over",
            _(
                "A visit can be taken back only on the day it was recorded. Record what is true now as a new one."
            ),
        )
    current = move(
        record=visit,
        to=EntryState.TAKEN_BACK,
        transitions=TRANSITIONS,
        actor=actor,
        verb="households.take_back_visit",
    )
    Visit.objects.filter(followed_by=current).update(settled_on=None, followed_by=None)
    follow_visit_taken_back(actor=actor, visit=current)
    return current


@transaction.atomic
def settle_next(*, actor: Actor, visit: Visit) -> Visit:
    """Say that what the office promised at a visit is done, or no longer needed. Raises NotAllowed, Stale."""
    if not policies.may_record_visits(actor) or not actor.covers(visit.division_code):
        raise NotAllowed()
    current = locked(visit)
    if current.state != EntryState.RECORDED or current.next_on is None or current.settled_on is not None:
        raise Stale("visit_settled", _("Nothing is open from this visit any more."))
    current.settled_on = clock.today()
    current.save(update_fields=["settled_on"])
    record_act(actor=actor, verb="households.settle_visit", record=current, next_step=current.next_step)
    return current


def _check_words(purpose: VisitPurpose, about: str, result: VisitResult, visited_on: datetime.date) -> None:
    if visited_on > clock.today():
        raise DomainError(
            "visit_to_come", _("This day is still to come. A visit is recorded once it was made.")
        )
    if purpose in ABOUT_A_BENEFIT and about not in visit_subjects(visited_on):
        raise DomainError("visit_subject", _("Choose the benefit that the visit was about."))
    if purpose not in ABOUT_A_BENEFIT and about:
        raise DomainError(
            "visit_subject", _("Only a visit that explains a benefit or helps to apply names one.")
        )
    if result == VisitResult.APPLIED and purpose not in ABOUT_A_BENEFIT:
        raise DomainError(
            "visit_applied",
            _("A family applies for a benefit: choose “Help to apply” and the benefit."),
        )


def _check_next(
    result: VisitResult, next_step: VisitNext, next_on: datetime.date | None, visited_on: datetime.date
) -> None:
    if result == VisitResult.DECLINED and next_step != VisitNext.NONE:
        raise DomainError(
            "visit_nothing_after_decline",
            _(
                "After a family has declined, the office does nothing more about it. Choose “Nothing” as next."
            ),
        )
    if next_step in WITH_A_DAY:
        if next_on is None or next_on < visited_on:
            raise DomainError(
                "visit_next_day", _("Say by which day the office does it, not before the day of the visit.")
            )
    elif next_on is not None:
        raise DomainError(
            "visit_next_day",
            _("A day belongs only to what the office does next. Leave it empty, or choose what is done."),
        )


def _check_person(household: Household, person: Person | None, on: datetime.date) -> None:
    if person and not Membership.objects.on(on).filter(household=household, person=person).exists():
        raise DomainError(
            "visit_person", _("This person does not belong to the household on that day. Choose a member.")
        )


def _declined(
    household: Household, person: Person | None, purpose: str, about: str, on: datetime.date
) -> bool:
    """Whether the family, or the person, has declined a visit about this up to a day, wherever she was served."""
    with county_scope():
        declined = Visit.objects.standing().filter(result=VisitResult.DECLINED, visited_on__lte=on)
        return (
            declined.of_subject(purpose=purpose, about=about)
            .concerning(household_id=household.pk, person_id=person.pk if person else None)
            .exists()
        )


def _save(visit: Visit) -> None:
    try:
        # The database compares with every decline and locks the household, wherever either is.
        with county_scope(), transaction.atomic():
            visit.save(force_insert=True)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == _AFTER_A_DECLINE:
            raise declined_before() from error
        raise


def _settle_earlier(visit: Visit) -> None:
    """What an earlier visit about the same promised is done by this one."""
    earlier = (
        Visit.objects.standing()
        .filter(settled_on=None, next_on__isnull=False, visited_on__lte=visit.visited_on)
        .of_subject(purpose=visit.purpose, about=visit.about)
        .concerning(household_id=visit.household_id, person_id=visit.person_id)
        .exclude(pk=visit.pk)
    )
    earlier.update(settled_on=visit.visited_on, followed_by=visit)
