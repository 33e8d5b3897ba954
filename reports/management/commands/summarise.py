"""Compute the monthly summary of the county and its townships."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.commands import OfficeCommand
from reports.months import read_month
from reports.selectors.editions import plain_figures
from reports.services.editions import summarise


class Command(OfficeCommand):
    help = "Compute a month's figures for the county and its townships; again without effect."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--month", required=True, metavar="2013-12")
        parser.add_argument("--division", default="", metavar="CODE", help="6, 9 or 12 digits")

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        found = summarise(actor=actor, month=read_month(options["month"]), division=options["division"])
        return {
            "month": found.edition.period,
            "division": found.edition.division_code,
            "seconds": found.seconds,
            "edition": found.edition.number,
            "digest": found.edition.figures_digest,
            "written": found.written,
            "restated": list(found.restated),
            "figures": plain_figures(found.figures),
        }

    def summary(self, result: dict[str, Any]) -> str:
        lines = [
            _("%(month)s, %(division)s: edition %(edition)s, %(written)s new, %(seconds)s seconds.") % result
        ]
        if result["restated"]:
            lines.append(_("Computed anew as well: %(months)s.") % {"months": "、".join(result["restated"])})
        return "\n".join([*lines, *(f"{code}  {value}" for code, value in result["figures"].items())])
