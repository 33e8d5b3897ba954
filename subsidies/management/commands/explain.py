"""Say for one person, clause by clause, whether a benefit is hers."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.commands import OfficeCommand
from offices.services.acts import record_read
from subsidies.enums import Outcome
from subsidies.selectors.explanation import explain_number


class Command(OfficeCommand):
    """`explain --person NUMBER --programme CODE --as-of DATE [--json]`."""

    help = "Explain the outcome of a programme for one person on a day."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--person", required=True, metavar="NUMBER")
        parser.add_argument("--programme", required=True, metavar="CODE")
        parser.add_argument("--as-of", required=True, type=datetime.date.fromisoformat, metavar="DATE")

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        explanation = explain_number(
            actor=actor,
            number=options["person"],
            programme_code=options["programme"],
            on=options["as_of"],
        )
        record_read(
            actor=actor,
            page="explain",
            record_type="households.person",
            record_ids=[explanation.person_id],
        )
        return explanation.as_json()

    def summary(self, result: dict[str, Any]) -> str:
        marks = {True: "✓", False: "✗", None: "?"}
        lines = [f"{result['policy_version']}  {Outcome(result['outcome']).label}"]
        if result["amount"] is not None:
            lines.append(_("Amount: %(amount)s yuan") % {"amount": result["amount"]})
        for clause in result["clauses"]:
            lines.append(f"{marks[clause['result']]} {clause['text']}")
            lines += [f"    {fact['name']}: {fact['value']} ({fact['source']})" for fact in clause["facts"]]
        if result["would_qualify"]:
            lines.append(_("Would qualify on %(day)s") % {"day": result["would_qualify"]})
        return "\n".join(lines)
