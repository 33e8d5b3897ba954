"""What periods lack by the decision on what became known late: entered once, paid by the next batch."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError
from subsidies.models import Arrear, LateFinding, Payment
from subsidies.services.late_reckoning import brought_by


def write_late_arrears(finding: LateFinding) -> list[Arrear]:
    """Enter what each period of a finding lacks, less what has been entered for it since.

    A period that was paid too high is no reason to pay another one less. Part of the decision, at its
    scope. Raises DomainError `nothing_lacks`.
    """
    right: dict[tuple[datetime.date, datetime.date], dict[str, Decimal]] = {}
    for row in finding.periods:
        period = datetime.date.fromisoformat(row["from"]), datetime.date.fromisoformat(row["to"])
        right.setdefault(period, {})[row["payment"]] = Decimal(row["right"])
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
        if (lacking := _lacking(lines)) > 0
    ]
    if not arrears:
        raise DomainError(
            "nothing_lacks",
            _("What these periods lack has been entered or paid meanwhile. Look at the grant's payments."),
        )
    return Arrear.objects.bulk_create(arrears)


def _lacking(lines: dict[str, Decimal]) -> Decimal:
    """What is right of the lines that still stand, less what they bring as it is now."""
    standing = Payment.objects.live().filter(pk__in=list(lines)).prefetch_related("arrears", "grant__arrears")
    return sum((lines[str(line.pk)] - brought_by(line) for line in standing), Decimal())
