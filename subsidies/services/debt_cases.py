"""A line of the register follows its application at once: on its way, withdrawn, granted.

The nightly assessment would find the same; whoever looks at the register today sees it today.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import OuterRef, Subquery

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
        follow_entries(applications=[application])
        lines = _lines(application)
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


def follow_entries(*, applications: Sequence[Application]) -> None:
    """The families of one programme have applied: their open lines wait for the grants."""
    if applications:
        with county_scope():
            _open_lines(applications).update(
                standing=Standing.APPLIED, application=_her_own(Application, applications, "pk")
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
    follow_grants(grants=[grant])


def follow_grants(*, grants: Sequence[Grant]) -> None:
    """The same for the grants of one programme; one that begins later clears nothing yet."""
    today = clock.today()
    begun = [grant for grant in grants if grant.from_on <= today]
    if begun:
        with county_scope():
            _open_lines(begun).update(
                state=DebtState.CLOSED,
                closed_on=today,
                closed_as=DebtEnd.GRANTED,
                grant=_her_own(Grant, begun, "pk"),
                application=_her_own(Grant, begun, "application"),
            )


def _open_lines(cases: Sequence[Application] | Sequence[Grant]) -> DebtQuerySet:
    people = [case.person_id for case in cases]
    return Debt.objects.open().filter(person__in=people, programme=cases[0].programme_id)


def _her_own(
    model: type[Application | Grant], cases: Sequence[Application] | Sequence[Grant], name: str
) -> Subquery:
    """For each line, which of the cases is of its person."""
    own = model._default_manager.filter(pk__in=[case.pk for case in cases], person=OuterRef("person"))
    return Subquery(own.order_by().values(name)[:1])


def _lines(of: Application | Grant) -> DebtQuerySet:
    return Debt.objects.filter(person_id=of.person_id, programme_id=of.programme_id)
