"""What a file says otherwise than the counter put right: somebody else says which of the two is true."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.enums import Disputed, DisputeDecision, FactSource, Sex
from households.models import DisputedEntry, RegistryTask
from households.policies import may_settle_tasks
from households.services.events.corrections import Right, correct_entry
from households.services.events.recording import Report
from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.states import locked


@transaction.atomic
def settle_dispute(
    *, actor: Actor, entry: DisputedEntry, decision: DisputeDecision, document: str = ""
) -> DisputedEntry:
    """Say whether an entry stays as it was put right, or the file is right; it holds for the same value.

    The counter that serves the person, never for its own family nor by who put the entry right. What
    the file says is entered as a correction, with its document, and can be taken back like one.
    Raises NotAllowed, DomainError `own_family`, `put_right_by_oneself`, `dispute_settled`, and those of
    `correct_entry`.
    """
    if not may_settle_tasks(actor) or not actor.covers(entry.division_code):
        raise NotAllowed
    current = locked(entry)
    check_not_own_family(actor=actor, person=current.person_id)
    if current.put_right_by_id == actor.staff_id:
        raise DomainError(
            "put_right_by_oneself",
            _("You put this entry right yourself. Whether it stays is decided by somebody else."),
        )
    if current.settled_on:
        raise DomainError(
            "dispute_settled", _("Somebody has settled this already. Open the list again to see how.")
        )
    if decision == DisputeDecision.TAKE:
        with county_scope():
            person = current.person
        correct_entry(
            actor=actor,
            person=person,
            report=Report(clock.today(), FactSource.DOCUMENT, document),
            right=_right(current),
        )
    current.decision = decision
    current.settled_by_id = actor.staff_id
    current.settled_on = clock.today()
    current.save(update_fields=["decision", "settled_by", "settled_on"])
    record_act(
        actor=actor, verb="households.settle_dispute", record=current, word=current.word, decision=decision
    )
    task = RegistryTask.objects.select_for_update().get(pk=current.task_id)
    if task.closed_on is None and not task.disputed_entries.unsettled().exists():
        task.closed_on = clock.today()
        task.save(update_fields=["closed_on"])
    return current


def _right(entry: DisputedEntry) -> Right:
    match entry.word:
        case Disputed.NAME:
            return Right(name=entry.said)
        case Disputed.SEX:
            return Right(sex=Sex(entry.said))
        case Disputed.BORN:
            return Right(born_on=datetime.date.fromisoformat(entry.said))
    assert entry.said_number  # noqa: S101 # the database has it for a number
    return Right(number=entry.said_number.reveal())
