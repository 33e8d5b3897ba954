"""What a grant brings a year, by date: the same as the database's `subsidies_amounts_on`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from offices.actors import Actor
from offices.database.context import county_scope
from subsidies.enums import Frequency, RaiseCause
from subsidies.models import Grant, GrantAmount, PolicyVersion


@dataclass(frozen=True, slots=True)
class AmountsByDay:
    """Yuan a year: what was granted, and what holds instead from each of the days on, in order."""

    granted: Decimal
    raised: tuple[tuple[datetime.date, Decimal], ...] = ()

    def on(self, day: datetime.date) -> Decimal:
        """The amount of a day; a period has that of its first day."""
        held = [amount for from_on, amount in self.raised if from_on <= day]
        return held[-1] if held else self.granted


def amounts_of(grant: Grant) -> AmountsByDay:
    """The amounts of one grant, by date."""
    return amounts_of_each([grant])[grant.pk]


def amounts_of_each(grants: Iterable[Grant]) -> dict[UUID, AmountsByDay]:
    """The amounts of several grants at once. At county scope: what is paid does not depend on who asks."""
    asked = {grant.pk: grant for grant in grants}
    raised: dict[UUID, list[tuple[datetime.date, Decimal]]] = {}
    with county_scope():
        rows = GrantAmount.objects.filter(grant__in=asked).order_by("from_on")
        for key, from_on, amount in rows.values_list("grant_id", "from_on", "annual_amount"):
            raised.setdefault(key, []).append((from_on, amount))
    return {
        key: AmountsByDay(grant.annual_amount, tuple(raised.get(key, ()))) for key, grant in asked.items()
    }


def a_year_of(amount: Decimal, frequency: str) -> Decimal:
    """What a grant brings a year by a policy whose period (a year, a month) brings `amount` on a day.

    Not what the policy pays in that calendar year: where a month brings more from July on, a grant has one
    amount up to June and another from July on.
    """
    return amount * 12 if frequency == Frequency.MONTHLY else amount


def period_begins(day: datetime.date, frequency: str) -> datetime.date:
    """The first day of the period, a year or a month, that a day lies in."""
    return day.replace(day=1) if frequency == Frequency.MONTHLY else day.replace(month=1, day=1)


@dataclass(frozen=True, slots=True)
class Raise:
    """So many grants that bring more from a day on, for one reason, found on one day; yuan a year in all."""

    version: PolicyVersion
    cause: RaiseCause
    from_on: datetime.date
    known_on: datetime.date
    count: int
    more_a_year: Decimal


_RAISES = """
SELECT a.policy_version_id, a.cause, a.from_on, a.known_on, count(*), sum(a.annual_amount - coalesce(
           (SELECT b.annual_amount FROM subsidies_grantamount b
             WHERE b.grant_id = a.grant_id AND b.from_on < a.from_on ORDER BY b.from_on DESC LIMIT 1),
           g.annual_amount))
  FROM subsidies_grantamount a JOIN subsidies_grant g ON g.id = a.grant_id
 WHERE a.division_code >= %(scope)s AND a.division_code < %(scope)s || '~' AND a.known_on >= %(since)s
 GROUP BY 1, 2, 3, 4
 ORDER BY a.known_on DESC, a.from_on DESC, count(*) DESC, a.policy_version_id, a.cause
"""


def raises_since(since: datetime.date, *, actor: Actor) -> list[Raise]:
    """What the assessments since a day raised, within the actor's place, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_RAISES, {"scope": actor.scope, "since": since})
        rows = cursor.fetchall()
    versions = PolicyVersion.objects.select_related("programme").in_bulk([row[0] for row in rows])
    return [
        Raise(versions[version], RaiseCause(cause), from_on, known_on, count, more)
        for version, cause, from_on, known_on, count, more in rows
    ]
