"""Assess everybody of the county for a day."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.commands import OfficeCommand
from subsidies.services.sweep import count_standings, sweep


class Command(OfficeCommand):
    """`sweep --as-of DATE [--programme CODE]… [--json]`."""

    help = "Assess everybody of the county for every programme as of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", required=True, type=datetime.date.fromisoformat, metavar="DATE")
        parser.add_argument("--programme", action="append", metavar="CODE")

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        chosen: list[str] | None = options["programme"]
        record = sweep(actor=actor, as_of=options["as_of"], programmes=chosen)
        counts = count_standings(record, programmes=chosen)
        return {
            "as_of": record.as_of.isoformat(),
            "persons": record.persons,
            "seconds": record.seconds,
            "programmes": {code: count.as_json() for code, count in counts.items()},
        }

    def summary(self, result: dict[str, Any]) -> str:
        lines = [
            _("%(persons)d people assessed as of %(as_of)s in %(seconds).1f seconds")
            % {name: result[name] for name in ("persons", "as_of", "seconds")}
        ]
        lines += [
            _(
                "%(code)s: entitled %(entitled)d, receiving %(receiving)d, applied %(applied)d, "
                "owed %(owed)d (%(amount_owed)s yuan a year), unknown %(unknown)d, to review %(to_review)d"
            )
            % {"code": code, **counts}
            for code, counts in result["programmes"].items()
        ]
        return "\n".join(lines)
