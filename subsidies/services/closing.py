"""A batch is closed when approved, file, bank and ledger are equal to the cent."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import BatchState
from subsidies.models import PaymentBatch
from subsidies.models.batches import TRANSITIONS
from subsidies.selectors.money import tie_out


@transaction.atomic
def close_batch(*, actor: Actor, batch: PaymentBatch) -> PaymentBatch:
    """Close a batch that the bank has answered whole and whose totals agree.

    The finance officer or the cashier may, and the installation: it decides nothing. Raises
    NotAllowed, Stale, DomainError `not_tied_out` with the first difference.
    """
    if not policies.may_close_batches(actor):
        raise NotAllowed()
    with county_scope():
        current = locked(batch)
        if current.state == BatchState.SENT:
            raise Stale(
                "answer_awaited",
                _("The bank has not answered every line of %(number)s yet. Read its answer first."),
                number=current.number,
            )
        difference = tie_out(current).first_difference
        if current.state == BatchState.ANSWERED and difference is not None:
            raise DomainError(
                "not_tied_out",
                _(
                    "%(side)s differs from what was approved by %(count)s lines and %(amount)s yuan. "
                    "The batch stays open until that is found."
                ),
                side=difference.label,
                count=difference.count_difference,
                amount=difference.amount_difference,
            )
        return move(
            record=current,
            to=BatchState.CLOSED,
            transitions=TRANSITIONS,
            actor=actor,
            verb="subsidies.close_batch",
            detail={"count": current.count, "total": current.total_amount},
            closed_on=clock.today(),
        )
