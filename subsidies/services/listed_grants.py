"""The county grants a confirmed list: each family its own grant, by one act."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from offices import clock
from offices.actors import Actor
from offices.services.states import move_together
from subsidies.enums import ApplicationState, Step, StepResult
from subsidies.models import Application, Grant, ListedAct, Programme
from subsidies.models.applications import TRANSITIONS
from subsidies.services.commitments import check_listed_commitment
from subsidies.services.debt_cases import follow_grants
from subsidies.services.grants import cash_of, make_grants
from subsidies.services.listed_acts import Listed, lock_and_sort, one_day, write_listed_act
from subsidies.services.listed_cases import alike, check_may_list, in_parts
from subsidies.services.steps import write_steps


@transaction.atomic
@one_day()
def grant_listed(
    *,
    actor: Actor,
    programme: Programme,
    division_code: str,
    applications: Collection[UUID] | None = None,
) -> Listed:
    """Grant (资格确认) all confirmed cases of a place whose last notice is over; payments rest on them.

    By the county office, by another than entered, reviewed or confirmed. From when it holds, what it binds
    on the budget and what it clears in the register is as for a single grant. A letter is issued to who
    asks for one (listed_papers). Raises NotAllowed, Stale, DomainError `not_by_list`, `no_policy_on_day`,
    `list_too_long`, `granted_already`.
    """
    check_may_list(actor=actor, programme=programme, step=Step.GRANT, division_code=division_code)
    sorting = lock_and_sort(
        actor=actor,
        programme=programme,
        step=Step.GRANT,
        division_code=division_code,
        applications=applications,
    )
    if not sorting.ready:
        return Listed(None, left_behind=sorting.left_behind)
    listed = write_listed_act(
        actor=actor,
        verb="subsidies.grant_listed",
        step=Step.GRANT,
        programme=programme,
        division_code=division_code,
        sorting=sorting,
    )
    grants: list[Grant] = []
    together = alike(sorting.ready, lambda case: (case.policy_version_id, case.annual_amount))
    for (_version, amount), cases in together.items():
        for part in in_parts(cases):
            grants += _grant(part, amount or Decimal(), actor, listed)
    check_listed_commitment(grants=grants, listed=listed, actor=actor)
    return Listed(listed, sorting.taken, sorting.left_behind)


def _grant(cases: Sequence[Application], amount: Decimal, actor: Actor, listed: ListedAct) -> Sequence[Grant]:
    """Write the step and the grants of cases of one policy version and amount."""
    write_steps(applications=cases, actor=actor, step=Step.GRANT, result=StepResult.PASSED, listed=listed)
    move_together(
        records=cases,
        to=ApplicationState.GRANTED,
        transitions=TRANSITIONS,
        decided_on=clock.today(),
        due_on=None,
        annual_amount=amount,
    )
    grants = make_grants(applications=cases, cash=cash_of(version=cases[0].policy_version, amount=amount))
    follow_grants(grants=grants)
    return grants
