"""Cases and money of a person whose two records become one.

Applications, grants and payments follow as they are: who acted, on which day, for which period and
account stays as it was. What a person must settle first stands in the way, with its reason: two
grants of a programme for the same time, two open applications, a payment on its way beside another for one period. Once both records were
paid for a period they stay two, also after a recovery (docs/adr/0022).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.merging import Mergeable, MovingRow
from households.models import Person
from offices.database.context import current_context
from subsidies.enums import PaymentState
from subsidies.models import (
    Application,
    Assessment,
    ExplanationReceipt,
    Grant,
    Payment,
    PriorityLetter,
    Programme,
    Recognition,
    SealedListEntry,
)
from subsidies.models.batches import LIVE_PAYMENTS
from subsidies.services.sweep import reassess

_OVERLAPPING = """
SELECT DISTINCT one.programme_id
  FROM {table} one JOIN {table} other ON other.programme_id = one.programme_id
       AND daterange(other.{from_on}, other.{to_on}) && daterange(one.{from_on}, one.{to_on})
 WHERE one.person_id = %s AND other.person_id = %s {among}
 ORDER BY 1
"""


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(hashtextextended(%s, 0))", [f"subsidies.payees:{current_context().county}"]
        )


def let_no_record_merge() -> None:
    """Keep records from being merged until this transaction ends: a batch is being made of their grants."""
    _lock("pg_advisory_xact_lock_shared")


def _let_no_batch_be_made() -> None:
    _lock("pg_advisory_xact_lock")


def _moving(absorbed: Person, _survivor: Person) -> Sequence[MovingRow]:
    rows = [
        MovingRow(
            _("Application"),
            f"{case.file_number} · {case.programme.name} · {case.get_state_display()}",
            day=case.entered_on,
            is_money=True,
        )
        for case in Application.objects.filter(person=absorbed).select_related("programme")
    ]
    rows += [
        MovingRow(
            _("Grant"),
            f"{grant.programme.name} · {grant.get_state_display()}",
            day=grant.from_on,
            amount=grant.annual_amount,
            is_money=True,
        )
        for grant in Grant.objects.filter(person=absorbed).select_related("programme")
    ]
    payments = Payment.objects.filter(person=absorbed).select_related("programme", "batch")
    rows += [
        MovingRow(
            _("Payment"),
            f"{line.programme.name} · {line.batch.period} · {line.batch.number} · {line.get_state_display()}",
            day=line.paid_on,
            amount=line.amount,
            is_paid=line.state == PaymentState.PAID,
            is_money=True,
        )
        for line in payments.order_by("period_from_on", "id")
    ]
    return rows


def _hindrances(absorbed: Person, survivor: Person) -> Sequence[str | Promise]:
    open_cases = Application.objects.open().filter(person__in=[absorbed, survivor])
    counted = Counter(case.programme.name for case in open_cases.select_related("programme"))
    twice = [programme for programme, count in counted.items() if count > 1]
    found: list[str | Promise] = [
        _("Each of the two has an open application for %(programme)s. Withdraw one of them first.")
        % {"programme": programme}
        for programme in twice
    ]
    found += [
        _(
            "Each of the two has a grant of %(programme)s for the same time. Have the one that is wrong "
            "stopped from its beginning first."
        )
        % {"programme": programme}
        for programme in _overlapping(Grant, absorbed, survivor, "from_on", "to_on")
    ]
    paid = _paid_twice(absorbed, survivor, [PaymentState.PAID])
    found += [
        _(
            "Each of the two was paid %(programme)s for the same period, so they stay two records for good: "
            "each keeps what it was paid, also when the double payment is recovered. Mark the two as one "
            "person, have the grant that is wrong stopped, and take the double payment to the county's "
            "finance officer."
        )
        % {"programme": programme}
        for programme in paid
    ]
    found += [
        _(
            "Of each of the two a payment of %(programme)s for the same period is on its way or paid. "
            "Take it to the county's finance officer before the bank pays both: after that the two stay two "
            "records for good."
        )
        % {"programme": programme}
        for programme in _paid_twice(absorbed, survivor, LIVE_PAYMENTS)
        if programme not in paid
    ]
    return found


def _paid_twice(absorbed: Person, survivor: Person, states: Sequence[PaymentState]) -> list[str]:
    """Programmes of which each record has a line in one of the states for the same period."""
    values = [state.value for state in states]
    return _overlapping(
        Payment,
        absorbed,
        survivor,
        "period_from_on",
        "period_to_on",
        among=("AND one.state = ANY(%s) AND other.state = ANY(%s)", [values, values]),
    )


def _overlapping(
    model: Any,
    absorbed: Person,
    survivor: Person,
    from_on: str,
    to_on: str,
    *,
    among: tuple[str, Sequence[Any]] = ("", ()),
) -> list[str]:
    condition, parameters = among
    with connection.cursor() as cursor:
        cursor.execute(
            _OVERLAPPING.format(table=model._meta.db_table, from_on=from_on, to_on=to_on, among=condition),
            [absorbed.pk, survivor.pk, *parameters],
        )
        return [programme.name for programme in Programme.objects.filter(pk__in=[row[0] for row in cursor])]


def _move(changes: Any, absorbed: Person, survivor: Person) -> None:
    """Applications before their grants, grants before their payments: so nobody's wait is a deadlock."""
    for model in (Application, Grant, Payment):
        if changes.touch_rows(model, "t.person_id = %s", [absorbed.pk]):
            model._default_manager.filter(person=absorbed).update(person=survivor)


def _keeps(merge: UUID) -> Sequence[str | Promise]:
    """What was paid since on a grant that moved would be left with the wrong person."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) FROM {Payment._meta.db_table} p
              JOIN households_rowchange g ON g.change_set = %s AND g.row_table = %s AND g.row_id = p.grant_id
             WHERE NOT EXISTS (SELECT FROM households_rowchange l
                                WHERE l.change_set = %s AND l.row_table = %s AND l.row_id = p.id)
            """,
            [merge, Grant._meta.db_table, merge, Payment._meta.db_table],
        )
        count = cursor.fetchone()[0]
    if not count:
        return []
    return [
        _(
            "Money has been paid since on a grant that moved, so the merge stays. Ask the county's finance officer."
        )
    ]


def _settle(people: Sequence[UUID]) -> None:
    reassess(people=people)


MERGEABLE = Mergeable(
    references=(
        (Application, "person"),
        (Grant, "person"),
        (Payment, "person"),
        (Assessment, "person"),
        (ExplanationReceipt, "person"),
        (PriorityLetter, "person"),
        (Recognition, "person"),
        (SealedListEntry, "person"),
    ),
    begin=_let_no_batch_be_made,
    moving=_moving,
    hindrances=_hindrances,
    move=_move,
    keeps=_keeps,
    settle=_settle,
)
"""What was assessed follows by being assessed anew; earlier days' assessments stay as they were.
An explanation that was given stays with the record it was about, and is shown with the one that stays;
so do letters and honours on paper, and entries of sealed lists."""
