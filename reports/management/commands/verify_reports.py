"""Prove editions and prints again and name the first thing that does not hold."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.commands import OfficeCommand
from offices.database.context import county_scope
from reports.selectors.verification import verify_reports


class Command(OfficeCommand):
    help = "Recompute the digests and sums of every edition and read every kept print."

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        with county_scope():
            verdict = verify_reports()
        return {
            "editions": verdict.editions,
            "prints": verdict.prints,
            "findings": [asdict(finding) for finding in verdict.findings],
            "failed": bool(verdict.findings),
        }

    def summary(self, result: dict[str, Any]) -> str:
        if not result["findings"]:
            return _("%(editions)s editions and %(prints)s prints hold.") % result
        return _(
            "%(count)s things do not hold. The first: %(rule)s, %(record)s: %(found)s instead of %(expected)s."
        ) % {
            "count": len(result["findings"]),
            **result["findings"][0],
        }
