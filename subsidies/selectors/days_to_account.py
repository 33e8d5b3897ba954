"""Requested any time, paid at once: how many days from the county's confirmation to the account.

One way of counting for every page: over grants' first payments, because later years' follow by
themselves. Shown by the component days_to_account.html.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection

from offices.actors import Actor
from subsidies.models import Grant, PaymentBatch


@dataclass(frozen=True, slots=True)
class DaysToAccount:
    """Days from confirmation to the account over first payments that arrived, and over those who wait."""

    count: int
    median: int | None
    longest: int | None
    waiting: int
    waiting_longest: int | None


_YEAR = datetime.timedelta(days=365)
_ARRIVED = "FILTER (WHERE f.paid_on IS NOT NULL)"
_WAIT = "FILTER (WHERE f.paid_on IS NULL)"
_COUNTED = f"""
SELECT count(*) {_ARRIVED}, percentile_disc(0.5) WITHIN GROUP (ORDER BY f.paid_on - f.confirmed_on) {_ARRIVED},
       max(f.paid_on - f.confirmed_on) {_ARRIVED}, count(*) {_WAIT}, max(%(today)s::date - f.confirmed_on) {_WAIT}
  FROM (%(of)s) f
"""

# A grant that ended before anything was owed of it does not wait.
_OF_GRANTS = """
SELECT g.confirmed_on, (SELECT min(l.paid_on) FROM subsidies_payment l
                         WHERE l.grant_id = g.id AND l.state = 'paid') AS paid_on
  FROM subsidies_grant g
 WHERE g.annual_amount > 0 AND (g.to_on IS NULL OR g.to_on > g.from_on) AND {condition}
"""
_OF_BATCH = """
SELECT g.confirmed_on, l.paid_on
  FROM subsidies_payment l JOIN subsidies_grant g ON g.id = l.grant_id
 WHERE l.batch_id = %(batch)s AND l.state <> 'cancelled'
   AND NOT EXISTS (SELECT 1 FROM subsidies_payment e
                    WHERE e.grant_id = l.grant_id AND e.state = 'paid' AND e.id <> l.id
                      AND e.paid_on <= coalesce(l.paid_on, %(today)s::date))
"""


def days_of_batch(batch: PaymentBatch, *, today: datetime.date) -> DaysToAccount:
    """How long the families of a batch waited."""
    return _counted(_OF_BATCH, {"batch": batch.pk, "today": today})


def days_of_grant(grant: Grant, *, today: datetime.date) -> DaysToAccount:
    """How long one family waited, or has been waiting."""
    return _counted(_OF_GRANTS.format(condition="g.id = %(grant)s"), {"grant": grant.pk, "today": today})


def days_of_programme(
    programme: str, *, scope: str, since: datetime.date, today: datetime.date
) -> DaysToAccount:
    """How long the families of a programme waited whose right was confirmed since a day."""
    condition = (
        "g.programme_id = %(programme)s AND g.confirmed_on >= %(since)s "
        "AND g.division_code >= %(scope)s AND g.division_code < %(scope)s || '~'"
    )
    return _counted(
        _OF_GRANTS.format(condition=condition),
        {"programme": programme, "scope": scope, "since": since, "today": today},
    )


def days_of_place(*, scope: str, since: datetime.date, today: datetime.date) -> DaysToAccount:
    """How long the families of a place waited whose right was confirmed since a day."""
    condition = (
        "g.confirmed_on >= %(since)s AND g.confirmed_on <= %(today)s "
        "AND g.division_code >= %(scope)s AND g.division_code < %(scope)s || '~'"
    )
    return _counted(_OF_GRANTS.format(condition=condition), {"scope": scope, "since": since, "today": today})


def days_of_office(actor: Actor, *, today: datetime.date) -> DaysToAccount:
    """How long the families waited whom somebody serves, and whose right was confirmed in the last year."""
    return days_of_place(scope=actor.scope, since=today - _YEAR, today=today)


def _counted(of: str, parameters: dict[str, Any]) -> DaysToAccount:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.replace("%(of)s", of), parameters)
        return DaysToAccount(*cursor.fetchone())
