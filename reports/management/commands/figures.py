"""Print the figures of a period: of a month those of its newest edition, of a year as its cases stand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from offices.actors import Actor
from offices.commands import OfficeCommand
from reports.enums import EditionState, ReportKind
from reports.months import read_year
from reports.selectors.annual import figures_of_year
from reports.selectors.editions import division_within, figures_in, newest_edition, plain_figures


class Command(OfficeCommand):
    help = (
        "Print the figures of a period: of a month those of its newest edition, of a year as its cases stand."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--kind", required=True, choices=("monthly", "annual"))
        parser.add_argument("--period", required=True, metavar="P", help="2013-12, or 2013 for a year")
        parser.add_argument("--division", required=True, metavar="CODE", help="6, 9 or 12 digits")

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        if options["kind"] == ReportKind.ANNUAL:
            division = division_within(actor, options["division"])
            figures = figures_of_year(read_year(options["period"]), scope=division.scope)
            return {"figures": plain_figures(figures), "edition": None, "state": EditionState.COMPUTED}
        edition = newest_edition(
            actor=actor, kind=options["kind"], period=options["period"], division=options["division"]
        )
        return {
            "figures": plain_figures(figures_in(edition)),
            "edition": edition.number,
            "state": edition.state,
        }

    def summary(self, result: dict[str, Any]) -> str:
        return "\n".join(f"{code}  {value}" for code, value in result["figures"].items())
