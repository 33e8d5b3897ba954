"""The review queue of rows that fit several people: a clerk says whom a row means."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.models import AmbiguousRow, Person, RegistryTask
from households.policies import may_settle_tasks
from households.selectors.ambiguous import candidates_of
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.states import locked


@transaction.atomic
def settle_ambiguous_row(*, actor: Actor, row: AmbiguousRow, person_id: UUID | None) -> AmbiguousRow:
    """Say whom a row of a file means, or (None) that it stays out; the next file follows it.

    Nothing of the row is written by this: bring the file again. Raises NotAllowed, and DomainError
    `row_settled`, `not_a_candidate`.
    """
    if not may_settle_tasks(actor) or not actor.covers(row.division_code):
        raise NotAllowed
    current = locked(row)
    if current.settled_on:
        raise DomainError(
            "row_settled", _("Somebody has settled this row already. Open the list again to see how.")
        )
    chosen = _candidate(current, person_id) if person_id else None
    current.chosen = chosen
    current.settled_by_id = actor.staff_id
    current.settled_on = clock.today()
    current.save(update_fields=["chosen", "settled_by", "settled_on"])
    record_act(
        actor=actor,
        verb="households.settle_row",
        record=current,
        line=current.line,
        chosen=chosen.pk if chosen else None,
    )
    task = RegistryTask.objects.select_for_update().get(pk=current.task_id)
    if task.closed_on is None and not task.ambiguous_rows.unsettled().exists():
        task.closed_on = clock.today()
        task.save(update_fields=["closed_on"])
    return current


def _candidate(row: AmbiguousRow, person_id: UUID) -> Person:
    for candidate in candidates_of(row):
        if candidate.pk == person_id:
            return candidate
    raise DomainError(
        "not_a_candidate",
        _("This person no longer has the name, birth date and household of the row. Choose another one."),
    )
