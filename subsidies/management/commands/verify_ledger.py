from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.commands import OfficeCommand
from offices.database.context import county_scope
from subsidies.models import LedgerEntry, Payment
from subsidies.selectors.verification import RULES, find_in_ledger


class Command(OfficeCommand):
    """Recompute the ledger from nothing and name the first thing that does not hold."""

    help = "recompute the ledger from its postings, lines and appropriations"

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        with county_scope():
            findings = find_in_ledger()
            return {
                "rules": len(RULES),
                "entries": LedgerEntry.objects.count(),
                "payments": Payment.objects.count(),
                "findings": [
                    {"rule": item.rule, "record": item.record, "found": item.found, "expected": item.expected}
                    for item in findings
                ],
                "failed": bool(findings),
            }

    def summary(self, result: dict[str, Any]) -> str:
        if result["findings"]:
            first = result["findings"][0]
            return (
                _("The ledger does not hold: %(rule)s, %(record)s: %(found)s instead of %(expected)s.")
                % first
            )
        return (
            _("The ledger holds: %(rules)s rules, %(entries)s entries, %(payments)s payment lines.") % result
        )
