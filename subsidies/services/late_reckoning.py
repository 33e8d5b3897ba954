"""What would have been right for a grant, had something been known when it happened."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from households.models import Representative
from subsidies.enums import Frequency, LateCause, LateState, Outcome
from subsidies.models import Grant, LateFinding, Payment
from subsidies.periods import Period, amount_for
from subsidies.selectors.entitlement_history import EntitledPeriod, histories
from subsidies.selectors.grant_amounts import a_year_of, amounts_of
from subsidies.selectors.stop_rules import paid_until
from subsidies.shares import share_out

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cause:
    """What became known late: since when it holds, and since when the office knows it."""

    kind: LateCause
    happened_on: datetime.date
    known_on: datetime.date
    event_id: UUID | None = None
    version_id: UUID | None = None

    @property
    def key(self) -> dict[str, Any]:
        """What makes a finding of a grant one and the same."""
        named: dict[str, Any] = {"cause": self.kind}
        if self.kind == LateCause.EVENT:
            return {**named, "event_id": self.event_id}
        if self.kind == LateCause.POLICY:
            return {**named, "policy_version_id": self.version_id}
        return {**named, "happened_on": self.happened_on}


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What would have been right for a grant: until when (None: it goes on), and each payment's amount."""

    right_until: datetime.date | None
    lines: tuple[tuple[Payment, Decimal], ...]

    @property
    def paid_amount(self) -> Decimal:
        return sum((brought_by(payment) for payment, _right in self.lines), Decimal("0.00"))

    @property
    def right_amount(self) -> Decimal:
        return sum((right for _payment, right in self.lines), Decimal("0.00"))

    def without(self, seen: set[str]) -> Reckoned | None:
        """What other payments lack; None if all of them have been seen."""
        lines = tuple(line for line in self.lines if str(line[0].pk) not in seen)
        return Reckoned(self.right_until, lines) if lines else None

    def as_periods(self) -> list[dict[str, str]]:
        """How a finding keeps them."""
        return [
            {
                "payment": str(payment.pk),
                "from": payment.period_from_on.isoformat(),
                "to": payment.period_to_on.isoformat(),
                "paid": str(brought_by(payment)),
                "right": str(right),
            }
            for payment, right in self.lines
        ]


def turned_on(*, grant: Grant, cause: Cause) -> Cause:
    """What was put right holds for the past: its cause on the first day of the grant without a right.

    That may come long after the day since when the entry was wrong, as when a child was born earlier.
    """
    periods = histories(people=[grant.person_id], programme=grant.programme, until=cause.known_on)
    day: datetime.date | None = max(grant.from_on, cause.happened_on)
    while day and (period := _on(periods[grant.person_id], day)):
        day = period.to_on
    if day is None or not grant.from_on < day < cause.known_on:
        return cause
    return replace(cause, happened_on=day)


def reckon_grant(*, grant: Grant, cause: Cause) -> Reckoned | None:
    """What would have been right for a grant had its cause been known; None if nothing differs.

    Only what changes on the cause's own day is laid to it.
    """
    programme = grant.programme
    periods = histories(people=[grant.person_id], programme=programme, until=cause.known_on)[grant.person_id]
    begins = max(grant.from_on, cause.happened_on)
    before = _on(periods, cause.happened_on - ONE_DAY)
    after = _on(periods, begins)
    if cause.happened_on > grant.from_on and before is None:
        return None
    right_until = None
    if after is None:
        right_until = grant.from_on if begins == grant.from_on else paid_until(programme, begins)
    brings_other = bool(
        before
        and after
        and before.outcome == after.outcome == Outcome.ENTITLED
        and before.version == after.version
        and after.amount is not None
        and before.amount != after.amount
    )
    payments = (
        Payment.objects.live()
        .of_periods()
        .filter(grant=grant, period_to_on__gt=cause.happened_on)
        .prefetch_related("arrears", "grant__arrears")
        .order_by("period_from_on")
    )
    return worth_telling(
        grant,
        Reckoned(
            right_until,
            tuple(
                (
                    payment,
                    right_for(
                        payment,
                        _a_year(periods, max(payment.period_from_on, begins), programme.frequency)
                        if brings_other
                        else None,
                        programme.frequency,
                        right_until,
                    ),
                )
                for payment in payments
            ),
        ),
    )


def right_for(
    payment: Payment, annual_amount: Decimal | None, frequency: str, right_until: datetime.date | None
) -> Decimal:
    """What a payment's period would have brought, in yuan: nothing from the end of the right on.

    `annual_amount`: that of the rules for the period; None where the grant's own of the period is right.
    """
    if frequency == Frequency.ONCE:
        return (
            Decimal("0.00") if right_until and right_until <= payment.grant.from_on else brought_by(payment)
        )
    if right_until and payment.period_from_on >= right_until:
        return Decimal("0.00")
    period = Period("", payment.period_from_on, payment.period_to_on)
    if annual_amount is None:
        annual_amount = amounts_of(payment.grant).on(period.from_on)
    right = amount_for(
        annual_amount=annual_amount,
        frequency=frequency,
        period=period,
        ends_on=right_until or payment.grant.to_on,
    )
    heir = payment.representative
    if payment.share is None or heir is None:
        return right
    return share_out(right, _parts(heir))[payment.share - 1]


def brought_by(payment: Payment) -> Decimal:
    """What a line's period brings, in yuan: without arrears of other periods that it carries, with its own."""
    carried = sum((one.amount for one in payment.arrears.all()), Decimal())
    entered = sum(
        (one.amount for one in payment.grant.arrears.all() if one.period_from_on == payment.period_from_on),
        Decimal(),
    )
    heir = payment.representative
    if payment.share is not None and heir is not None:
        entered = share_out(entered, _parts(heir))[payment.share - 1]
    return payment.amount - carried + entered


def _parts(heir: Representative) -> list[int]:
    return list(heir.representation.people.values_list("parts", flat=True))


def worth_telling(grant: Grant, found: Reckoned) -> Reckoned | None:
    """Only if a payment differs, or the grant goes on beyond the end of the right."""
    different = tuple(line for line in found.lines if brought_by(line[0]) != line[1])
    goes_on = found.right_until is not None and (grant.to_on is None or grant.to_on > found.right_until)
    return Reckoned(found.right_until, different) if different or goes_on else None


def _on(periods: Sequence[EntitledPeriod], day: datetime.date) -> EntitledPeriod | None:
    """The period of a day on which she was entitled, or it was not known; None if she was not."""
    return next(
        (one for one in periods if one.from_on <= day and (one.to_on is None or one.to_on > day)), None
    )


def _a_year(periods: Sequence[EntitledPeriod], day: datetime.date, frequency: str) -> Decimal | None:
    """What the history says that a grant brings a year by a day; None where it says nothing."""
    found = _on(periods, day)
    return None if found is None or found.amount is None else a_year_of(found.amount, frequency)


def settle(grant: Grant, cause: Cause, found: Reckoned | None) -> None:
    """Keep the finding as it is reckoned now; a decided one stays as it was decided.

    A policy may pay more from several days on: what lines lack that no decision has seen is found anew.
    """
    findings = list(LateFinding.objects.select_for_update(of=("self",)).filter(grant=grant, **cause.key))
    known = next((one for one in findings if one.state != LateState.DECIDED), None)
    if decided := [one for one in findings if one.state == LateState.DECIDED]:
        if cause.kind != LateCause.POLICY:
            return
        seen = {row["payment"] for one in decided for row in one.periods}
        found = found and found.without(seen)
    if known is None:
        if found:
            LateFinding.objects.create(
                grant=grant,
                happened_on=cause.happened_on,
                known_on=cause.known_on,
                division_code=grant.division_code,
                **{name: value for name, value in cause.key.items() if name != "happened_on"},
                **_fields(found),
            )
        return
    fields = {"happened_on": cause.happened_on, **_fields(found)} if found else {}
    fields["state"] = LateState.OPEN if found else LateState.DROPPED
    if any(getattr(known, name) != value for name, value in fields.items()):
        LateFinding.objects.filter(pk=known.pk).update(**fields)


def _fields(found: Reckoned) -> dict[str, Any]:
    return {
        "right_until": found.right_until,
        "periods": found.as_periods(),
        "paid_amount": found.paid_amount,
        "right_amount": found.right_amount,
    }
