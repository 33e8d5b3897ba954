"""Money moved between budget lines of a year and source: proposed by one, confirmed by another."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import BudgetChangeKind, BudgetChangeState
from subsidies.models import BudgetChange, BudgetLine
from subsidies.models.budget import CHANGE_TRANSITIONS
from subsidies.selectors.books import check_year_open
from subsidies.selectors.budget import movable_amount
from subsidies.services.budget import check_money


@transaction.atomic
def propose_transfer(
    *, actor: Actor, from_line: BudgetLine, to_line: BudgetLine, amount: Decimal, document: str
) -> BudgetChange:
    """Ask for `amount` yuan to be moved to another line of the same year and source.

    By the finance officer; nothing changes until the county confirms. What is appropriated or
    bound by grants stays. Raises NotAllowed, DomainError `document_needed`, `amount_not_positive`,
    `same_line`, `other_year_or_source`, `not_free`, `year_closed`.
    """
    if not policies.may_set_budget(actor):
        raise NotAllowed()
    check_money(amount, document)
    if from_line.pk == to_line.pk:
        raise DomainError("same_line", _("Choose another line than the one the money comes from."))
    if (from_line.year, from_line.source) != (to_line.year, to_line.source):
        raise DomainError(
            "other_year_or_source",
            _(
                "Money is moved within its year and its source: what the centre gave stays the centre's. "
                "Choose a line of %(year)s from: %(source)s."
            ),
            year=from_line.year,
            source=from_line.get_source_display(),
        )
    with county_scope():
        check_year_open(from_line.year)
        _check_free(locked(from_line), amount)
        change = BudgetChange.objects.create(
            kind=BudgetChangeKind.TRANSFER,
            from_line=from_line,
            to_line=to_line,
            amount=amount,
            document=document,
            proposed_by_id=actor.staff_id,
            proposed_on=clock.today(),
            division_code=from_line.division_code,
        )
        record_act(
            actor=actor,
            verb="subsidies.propose_transfer",
            record=change,
            from_line=from_line.pk,
            to_line=to_line.pk,
            amount=amount,
            document=document,
        )
    return change


def _check_free(line: BudgetLine, amount: Decimal) -> None:
    free = movable_amount(line)
    if amount > free:
        raise DomainError(
            "not_free",
            _(
                "At most %(free)s yuan of this line can be moved: the rest is appropriated or bound by grants."
            ),
            free=max(free, Decimal()),
        )


@transaction.atomic
def confirm_transfer(*, actor: Actor, change: BudgetChange) -> BudgetChange:
    """Move the money: both lines change at once, and their sum stays.

    By the county, never the one who proposed it. Raises NotAllowed, Stale, DomainError
    `own_transfer`, `not_free`, `year_closed`.
    """
    _check_may_decide(actor, change)
    with county_scope():
        current = locked(change)
        lines = {
            line.pk: line
            for line in BudgetLine.objects.select_for_update()
            .filter(pk__in=[current.from_line_id, current.to_line_id])
            .order_by("pk")
        }
        source, target = lines[current.from_line_id], lines[current.to_line_id]  # type: ignore[index] # a transfer has both
        done = move(
            record=current,
            to=BudgetChangeState.DONE,
            transitions=CHANGE_TRANSITIONS,
            actor=actor,
            verb="subsidies.confirm_transfer",
            detail={"from_line": source.pk, "to_line": target.pk, "amount": current.amount},
            decided_by_id=actor.staff_id,
            decided_on=clock.today(),
        )
        check_year_open(source.year)
        _check_free(source, current.amount)
        source.amount -= current.amount
        target.amount += current.amount
        for line in (source, target):
            line.save(update_fields=["amount"])
    return done


@transaction.atomic
def reject_transfer(*, actor: Actor, change: BudgetChange) -> BudgetChange:
    """Leave the lines as they are. By the county, never the proposer. Raises NotAllowed, Stale."""
    _check_may_decide(actor, change)
    with county_scope():
        return move(
            record=change,
            to=BudgetChangeState.REJECTED,
            transitions=CHANGE_TRANSITIONS,
            actor=actor,
            verb="subsidies.reject_transfer",
            decided_by_id=actor.staff_id,
            decided_on=clock.today(),
        )


def _check_may_decide(actor: Actor, change: BudgetChange) -> None:
    if not policies.may_decide_transfers(actor):
        raise NotAllowed()
    if actor.staff_id == change.proposed_by_id:
        raise NotAllowed("own_transfer", _("You proposed this transfer. Somebody else must confirm it."))
