"""What came of a visit about a benefit stands in the register of debts at once."""

from __future__ import annotations

from households.enums import VisitResult
from households.models import Membership, Visit
from households.services.visits import declined_before
from offices.actors import Actor
from offices.database.context import county_scope
from subsidies.enums import DebtDeed, Standing
from subsidies.models import Debt, DebtAct
from subsidies.services.debt_acts import decline_debt, record_deed, reopen_debt, take_back_deed

_DEED_OF = {
    VisitResult.TOLD: DebtDeed.TOLD,
    VisitResult.APPLIED: DebtDeed.HELPED,
    VisitResult.NOT_THERE: DebtDeed.CANNOT_REACH,
    VisitResult.CANNOT: DebtDeed.CANNOT_REACH,
}


def follow_recorded_visit(*, visit: Visit, actor: Actor) -> None:
    """The lines of whom the visit was about: the person, or the household's members of that day.

    Who has declined the benefit in the register is not visited about it unless the family asks;
    raises DomainError `visit_declined_before`.
    """
    for line in _lines(visit):
        if not actor.covers(line.division_code):
            continue
        current = line
        if not current.is_open:
            if not visit.asked_by_family:
                raise declined_before()
            current = reopen_debt(debt=current, actor=actor, acted_on=visit.visited_on, visit=visit)
        if visit.result != VisitResult.DECLINED:
            deed = _DEED_OF[VisitResult(visit.result)]
            record_deed(debt=current, deed=deed, actor=actor, acted_on=visit.visited_on, visit=visit)
        elif current.standing != Standing.APPLIED:
            decline_debt(debt=current, actor=actor, acted_on=visit.visited_on, visit=visit)


def follow_visit_taken_back(*, visit: Visit, actor: Actor) -> None:
    """What followed from it is taken back with it, the last first. Raises Stale where more followed."""
    acts = DebtAct.objects.filter(visit=visit, undone_by=None).select_related("debt")
    for act in acts.order_by("-recorded_at", "-pk"):
        take_back_deed(act=act, actor=actor)


def _lines(visit: Visit) -> list[Debt]:
    with county_scope():
        people = (
            [visit.person_id]
            if visit.person_id
            else list(
                Membership.objects.on(visit.visited_on)
                .filter(household_id=visit.household_id)
                .values_list("person_id", flat=True)
            )
        )
        lines = Debt.objects.filter(programme_id=visit.about, person_id__in=people)
        return [*lines.open().order_by("pk"), *lines.declined().order_by("pk")]
