"""The list of the entitled of a programme and day, as a file."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.commands import OfficeCommand
from subsidies.services.entitled_list import export_entitled


class Command(OfficeCommand):
    """`export_entitled --programme CODE --as-of DATE OUT.csv`; the export is an act, logged."""

    help = "Write the entitled of a programme and day to a CSV file."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--programme", required=True, metavar="CODE")
        parser.add_argument("--as-of", required=True, type=datetime.date.fromisoformat, metavar="DATE")
        parser.add_argument("out", metavar="OUT.csv", type=Path)

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        count = export_entitled(
            actor=actor, programme_code=options["programme"], as_of=options["as_of"], out=options["out"]
        )
        return {
            "programme": options["programme"],
            "as_of": options["as_of"].isoformat(),
            "rows": count,
            "file": str(options["out"]),
        }

    def summary(self, result: dict[str, Any]) -> str:
        return _("%(rows)d entitled written to %(file)s") % {name: result[name] for name in ("rows", "file")}
