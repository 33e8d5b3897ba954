"""Say for one person, clause by clause, whether a benefit is hers."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.commands import OfficeCommand
from offices.errors import DomainError
from offices.services.acts import record_read
from subsidies.enums import Outcome
from subsidies.models import ExplanationReceipt
from subsidies.selectors.explanation import explain_number
from subsidies.services.receipts import said_in

WRONG_USAGE = 2


def _moment(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    return moment if moment.tzinfo else timezone.make_aware(moment)


class Command(OfficeCommand):
    """`explain --person NUMBER --programme CODE --as-of DATE [--known-at MOMENT] [--json]`.

    Or `explain --receipt CODE [--json]`: an explanation that was given, to the byte.
    """

    help = "Explain the outcome of a programme for one person on a day."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--person", metavar="NUMBER")
        parser.add_argument("--programme", metavar="CODE")
        parser.add_argument("--as-of", type=datetime.date.fromisoformat, metavar="DATE")
        parser.add_argument(
            "--known-at",
            type=_moment,
            metavar="MOMENT",
            help="by what was known then: 2014-01-06T15:04:05+08:00 (without an offset: local time)",
        )
        parser.add_argument(
            "--receipt", metavar="CODE", help="the explanation that was given under this code"
        )

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        if options["receipt"]:
            return self._receipt(actor, options["receipt"])
        if not (options["person"] and options["programme"] and options["as_of"]):
            raise CommandError("give --person, --programme and --as-of, or --receipt", returncode=WRONG_USAGE)
        explanation = explain_number(
            actor=actor,
            number=options["person"],
            programme_code=options["programme"],
            on=options["as_of"],
            known_at=options["known_at"],
        )
        self._note(actor, explanation.person_id)
        return explanation.as_json()

    def _receipt(self, actor: Actor, code: str) -> dict[str, Any]:
        receipt = ExplanationReceipt.objects.visible_to(actor).filter(code=code.strip().upper()).first()
        if receipt is None:
            raise DomainError(
                "no_such_receipt", _("No explanation was given under this code. Check the code.")
            )
        self._note(actor, receipt.person_id)
        told: dict[str, Any] = said_in(receipt)["explanation"]
        return told

    def _note(self, actor: Actor, person_id: UUID) -> None:
        record_read(actor=actor, page="explain", record_type="households.person", record_ids=[person_id])

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
