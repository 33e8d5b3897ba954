"""What grants bind beyond the budget."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise

from offices import clock
from offices.database.context import county_scope
from subsidies.enums import FundingSource, ProgrammeKind
from subsidies.models import BudgetLine, Grant, PolicyVersion

PARAMETER = "beyond_budget"


@dataclass(frozen=True, slots=True)
class Shortage:
    """A source whose budget of a year is less than what is granted, by `amount` yuan; `line` None: none is entered."""

    year: int
    code: str
    source: str | Promise
    amount: Decimal
    line: BudgetLine | None


def shortages_of(grant: Grant) -> list[Shortage]:
    """Where the budget of the grant's first year does not cover what is granted of its programme."""
    year = max(grant.from_on.year, clock.today().year)
    with county_scope():
        lines = {
            line.source: line
            for line in BudgetLine.objects.filter(programme_id=grant.programme_id, year=year)
        }
    found = []
    for part in grant.policy_version.funding:
        code = str(part["source"])
        line = lines.get(code)
        if line is None or line.free_amount < 0:
            amount = -line.free_amount if line else Decimal()
            found.append(Shortage(year, code, FundingSource(code).label, amount, line))
    return found


def is_refused_beyond_budget(grant: Grant) -> bool:
    """An award by selection is refused beyond its budget unless the policy says otherwise on that day."""
    return (
        grant.programme.kind == ProgrammeKind.AWARD and _said(grant.policy_version, clock.today()) != "warn"
    )


def _said(version: PolicyVersion, day: datetime.date) -> str:
    text = day.isoformat()
    for row in version.parameters.get(PARAMETER, ()):
        if row["from"] <= text and (not row["to"] or row["to"] > text):
            return str(row["value"])
    return "refuse"
