"""Rows of recoveries at each point of their way, all of one grant's payments."""

from __future__ import annotations

import datetime
from decimal import Decimal

from offices import clock
from offices.enums import Role
from subsidies.services.recovery_money import record_receipt
from subsidies.services.recovery_plans import equal_instalments
from subsidies.services.recovery_waivers import propose_waiver
from tests.factories import make_actor
from tests.rows.people import NAME, Kwargs
from tests.subsidies.recovering import decided, delivered, heard, paid_grant, proposed, told


def recoveries(families: int) -> dict[str, Kwargs]:
    """`families` years paid, and as many proposals, instalments and receipts."""
    years = [str(2013 - number) for number in range(families)]
    grant = paid_grant(*years, name=NAME)
    amounts = ["20"] * families
    waiting = [proposed(grant, *amounts) for _one in range(families)]
    hearing = told(proposed(grant, *amounts))
    to_decide = heard(proposed(grant, *amounts))
    instalments = equal_instalments(
        amount=Decimal(20 * families),
        count=families,
        first_on=clock.today() + datetime.timedelta(days=300),
    )
    running = decided(proposed(grant, *amounts), instalments=instalments, agreement="分期归还协议书")
    delivered(running)
    for number in range(families):
        record_receipt(
            recovery=running,
            amount=Decimal(1),
            received_on=clock.today(),
            document=f"回单{number}号",
            is_voluntary=True,
            actor=make_actor(Role.CASHIER),
        )
    propose_waiver(
        recovery=running, reason="低保户", document="低保证1号", actor=make_actor(Role.COUNTY_REVIEWER)
    )

    def step(recovery: object, name: str) -> Kwargs:
        return {"recovery_id": recovery.pk, "step": name}  # type: ignore[attr-defined] # a recovery

    return {
        "grant with recoveries": {"grant_id": grant.pk},
        "recovery": {"recovery_id": running.pk},
        "recovery to tell of": step(waiting[0], "notify"),
        "recovery that is dropped": step(waiting[0], "drop"),
        "recovery to hear": step(hearing, "statement"),
        "recovery unanswered": step(hearing, "silence"),
        "recovery to decide": step(to_decide, "decide"),
        "recovery with instalments": step(running, "plan"),
        "recovery paid back": step(running, "receipt"),
        "recovery paid too much": step(running, "refund"),
        "recovery to waive": step(running, "waive"),
        "waiver to confirm": step(running, "confirm-waiver"),
        "waiver to reject": step(running, "reject-waiver"),
    }
