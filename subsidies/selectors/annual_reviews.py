"""What registers say of grants under review, how far townships are, what a decision means in money."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import Left

from households.models import Membership, Visit
from offices.actors import Actor
from offices.database.context import county_scope
from offices.divisions import full_code
from offices.selectors.divisions import names_of_divisions
from subsidies.enums import Frequency, PaymentState, ReviewResult, ReviewState
from subsidies.models import Grant, Payment, ReviewItem, ReviewRound
from subsidies.models.batches import LIVE_PAYMENTS
from subsidies.periods import amount_for, read_period
from subsidies.selectors.grant_amounts import amounts_of
from subsidies.selectors.stop_rules import paid_until

# One row a running grant: its reasons in the order of ReviewReason. Set by set, whatever their number.
PRECHECK = """
SELECT g.id, array_remove(ARRAY[
         CASE WHEN p.died_on <= %(day)s THEN 'died' END,
         CASE WHEN away.person_id IS NOT NULL THEN 'moved' END,
         CASE WHEN a.standing = 'to_review' THEN 'conditions' END,
         CASE WHEN a.standing = 'unknown' THEN 'unknown' END,
         CASE WHEN told.person_id IS NOT NULL THEN 'report' END,
         CASE WHEN late.grant_id IS NOT NULL THEN 'late' END,
         CASE WHEN back.grant_id IS NOT NULL THEN 'returned' END,
         CASE WHEN g.state = 'suspended' THEN 'suspended' END,
         CASE WHEN seen.person_id IS NULL THEN 'not_seen' END
       ]::varchar[], NULL) AS reasons
  FROM subsidies_grant g
  JOIN households_person p ON p.id = g.person_id
  LEFT JOIN (SELECT DISTINCT person_id FROM households_absence
              WHERE (from_on IS NULL OR from_on <= %(day)s) AND (to_on IS NULL OR to_on > %(day)s)) away
    ON away.person_id = g.person_id
  LEFT JOIN subsidies_assessment a ON a.programme_id = g.programme_id AND a.person_id = g.person_id
       AND a.sweep_id = (SELECT s.id FROM subsidies_sweep s WHERE s.as_of <= %(day)s ORDER BY s.as_of DESC LIMIT 1)
  LEFT JOIN (SELECT DISTINCT person_id FROM households_eventproposal
              WHERE state = 'proposed' AND person_id IS NOT NULL) told ON told.person_id = g.person_id
  LEFT JOIN (SELECT DISTINCT grant_id FROM subsidies_latefinding WHERE state = 'open') late ON late.grant_id = g.id
  LEFT JOIN (SELECT DISTINCT l.grant_id FROM subsidies_payment l
              WHERE l.state = 'returned'
                AND NOT EXISTS (SELECT FROM subsidies_payment n
                                 WHERE n.supersedes_id = l.id AND n.state <> 'cancelled')) back
    ON back.grant_id = g.id
  LEFT JOIN (SELECT DISTINCT coalesce(v.person_id, m.person_id) AS person_id
               FROM households_visit v
               LEFT JOIN households_membership m ON v.person_id IS NULL AND m.household_id = v.household_id
                    AND (m.from_on IS NULL OR m.from_on <= %(day)s) AND (m.to_on IS NULL OR m.to_on > %(day)s)
              WHERE v.state = 'recorded' AND v.result IN ('told', 'applied')
                AND v.visited_on >= %(year)s AND v.visited_on <= %(day)s) seen
    ON seen.person_id = g.person_id
 WHERE {which}
"""
RUNNING = (
    "g.programme_id = %(programme)s AND g.state IN ('live', 'suspended') "
    "AND g.from_on <= %(day)s AND (g.to_on IS NULL OR g.to_on > %(day)s)"
)
OPEN_OF_ROUND = "g.id IN (SELECT i.grant_id FROM subsidies_reviewitem i WHERE i.round_id = %(round)s AND i.state = 'open')"


def prechecked(*, which: str, day: datetime.date, year: int, **named: Any) -> list[tuple[UUID, list[str]]]:
    """Grants and what registers say of each on a day; needs a context of the whole county."""
    with connection.cursor() as cursor:
        cursor.execute(PRECHECK.format(which=which), {"day": day, "year": datetime.date(year, 1, 1), **named})
        return cursor.fetchall()


def roster_digest(file_numbers: Iterable[str]) -> str:
    """What a roster is known by: the SHA-256 of its file numbers in order, one a line."""
    return hashlib.sha256("\n".join(sorted(file_numbers)).encode()).hexdigest()


def drawn(*, seed: str, file_numbers: Sequence[str], percent: int) -> list[str]:
    """The sample of a seed: the file numbers whose digest with it is smallest, rounded up, at least one.

    Anybody who has the roster and the seed draws the same: SHA-256 of `seed|file number`, ascending.
    """
    wanted = -(-len(file_numbers) * percent // 100)
    return sorted(file_numbers, key=lambda number: hashlib.sha256(f"{seed}|{number}".encode()).hexdigest())[
        :wanted
    ]


def last_seen(grant: Grant, *, since: datetime.date, until: datetime.date) -> Visit | None:
    """The newest visit in which the family was spoken to: her own, or one of her household."""
    homes = Membership.objects.on(until).filter(person=grant.person_id).values("household")
    with county_scope():
        return (
            Visit.objects.standing()
            .filter(Q(person=grant.person_id) | Q(person=None, household__in=homes))
            .filter(result__in=("told", "applied"), visited_on__gte=since, visited_on__lte=until)
            .order_by("-visited_on", "-pk")
            .first()
        )


@dataclass(frozen=True, slots=True)
class TownshipProgress:
    """How far a township is with a review."""

    code: str
    name: str
    count: int
    green: int
    open: int
    proposed: int
    decided: int

    @property
    def part_decided(self) -> Decimal:
        """The part that is decided, of 1."""
        return Decimal(self.decided) / self.count if self.count else Decimal()


def progress_of(round: ReviewRound, *, actor: Actor) -> list[TownshipProgress]:
    """Progress by township, within the actor's scope."""
    rows = (
        ReviewItem.objects.visible_to(actor)
        .filter(round=round)
        .annotate(township=Left("division_code", 9))
        .values("township")
        .annotate(
            count=Count("pk"),
            green=Count("pk", filter=Q(reasons=[])),
            open=Count("pk", filter=Q(state=ReviewState.OPEN)),
            proposed=Count("pk", filter=Q(state=ReviewState.PROPOSED)),
            decided=Count("pk", filter=Q(state=ReviewState.DECIDED)),
        )
        .order_by("township")
    )
    found = list(rows)
    names = names_of_divisions({full_code(row["township"]) for row in found})
    return [
        TownshipProgress(
            row["township"],
            names.get(full_code(row["township"]), row["township"]),
            row["count"],
            row["green"],
            row["open"],
            row["proposed"],
            row["decided"],
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class PayLine:
    """A period of a grant under a decision: what it brings, and whether it is paid, due or held back."""

    period: str
    amount: Decimal
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """What a decision means in money: what a year brings today, up to which day it is paid, and by period."""

    annual_amount: Decimal
    last_day: datetime.date | None
    lines: list[PayLine]

    @property
    def unpaid_amount(self) -> Decimal:
        return sum((line.amount for line in self.lines if not line.is_paid), Decimal())


def arithmetic_of(
    grant: Grant, *, result: str, event_on: datetime.date | None, today: datetime.date
) -> Arithmetic:
    """Every period of this year from the grant's beginning: to its end by the stop rule, as the programme pays.

    A suspension takes nothing away: what is not paid of these periods is paid on resumption.
    """
    programme = grant.programme
    ends = grant.to_on
    if result == ReviewResult.STOP and event_on:
        ends = max(paid_until(programme, event_on), grant.from_on)
        ends = min(ends, grant.to_on) if grant.to_on else ends
    with county_scope():
        paid = list(
            Payment.objects.filter(
                grant__person=grant.person_id, programme=programme, state__in=LIVE_PAYMENTS
            ).values_list("period_from_on", "period_to_on", "amount", "state")
        )
    amounts = amounts_of(grant)
    lines = []
    for label in _periods(grant, today):
        period = read_period(label, programme.frequency)
        if ends is not None and period.from_on >= ends:
            break
        amount = amount_for(
            annual_amount=amounts.on(period.from_on),
            frequency=programme.frequency,
            period=period,
            ends_on=ends,
        )
        arrived = [row for row in paid if row[0] < period.to_on and row[1] > period.from_on]
        is_paid = bool(arrived) and all(row[3] in (PaymentState.PAID, *LIVE_PAYMENTS) for row in arrived)
        lines.append(
            PayLine(label, sum((row[2] for row in arrived), Decimal()) if is_paid else amount, is_paid)
        )
    return Arithmetic(amounts.on(today), ends - datetime.timedelta(days=1) if ends else None, lines)


def _periods(grant: Grant, today: datetime.date) -> list[str]:
    """The periods of last year and this one that have begun, from the grant's beginning on."""
    years = range(max(grant.from_on.year, today.year - 1), today.year + 1)
    if grant.programme.frequency != Frequency.MONTHLY:
        return [str(year) for year in years]
    months = [(year, month) for year in years for month in range(1, 13)]
    first = (grant.from_on.year, grant.from_on.month)
    return [f"{y}-{m:02d}" for y, m in months if first <= (y, m) <= (today.year, today.month)]


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """A review and how far it is within somebody's place."""

    round: ReviewRound
    count: int
    open: int
    decided: int
    is_overdue: bool


def rounds_with_progress(*, actor: Actor, today: datetime.date) -> list[RoundProgress]:
    """Every review, the newest first, with its numbers within the actor's scope."""
    counted = {
        row["round"]: row
        for row in ReviewItem.objects.visible_to(actor)
        .values("round")
        .annotate(
            count=Count("pk"),
            open=Count("pk", filter=Q(state=ReviewState.OPEN)),
            decided=Count("pk", filter=Q(state=ReviewState.DECIDED)),
        )
        .order_by()
    }
    nothing = {"count": 0, "open": 0, "decided": 0}
    found = []
    for one in ReviewRound.objects.visible_to(actor).select_related("programme"):
        row = counted.get(one.pk, nothing)
        found.append(
            RoundProgress(
                one, row["count"], row["open"], row["decided"], one.due_on < today and row["open"] > 0
            )
        )
    return found


def review_of(grant: Grant) -> ReviewItem | None:
    """The newest review of a grant, for its page."""
    with county_scope():
        return grant.reviews.select_related("round").order_by("-round__year", "-pk").first()
