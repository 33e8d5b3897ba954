"""Who receives is paid what the policy pays: a raised amount reaches running grants with the next assessment.

The amount of a period is that of its last day (of the running one: of the business day), so that a period is
paid whole by what holds at its end, as a family is entitled for the whole of it. From the business day back,
period by period, everybody whose amount is more than the grant's is asked about in one statement.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import connection

from offices import clock
from offices.database.context import county_scope
from offices.services.acts import record_act
from offices.services.staff import system_actor
from subsidies.enums import Frequency, GrantState, LateCause, ProgrammeKind, RaiseCause, Standing
from subsidies.models import Grant, GrantAmount, Payment, Programme, Sweep
from subsidies.predicates import Bindings
from subsidies.selectors.assessing import decide
from subsidies.selectors.entitlement_history import NOT_AWAY
from subsidies.selectors.grant_amounts import (
    AmountsByDay,
    a_year_of,
    amounts_of,
    amounts_of_each,
    period_begins,
)
from subsidies.selectors.rules import PolicyOnDay, policy_on
from subsidies.services.late_reckoning import Cause, Reckoned, brought_by, right_for, settle, worth_telling
from subsidies.services.sweep_findings import TABLE as FINDINGS

ONE_DAY = datetime.timedelta(days=1)
# Premiums are paid by the policy of the year covered; what is given once, or by selection, does not rise.
_TOO_LOW = f"""
SELECT g.programme_id, g.id, f.amount
  FROM {FINDINGS} f
  JOIN subsidies_programme m ON m.code = f.programme_id AND m.kind = %(cash)s AND m.frequency = ANY(%(again)s)
  JOIN subsidies_grant g ON g.person_id = f.person_id AND g.programme_id = f.programme_id
       AND g.state <> %(stopped)s AND g.from_on <= %(day)s AND (g.to_on IS NULL OR g.to_on > %(day)s)
  LEFT JOIN subsidies_amounts_on(%(day)s) raised ON raised.grant_id = g.id
 WHERE f.standing = %(receiving)s
   AND f.amount * CASE m.frequency WHEN %(monthly)s THEN 12 ELSE 1 END
       > coalesce(raised.annual_amount, g.annual_amount)
"""


@dataclass(slots=True)
class _Low:
    """A grant that brings less than the rules say: what it brings, and by period what it should."""

    grant: Grant
    amounts: AmountsByDay
    right: dict[datetime.date, Decimal] = field(default_factory=dict)


def raise_running_grants(
    sweep: Sweep, programmes: Sequence[str] | None, people: Sequence[UUID] | None
) -> None:
    """Raise the grants, live or suspended, of those assessed who are entitled to more; a second time nothing.

    Part of the assessment of the business day, at county scope; of another day's, nothing. From the first
    period on whose amount is more without a break up to now, not before the grant begins. A lower amount
    lowers nothing: a person decides it. What was paid already stays; that it was too little by a policy
    becomes a late finding. The acts are the installation's own.
    """
    if sweep.as_of != clock.today():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _TOO_LOW,
            {
                "day": sweep.as_of,
                "cash": ProgrammeKind.CASH.value,
                "again": [Frequency.YEARLY.value, Frequency.MONTHLY.value],
                "monthly": Frequency.MONTHLY.value,
                "stopped": GrantState.STOPPED.value,
                "receiving": Standing.RECEIVING.value,
            },
        )
        rows = cursor.fetchall()
    found: dict[str, dict[UUID, Decimal]] = {}
    for programme, grant, amount in rows:
        found.setdefault(programme, {})[grant] = amount
    for programme in Programme.objects.filter(pk__in=found).order_by("pk"):
        _raise(programme, found[programme.pk], sweep.as_of)


def raise_earlier_periods(grant: Grant, *, began_on: datetime.date) -> None:
    """Have a grant that an appeal let begin earlier bring what the policies of the added periods pay.

    Part of the appeal, before its arrears are reckoned. The assessment would not look for them: now the
    grant brings enough already.
    """
    with county_scope():
        one = _Low(grant, amounts_of(grant))
        _go_back(grant.programme, [one], period_begins(began_on, grant.programme.frequency))
        if not one.right:
            return
        one.right.update(one.amounts.raised)
        today = clock.today()
        written = list(_write(one, _Policies(grant.programme, today), today))
        GrantAmount.objects.bulk_create([row for row in written if row._state.adding])
        _record([one], written)


def _raise(programme: Programme, found: Mapping[UUID, Decimal], today: datetime.date) -> None:
    grants = list(
        Grant.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=list(found))
        .select_related("programme", "person")
        .prefetch_related("amounts")
        .order_by("pk")
    )
    amounts = amounts_of_each(grants)
    begins = period_begins(today, programme.frequency)
    low = [
        _Low(grant, amounts[grant.pk], {begins: a_year_of(found[grant.pk], programme.frequency)})
        for grant in grants
    ]
    _go_back(programme, low, begins)
    policies = _Policies(programme, today)
    written = [row for one in low for row in _write(one, policies, today)]
    GrantAmount.objects.bulk_create([row for row in written if row._state.adding])
    _record(low, written)
    _tell_of_paid(low, written, today)


def _go_back(programme: Programme, low: Iterable[_Low], begins: datetime.date) -> None:
    """Ask of one period after the other before this one, as long as its amount is more than the grant's."""
    left = list(low)
    while left:
        last_day = begins - ONE_DAY
        begins = period_begins(last_day, programme.frequency)
        left = [one for one in left if one.grant.from_on <= last_day]
        policy = policy_on(programme.code, last_day)
        if policy is None or not left:
            return
        paid = _paid_on(policy, [one.grant.person_id for one in left])
        still = []
        for one in left:
            amount = paid.get(one.grant.person_id)
            if amount is not None and a_year_of(amount, programme.frequency) > one.amounts.on(begins):
                one.right[begins] = a_year_of(amount, programme.frequency)
                still.append(one)
        left = still


def _paid_on(policy: PolicyOnDay, people: Sequence[UUID]) -> dict[UUID, Decimal | None]:
    """What a period of that day brings to those of the people who are entitled on it."""
    values = Bindings(day=policy.day, reckoned_on=policy.day)
    among = (f"subject.id = ANY({values.bind(list(people))}::uuid[])", NOT_AWAY)
    decision = decide(policy, values, among=among)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {decision.subjects}, assessed AS ({decision.rows}) "
            f"SELECT id, amount FROM assessed WHERE {decision.all_hold}",
            values.values,
        )
        return dict(cursor.fetchall())


class _Policies:
    """The policy of each period, as of its last day, and whether it pays more than that of the period before."""

    def __init__(self, programme: Programme, today: datetime.date) -> None:
        self.programme, self.today = programme, today
        self.known: dict[datetime.date, tuple[PolicyOnDay, RaiseCause]] = {}

    def of(self, begins: datetime.date) -> tuple[PolicyOnDay, RaiseCause]:
        if begins not in self.known:
            now = self._on(self._last_day(begins))
            before = policy_on(self.programme.code, begins - ONE_DAY)
            is_other = before is None or _scale(before) != _scale(now)
            self.known[begins] = now, RaiseCause.POLICY if is_other else RaiseCause.FACTS
        return self.known[begins]

    def _last_day(self, begins: datetime.date) -> datetime.date:
        months = 1 if self.programme.frequency == Frequency.MONTHLY else 12
        year, month = divmod(begins.month - 1 + months, 12)
        return min(datetime.date(begins.year + year, month + 1, 1) - ONE_DAY, self.today)

    def _on(self, day: datetime.date) -> PolicyOnDay:
        policy = policy_on(self.programme.code, day)
        if policy is None:
            raise LookupError(f"{self.programme.code} has no policy on {day}, by which it was assessed")
        return policy


def _scale(policy: PolicyOnDay) -> tuple[Decimal, Decimal]:
    return policy.amounts.rural, policy.amounts.urban


def _write(one: _Low, policies: _Policies, today: datetime.date) -> Iterable[GrantAmount]:
    """The rows of a grant that are new, to be made, or raised, made already; amounts never fall between them."""
    known = {row.from_on: row for row in one.grant.amounts.all()} if one.amounts.raised else {}
    held = one.amounts.on(min(one.right) - ONE_DAY)
    for begins, right in sorted(one.right.items()):
        amount, row = max(right, held), known.get(begins)
        if (row is None and amount > held) or (row is not None and amount > row.annual_amount):
            policy, cause = policies.of(begins)
            if begins <= period_begins(one.grant.from_on, policies.programme.frequency):
                cause = RaiseCause.POLICY  # It was granted too low: the policy of its beginning pays more.
            row = row or GrantAmount(grant=one.grant, from_on=begins, division_code=one.grant.division_code)
            row.annual_amount, row.cause, row.known_on = amount, cause, today
            row.policy_version = policy.version
            if not row._state.adding:
                row.save(update_fields=["annual_amount", "cause", "known_on", "policy_version"])
            yield row
        held = amount


def _record(low: Iterable[_Low], written: Iterable[GrantAmount]) -> None:
    actor = system_actor()
    held = {one.grant.pk: one.amounts for one in low}
    before = {key: amounts.granted for key, amounts in held.items()}
    for row in written:
        amount = max(before[row.grant_id], held[row.grant_id].on(row.from_on))
        record_act(
            actor=actor,
            verb="subsidies.raise_grant",
            record=row.grant,
            from_on=row.from_on,
            annual_amount_before=amount,
            annual_amount=row.annual_amount,
            raise_cause=row.cause,
            policy_version=row.policy_version_id,
        )
        before[row.grant_id] = row.annual_amount


def _tell_of_paid(low: Iterable[_Low], written: Sequence[GrantAmount], today: datetime.date) -> None:
    """What was paid before for periods of a policy's raise was too little: a person decides about the rest."""
    first: dict[UUID, GrantAmount] = {}
    for row in written:
        if row.cause == RaiseCause.POLICY:
            first.setdefault(row.grant_id, row)
    lines: dict[UUID, list[Payment]] = {}
    paid = Payment.objects.live().of_periods().filter(grant__in=first)
    paid = paid.select_related("grant__programme", "representative").prefetch_related(
        "arrears", "grant__arrears"
    )
    for line in paid.order_by("period_from_on", "pk"):
        if line.period_from_on >= first[line.grant_id].from_on:
            lines.setdefault(line.grant_id, []).append(line)
    amounts = amounts_of_each(row.grant for row in first.values())
    for key, row in first.items():
        if key not in lines:
            continue
        right = [
            (
                line,
                right_for(line, amounts[key].on(line.period_from_on), line.grant.programme.frequency, None),
            )
            for line in lines[key]
        ]
        told = Reckoned(None, tuple(pair for pair in right if pair[1] > brought_by(pair[0])))
        cause = Cause(LateCause.POLICY, row.from_on, today, version_id=row.policy_version_id)
        if worth_telling(row.grant, told):
            settle(row.grant, cause, told)
