from __future__ import annotations

from typing import Any

from config.doctor import examine
from offices.actors import Actor
from offices.commands import OfficeCommand


class Command(OfficeCommand):
    """Say of each part of the installation whether it is well, and what to do if it is not."""

    help = "check fonts, libraries, database, row-level security, broker, worker, beat, keys and disk"

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        findings = examine()
        return {
            "checks": [
                {"name": finding.name, "ok": finding.is_well, "say": finding.say} for finding in findings
            ],
            "failed": sum(not finding.is_well for finding in findings),
        }

    def summary(self, result: dict[str, Any]) -> str:
        return "\n".join(
            f"{'✓' if check['ok'] else '✗'} {check['name']}: {check['say']}" for check in result["checks"]
        )
