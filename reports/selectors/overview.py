"""The headline figures of a place as of today: what is owed, received and paid, and how fast."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import Substr, TruncMonth

from offices import clock
from offices.database.context import county_scope
from offices.models import Division
from reports.months import Month, month_of
from reports.selectors.money import payments_paid
from reports.selectors.qualifications import grants_behind
from subsidies.enums import Standing
from subsidies.models import Assessment, Grant, Sweep


@dataclass(frozen=True, slots=True)
class Overview:
    """Persons owed at the newest sweep (`as_of`; None before the first), grants in force in the
    running month, yuan paid in the year, and the median of days from application to money over
    first payments of the year.
    """

    as_of: datetime.date | None
    owed: int
    owed_amount: Decimal
    receiving: int
    paid_amount: Decimal
    paid_count: int
    median_days: int | None
    first_payments: int


# A grant's first payment alone: later years' payments follow by themselves.
_FIRST_PAYMENTS = """
SELECT substr(g.division_code, 1, %(digits)s) AS place,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY p.paid_on - a.entered_on), count(*)
  FROM (SELECT grant_id, min(paid_on) AS paid_on FROM subsidies_payment
         WHERE state = 'paid' AND division_code >= %(scope)s AND division_code < %(scope)s || '~'
         GROUP BY grant_id) p
  JOIN subsidies_grant g ON g.id = p.grant_id
  JOIN subsidies_application a ON a.id = g.application_id
 WHERE p.paid_on >= %(from_on)s AND p.paid_on < %(to_on)s
 GROUP BY 1 ORDER BY 1
"""


def days_to_money(scope: str, month: Month, *, digits: int) -> dict[str, tuple[int, int]]:
    """Median of days from application to money, and over how many, by the first `digits` of the place."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FIRST_PAYMENTS,
            {"scope": scope, "digits": digits, "from_on": month.year_start, "to_on": month.next_day},
        )
        return {place: (median, count) for place, median, count in cursor.fetchall()}


def _newest_sweep() -> Sweep | None:
    """The newest sweep; it belongs to the county and holds counts alone."""
    with county_scope():
        return Sweep.objects.order_by("-as_of").first()


def overview_of(division: Division, *, month: Month) -> Overview:
    """The headline figures of a place within the open scope; money up to the end of `month`."""
    scope = division.scope
    newest = _newest_sweep()
    owed, owed_amount = 0, Decimal()
    if newest is not None:
        found = Assessment.objects.filter(
            sweep=newest, standing=Standing.OWED, division_code__gte=scope, division_code__lt=scope + "~"
        ).aggregate(count=Count("pk"), amount=Sum("annual_amount"))
        owed, owed_amount = found["count"], found["amount"] or Decimal()
    receiving = Grant.objects.filter(division_code__gte=scope, division_code__lt=scope + "~").filter(
        grants_behind(month_of(clock.today()))["closing"]
    )
    paid = (
        payments_paid(month)
        .filter(division_code__gte=scope, division_code__lt=scope + "~")
        .aggregate(count=Count("pk"), amount=Sum("amount"))
    )
    days = days_to_money(scope, month, digits=len(scope)).get(scope)
    return Overview(
        as_of=newest.as_of if newest else None,
        owed=owed,
        owed_amount=owed_amount,
        receiving=receiving.count(),
        paid_amount=paid["amount"] or Decimal(),
        paid_count=paid["count"],
        median_days=days[0] if days else None,
        first_payments=days[1] if days else 0,
    )


def owed_by_township(scope: str) -> Mapping[str, int]:
    """Persons owed and not receiving at the newest sweep, by township (12 digits)."""
    newest = _newest_sweep()
    if newest is None:
        return {}
    rows = (
        Assessment.objects.filter(sweep=newest, standing=Standing.OWED)
        .filter(division_code__gte=scope, division_code__lt=scope + "~")
        .annotate(township=Substr("division_code", 1, 9))
        .values_list("township")
        .annotate(Count("pk"))
        .order_by()
    )
    return {f"{township}000": count for township, count in rows}


def paid_by_month(scope: str, month: Month) -> dict[Month, Decimal]:
    """Yuan that arrived in each month of the year up to `month`."""
    rows = (
        payments_paid(month)
        .filter(division_code__gte=scope, division_code__lt=scope + "~")
        .annotate(of=TruncMonth("paid_on"))
        .values_list("of")
        .annotate(Sum("amount"))
        .order_by()
    )
    return {Month(of): amount for of, amount in rows}
