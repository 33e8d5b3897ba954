"""A line of the register follows its application at once: on its way, withdrawn, granted.

The nightly assessment would find the same; whoever looks at the register today sees it today.
"""

from __future__ import annotations

from offices import clock
from offices.database.context import county_scope
from subsidies.enums import DebtDeed, DebtEnd, DebtState, Standing
from subsidies.models import Application, Debt, DebtAct, Grant
from subsidies.models.debts import DebtQuerySet


def follow_entry(*, application: Application) -> None:
    """The family has applied: its line waits for the grant. Who had declined has asked by that.

    Part of the entry, at the actor's own right.
    """
    with county_scope():
        lines = _lines(application)
        lines.open().update(standing=Standing.APPLIED, application=application)
        for line in lines.declined().select_for_update():
            DebtAct.objects.create(
                debt=line,
                deed=DebtDeed.ASKED,
                acted_on=clock.today(),
                acted_by_id=application.entered_by_id,
                division_code=line.division_code,
            )
            lines.filter(pk=line.pk).update(
                state=DebtState.OPEN,
                closed_on=None,
                closed_as="",
                standing=Standing.APPLIED,
                application=application,
                told_on=clock.today(),
                last_deed=DebtDeed.ASKED,
                last_deed_on=clock.today(),
            )


def follow_withdrawal(*, application: Application) -> None:
    """An application was withdrawn: what it was about is owed as before, or to be found out."""
    with county_scope():
        _lines(application).open().filter(standing=Standing.APPLIED, missing=[]).update(
            standing=Standing.OWED
        )
        _lines(application).open().filter(standing=Standing.APPLIED).update(standing=Standing.UNKNOWN)


def follow_grant(*, grant: Grant) -> None:
    """The grant is the proof that clears the line; its first payment completes it later."""
    if grant.from_on > clock.today():
        return
    with county_scope():
        _lines(grant).open().update(
            state=DebtState.CLOSED,
            closed_on=clock.today(),
            closed_as=DebtEnd.GRANTED,
            grant=grant,
            application_id=grant.application_id,
        )


def _lines(of: Application | Grant) -> DebtQuerySet:
    return Debt.objects.filter(person_id=of.person_id, programme_id=of.programme_id)
