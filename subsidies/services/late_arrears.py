"""What periods lack by the decision on what became known late: entered once, paid by the next batch."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError
from subsidies.enums import Frequency, PaymentState
from subsidies.models import Arrear, LateFinding, Payment
from subsidies.models.batches import PaymentQuerySet
from subsidies.selectors.stop_rules import ends_with_death
from subsidies.services.late_reckoning import brought_by, right_for


def write_late_arrears(finding: LateFinding) -> list[Arrear]:
    """Enter what each period of a finding lacks, less what has been entered for it since.

    Of a grant that has ended since it was found, by a stop or a death that became known, nothing for what
    lies after the end. A period that was paid too high is no reason to pay another one less. Part of the decision, at its
    scope. Raises DomainError `nothing_lacks`.
    """
    right: dict[tuple[datetime.date, datetime.date], dict[str, Decimal]] = {}
    for row in finding.periods:
        period = datetime.date.fromisoformat(row["from"]), datetime.date.fromisoformat(row["to"])
        right.setdefault(period, {})[row["payment"]] = Decimal(row["right"])
    grant = finding.grant
    ends_on = ends_with_death(grant.programme, ends_on=grant.to_on, died_on=grant.person.died_on)
    reckoned_to = min(filter(None, (ends_on, finding.right_until)), default=None)
    if ends_on == finding.right_until:
        ends_on = None  # It is reckoned so already.
    arrears = [
        Arrear(
            grant_id=finding.grant_id,
            finding=finding,
            period_from_on=period[0],
            period_to_on=period[1],
            ends_on=reckoned_to,
            amount=lacking,
            division_code=finding.division_code,
        )
        for period, lines in right.items()
        if (lacking := _lacking(finding, lines, ends_on)) > 0
    ]
    if not arrears:
        raise DomainError(
            "nothing_lacks",
            _("What these periods lack has been entered or paid meanwhile. Look at the grant's payments."),
        )
    return Arrear.objects.bulk_create(arrears)


def _lacking(finding: LateFinding, lines: dict[str, Decimal], ends_on: datetime.date | None) -> Decimal:
    """What is right of the lines that still stand, less what they bring as it is now."""
    standing = _with_its_arrears(Payment.objects.live().filter(pk__in=list(lines)))
    total = Decimal()
    for line in [*standing, *_shares_that_wait(standing)]:
        right = lines.get(str(line.pk))
        if right is None:
            right = right_for(line, None, line.grant.programme.frequency, finding.right_until)
        total += _up_to(ends_on, line, right) - brought_by(line)
    return total


def _shares_that_wait(standing: list[Payment]) -> list[Payment]:
    """Of heirs: lines of the period that came back and go out again. All heirs share what it lacks."""
    first = next((line for line in standing if line.share is not None), None)
    if first is None:
        return []
    of_period = Payment.objects.filter(
        grant=first.grant_id,
        period_from_on=first.period_from_on,
        period_to_on=first.period_to_on,
        share__isnull=False,
    )
    paid = of_period.live().values("share")
    returned = of_period.filter(state=PaymentState.RETURNED).exclude(share__in=paid)
    newest = {line.share: line for line in _with_its_arrears(returned.order_by("returned_on", "pk"))}
    return list(newest.values())


def _with_its_arrears(lines: PaymentQuerySet) -> list[Payment]:
    related = lines.select_related("grant__programme", "representative")
    return list(related.prefetch_related("arrears", "grant__arrears"))


def _up_to(ends_on: datetime.date | None, line: Payment, right: Decimal) -> Decimal:
    frequency = line.grant.programme.frequency
    if ends_on is None or frequency == Frequency.ONCE or ends_on >= line.period_to_on:
        return right
    return min(right, right_for(line, None, frequency, ends_on))
