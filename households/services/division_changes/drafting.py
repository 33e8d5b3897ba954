"""A change of divisions is prepared by one administrator, looked at, and confirmed by another person."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households import policies
from households.enums import DivisionChangeState
from households.models import DivisionChange, DivisionChangeLine, Household, SplitChoice
from households.models.division_changes import TRANSITIONS
from households.services.division_changes.applying import TASK, counted_if_done, lines_of
from households.services.division_changes.checks import check_change
from offices import clock
from offices.actors import Actor
from offices.database.context import current_context
from offices.divisions import full_code
from offices.enums import SuccessionKind
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Division
from offices.services.acts import record_act
from offices.services.divisions import Succession
from offices.services.jobs import request_job
from offices.services.states import locked, move


@transaction.atomic
def draft_change(
    *,
    actor: Actor,
    kind: SuccessionKind,
    effective_on: datetime.date,
    document: str,
    lines: Sequence[Succession],
) -> DivisionChange:
    """Prepare a change of divisions and count what it would move; nothing is changed.

    By an administrator of the county. Raises NotAllowed and what check_change raises.
    """
    if not policies.may_draft_division_changes(actor):
        raise NotAllowed()
    check_change(kind=kind, effective_on=effective_on, document=document, lines=lines)
    county = full_code(current_context().county)
    change = DivisionChange.objects.create(
        kind=kind,
        effective_on=effective_on,
        document=document.strip(),
        drafted_by_id=actor.staff_id,
        drafted_on=clock.today(),
        division_code=county,
    )
    names = {
        division.pk: division.name
        for division in Division.objects.filter(pk__in={line.old_code for line in lines})
    }
    try:
        with transaction.atomic():
            DivisionChangeLine.objects.bulk_create(
                DivisionChangeLine(
                    change=change,
                    effective_on=effective_on,
                    old_code=line.old_code,
                    old_name=names[line.old_code],
                    new_code=line.new_code,
                    new_name=line.new_name.strip(),
                    is_default=line.is_default,
                    division_code=county,
                )
                for line in lines
            )
    except IntegrityError as error:
        raise DomainError(
            "other_change_meanwhile",
            _("Somebody has just prepared another change of the same village. Look at the list of changes."),
        ) from error
    record_act(
        actor=actor,
        verb="households.draft_division_change",
        record=change,
        kind=kind,
        effective_on=effective_on,
        document=change.document,
        divisions={line.old_code: line.new_code for line in lines},
    )
    return count_change(actor=actor, change=change)


@transaction.atomic
def choose_households(
    *, actor: Actor, change: DivisionChange, households: Iterable[UUID], new_code: str
) -> int:
    """Say to which of the new villages households of a village that is split go; the number of those now there.

    The default village takes a choice back: its households are those that nobody chose otherwise.
    Raises NotAllowed, Stale, DomainError `not_a_split`, `no_such_village`, `nobody_chosen`.
    """
    if not policies.may_draft_division_changes(actor):
        raise NotAllowed()
    current = _draft(change)
    lines = {line.new_code: line for line in current.lines.all()}
    if current.kind != SuccessionKind.SPLIT:
        raise DomainError("not_a_split", _("Only where a village is split are households chosen."))
    if new_code not in lines:
        raise DomainError("no_such_village", _("Choose one of the villages that the change names."))
    line = lines[new_code]
    chosen = list(
        Household.objects.filter(pk__in=list(households), division_code=line.old_code).values_list(
            "pk", flat=True
        )
    )
    if not chosen:
        raise DomainError("nobody_chosen", _("Choose at least one household of the village."))
    SplitChoice.objects.filter(change=current, household__in=chosen).delete()
    if not line.is_default:
        SplitChoice.objects.bulk_create(
            SplitChoice(
                change=current, household_id=key, new_code=new_code, division_code=current.division_code
            )
            for key in chosen
        )
    record_act(
        actor=actor,
        verb="households.choose_for_split",
        record=current,
        count=len(chosen),
        place=new_code,
    )
    return SplitChoice.objects.filter(change=current, new_code=new_code).count()


@transaction.atomic
def count_change(*, actor: Actor, change: DivisionChange) -> DivisionChange:
    """Count anew what a prepared change would move, by doing it and taking all of it back.

    Raises NotAllowed, Stale, and what check_change raises when the divisions have changed meanwhile.
    """
    if not policies.may_draft_division_changes(actor):
        raise NotAllowed()
    current = _draft(change)
    check_change(
        kind=SuccessionKind(current.kind),
        effective_on=current.effective_on,
        document=current.document,
        lines=lines_of(current),
        change=current.pk,
    )
    current.preview = counted_if_done(actor=actor, change=current)
    current.save(update_fields=["preview"])
    return current


@transaction.atomic
def confirm_change(*, actor: Actor, change: DivisionChange) -> DivisionChange:
    """Confirm a prepared change: it is done on its day, or at once if that has passed.

    By another person than who prepared it. Raises NotAllowed, Stale, DomainError `same_person` and what
    check_change raises.
    """
    if not policies.may_confirm_division_changes(actor):
        raise NotAllowed()
    current = _draft(change)
    if current.drafted_by_id == actor.staff_id:
        raise DomainError("same_person", _("You prepared this change. Somebody else must confirm it."))
    check_change(
        kind=SuccessionKind(current.kind),
        effective_on=current.effective_on,
        document=current.document,
        lines=lines_of(current),
        change=current.pk,
    )
    confirmed = move(
        record=current,
        to=DivisionChangeState.CONFIRMED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="households.confirm_division_change",
        detail={"effective_on": current.effective_on},
        confirmed_by_id=actor.staff_id,
        confirmed_on=clock.today(),
        confirmed_at=clock.now(),
    )
    if confirmed.effective_on <= clock.today():
        confirmed = have_done(actor=actor, change=confirmed)
    return confirmed


@transaction.atomic
def have_done(*, actor: Actor, change: DivisionChange) -> DivisionChange:
    """Queue a confirmed change whose day has come; harmless where its work is on the way already.

    Raises NotAllowed, Stale, DomainError `day_to_come`.
    """
    if not (policies.may_confirm_division_changes(actor) or actor.is_system):
        raise NotAllowed()
    current = locked(change)
    if current.state != DivisionChangeState.CONFIRMED:
        raise Stale("state_changed", _("This change is no longer waiting. Open it again."))
    if current.effective_on > clock.today():
        raise DomainError("day_to_come", _("The change is done by itself on its day."))
    if current.job is not None and current.job.finished_at is None:
        return current
    current.job = request_job(actor=actor, kind=TASK, task=TASK)
    current.save(update_fields=["job"])
    return current


@transaction.atomic
def withdraw_change(*, actor: Actor, change: DivisionChange) -> DivisionChange:
    """Take a change back that has not been done: nothing of it remains but its record.

    One that was done is undone by a new change the other way. Raises NotAllowed, Stale.
    """
    if not policies.may_draft_division_changes(actor):
        raise NotAllowed()
    current = locked(change)
    withdrawn = move(
        record=current,
        to=DivisionChangeState.WITHDRAWN,
        transitions=TRANSITIONS,
        actor=actor,
        verb="households.withdraw_division_change",
        withdrawn_by_id=actor.staff_id,
        withdrawn_on=clock.today(),
    )
    withdrawn.lines.update(is_standing=False)
    return withdrawn


def _draft(change: DivisionChange) -> DivisionChange:
    current = locked(change)
    if current.state != DivisionChangeState.DRAFT:
        raise Stale(
            "state_changed",
            _("This change is now “%(state)s”, so the step is not possible. Open it again."),
            state=current.get_state_display(),
        )
    return current
