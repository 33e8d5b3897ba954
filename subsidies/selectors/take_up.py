"""Take-up: of those entitled to each programme in each place, how many receive it, and how the office clears the rest.

What is measured is the office: what it still owes, for how long, how soon families were told.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import Substr

from offices.actors import Actor
from subsidies.enums import DebtState, Standing
from subsidies.models import Assessment, Debt, Programme, Sweep

ENTITLED = (Standing.RECEIVING, Standing.APPLIED, Standing.DECLINED, Standing.REFUSED, Standing.OWED)
PROMPT_DAYS = 30
"""So soon a family is to know what it is owed: the share told within is shown."""
_TOLD_WITHIN = datetime.timedelta(days=365)


@dataclass
class TakeUp:
    """Of one programme, one place, or both: entitled, receiving, and the lines that stand open.

    `amount` is what the owed lack for the year, `arrears` for the years before (yuan). `told` of
    `opened` lines of the last year were told within thirty days; `median_days` until they were told.
    """

    code: str
    standings: dict[str, int] = field(default_factory=dict)
    owed: int = 0
    amount: Decimal = Decimal()
    arrears: Decimal = Decimal()
    oldest: datetime.date | None = None
    opened: int = 0
    told: int = 0
    median_days: int | None = None

    @property
    def entitled(self) -> int:
        return sum(self.standings.get(standing, 0) for standing in ENTITLED)

    @property
    def receiving(self) -> int:
        return self.standings.get(Standing.RECEIVING, 0)

    @property
    def unknown(self) -> int:
        return self.standings.get(Standing.UNKNOWN, 0)

    @property
    def share(self) -> Decimal | None:
        """Receiving of entitled, a share of one; None where nobody is entitled."""
        return Decimal(self.receiving) / self.entitled if self.entitled else None

    @property
    def told_share(self) -> Decimal | None:
        """Told within thirty days, of the lines opened within the last year."""
        return Decimal(self.told) / self.opened if self.opened else None

    def oldest_days(self, on: datetime.date) -> int | None:
        """How long the oldest of them has been owed."""
        return (on - self.oldest).days if self.oldest else None


def take_up(
    *,
    actor: Actor,
    sweep: Sweep | None,
    on: datetime.date,
    by_place: bool,
    programme: Programme | None = None,
) -> list[TakeUp]:
    """By programme in their order, or by the places one level below the actor's, by their code."""
    digits = 9 if len(actor.scope) == 6 else 12
    key = f"left(d.division_code, {digits})" if by_place else "d.programme_id"
    found: dict[str, TakeUp] = {}
    if sweep:
        rows = Assessment.objects.visible_to(actor).filter(sweep_id=sweep.pk)
        if programme:
            rows = rows.filter(programme=programme)
        name = "place" if by_place else "programme_id"
        grouped = rows.annotate(place=Substr("division_code", 1, digits)).order_by()
        for row in grouped.values(name, "standing").annotate(n=Count("pk")):
            line = found.setdefault(row[name], TakeUp(row[name]))
            line.standings[row["standing"]] = row["n"]
    for code, *figures in _of_register(actor, key, on, programme):
        line = found.setdefault(code, TakeUp(code))
        line.owed, line.amount, line.arrears, line.oldest, line.opened, line.told, line.median_days = figures
    return _in_order(found, by_place=by_place)


def _of_register(
    actor: Actor, key: str, on: datetime.date, programme: Programme | None
) -> Iterable[tuple[Any, ...]]:
    open_and_owed = "FILTER (WHERE d.state = %(open)s AND d.standing = %(owed)s)"
    fresh = "d.opened_on > %(fresh)s AND d.opened_on <= %(prompt)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {key}, count(*) {open_and_owed}, coalesce(sum(d.annual_amount) {open_and_owed}, 0),
                   coalesce(sum(d.arrears_amount) {open_and_owed}, 0), min(d.owed_since) {open_and_owed},
                   count(*) FILTER (WHERE {fresh}),
                   count(*) FILTER (WHERE {fresh} AND d.told_on - d.opened_on <= %(days)s),
                   percentile_disc(0.5) WITHIN GROUP (ORDER BY d.told_on - d.opened_on)
                       FILTER (WHERE d.told_on IS NOT NULL AND d.opened_on > %(fresh)s)
              FROM "{Debt._meta.db_table}" d
             WHERE d.division_code >= %(scope)s AND d.division_code < %(scope)s || '~'
               AND (%(programme)s::text IS NULL OR d.programme_id = %(programme)s)
             GROUP BY 1""",
            {
                "open": DebtState.OPEN.value,
                "owed": Standing.OWED.value,
                "fresh": on - _TOLD_WITHIN,
                "prompt": on - datetime.timedelta(days=PROMPT_DAYS),
                "days": PROMPT_DAYS,
                "scope": actor.scope,
                "programme": programme.pk if programme else None,
            },
        )
        return cursor.fetchall()


def _in_order(found: dict[str, TakeUp], *, by_place: bool) -> list[TakeUp]:
    if by_place:
        return [found[code] for code in sorted(found)]
    return [found[code] for code in Programme.objects.values_list("code", flat=True) if code in found]


def open_lines_over_time(
    *, actor: Actor, on: datetime.date, programme: Programme | None = None, months: int = 12
) -> list[tuple[datetime.date, int]]:
    """How many lines stood open at the end of each of the last months, and on the day itself."""
    days = [on]
    for _month in range(months - 1):
        days.append(days[-1].replace(day=1) - datetime.timedelta(days=1))
    rows = Debt.objects.visible_to(actor)
    if programme:
        rows = rows.filter(programme=programme)
    counted = rows.aggregate(
        **{
            f"d{number}": Count(
                "pk", filter=Q(opened_on__lte=day) & (Q(closed_on=None) | Q(closed_on__gt=day))
            )
            for number, day in enumerate(days)
        }
    )
    return [(day, counted[f"d{number}"]) for number, day in reversed(list(enumerate(days)))]


def total_of(lines: Sequence[TakeUp]) -> TakeUp:
    """All of them together; medians and shares of speed are not added up."""
    whole = TakeUp("")
    for line in lines:
        for standing, count in line.standings.items():
            whole.standings[standing] = whole.standings.get(standing, 0) + count
        whole.owed += line.owed
        whole.amount += line.amount
        whole.arrears += line.arrears
        whole.opened += line.opened
        whole.told += line.told
        whole.oldest = min((day for day in (whole.oldest, line.oldest) if day), default=None)
    return whole
