"""What periods lack by the decision on what became known late: entered once, paid by the next batch."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError
from subsidies.enums import Frequency
from subsidies.models import Arrear, LateFinding, Payment
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
    if ends_on == finding.right_until:
        ends_on = None  # It is reckoned so already.
    arrears = [
        Arrear(
            grant_id=finding.grant_id,
            finding=finding,
            period_from_on=period[0],
            period_to_on=period[1],
            amount=lacking,
            division_code=finding.division_code,
        )
        for period, lines in right.items()
        if (lacking := _lacking(lines, ends_on)) > 0
    ]
    if not arrears:
        raise DomainError(
            "nothing_lacks",
            _("What these periods lack has been entered or paid meanwhile. Look at the grant's payments."),
        )
    return Arrear.objects.bulk_create(arrears)


def _lacking(lines: dict[str, Decimal], ends_on: datetime.date | None) -> Decimal:
    """What is right of the lines that still stand, less what they bring as it is now."""
    standing = Payment.objects.live().filter(pk__in=list(lines)).select_related("grant__programme")
    return sum(
        (
            _up_to(ends_on, line, lines[str(line.pk)]) - brought_by(line)
            for line in standing.prefetch_related("arrears", "grant__arrears")
        ),
        Decimal(),
    )


def _up_to(ends_on: datetime.date | None, line: Payment, right: Decimal) -> Decimal:
    frequency = line.grant.programme.frequency
    if ends_on is None or frequency == Frequency.ONCE or ends_on >= line.period_to_on:
        return right
    return min(right, right_for(line, None, frequency, ends_on))
