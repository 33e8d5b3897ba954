from __future__ import annotations

import argparse
import datetime
import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.commands import OfficeCommand
from offices.database.context import county_scope
from offices.errors import DomainError
from offices.services.acts import record_read
from subsidies.enums import FileFormat
from subsidies.models import Bank, PaymentBatch, Programme
from subsidies.selectors.days_to_account import days_of_batch
from subsidies.selectors.money import (
    find_batch,
    left_out_by_reason,
    lines_by_state,
    tie_out,
)
from subsidies.services.bank_answers import AnswerRefused, import_answer
from subsidies.services.bank_files import take_files
from subsidies.services.batches import approve_batch, create_batch, send_batch
from subsidies.services.closing import close_batch


class Command(OfficeCommand):
    """A payment batch's life: create, approve, export, import_result, close, show.

    `create`, `approve` and `export` each need another person as --actor; the installation's own
    actor makes, checks and pays nothing. `export` sends an approved batch and writes its files,
    and writes them again for a batch already sent.
    """

    help = "make, approve, export, answer, close and show a payment batch"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        create = self._step(steps, "create")
        create.add_argument("--programme", required=True, metavar="CODE")
        create.add_argument("--period", required=True, metavar="P", help="2013, or 2014-01")
        create.add_argument("--budget-year", type=int, help="the year whose money pays; default the period's")
        create.add_argument(
            "--bank", metavar="CODE", help="the bank whose files are written; default DEFAULT"
        )
        self._step(steps, "approve").add_argument("batch", metavar="BATCH")
        export = self._step(steps, "export")
        export.add_argument("batch", metavar="BATCH")
        export.add_argument(
            "out", type=Path, metavar="OUT", help="a file name ending in .xlsx, or any other for text"
        )
        answer = self._step(steps, "import_result")
        answer.add_argument("batch", metavar="BATCH")
        answer.add_argument("file", type=Path, metavar="FILE")
        answer.add_argument("--paid-on", type=datetime.date.fromisoformat, metavar="DATE")
        self._step(steps, "close").add_argument("batch", metavar="BATCH")
        self._step(steps, "show").add_argument("batch", metavar="BATCH")

    def _step(self, steps: Any, name: str) -> CommandParser:
        """A step's own parser, which takes the common options after the step too."""
        parser: CommandParser = steps.add_parser(name)
        parser.add_argument("--actor", metavar="USERNAME", default=argparse.SUPPRESS)
        parser.add_argument("--role", default=argparse.SUPPRESS)
        parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
        return parser

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        step: str = options["step"]
        if step == "create":
            return self._create(actor, options)
        batch = find_batch(options["batch"], actor=actor)
        if step == "approve":
            return _short(approve_batch(actor=actor, batch=batch))
        if step == "export":
            return _export(actor, batch, options["out"])
        if step == "import_result":
            return _import(actor, batch, options["file"], options["paid_on"])
        if step == "close":
            return _short(close_batch(actor=actor, batch=batch))
        return show(batch)

    def _create(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        programme = Programme.objects.filter(pk=options["programme"]).first()
        if programme is None:
            raise DomainError(
                "unknown_programme", _("There is no programme %(code)s."), code=options["programme"]
            )
        bank = None
        if options["bank"]:
            bank = Bank.objects.filter(pk=options["bank"]).first()
            if bank is None:
                raise DomainError("unknown_bank", _("There is no bank %(code)s."), code=options["bank"])
        batch = create_batch(
            actor=actor,
            programme=programme,
            period=options["period"],
            budget_year=options["budget_year"],
            bank=bank,
        )
        return {
            **_short(batch),
            "left_out": {reason.value: count for reason, count in left_out_by_reason(batch)},
        }

    def summary(self, result: dict[str, Any]) -> str:
        if "errors" in result:
            lines = [f"{error['line']}\t{error['column']}\t{error['message']}" for error in result["errors"]]
            return "\n".join([result["message"], *lines])
        return super().summary(result)


def _short(batch: PaymentBatch) -> dict[str, Any]:
    return {
        "batch": batch.number,
        "programme": batch.programme_id,
        "period": batch.period,
        "state": batch.state,
        "count": batch.count,
        "total": str(batch.total_amount),
    }


def _export(actor: Actor, batch: PaymentBatch, out: Path) -> dict[str, Any]:
    """Send the batch unless it is sent, and write its files: OUT, or OUT-01, OUT-02 … for several."""
    if batch.state in ("made", "approved"):
        batch = send_batch(actor=actor, batch=batch)
    wanted = FileFormat.WORKBOOK if out.suffix.lower() == ".xlsx" else FileFormat.TEXT
    written: list[dict[str, Any]] = []
    with county_scope():
        taken = take_files(actor=actor, batch=batch, files=batch.files.filter(format=wanted))
        for file, content in ((item.file, item.content) for item in taken):
            target = out if len(taken) == 1 else out.with_name(f"{out.stem}-{file.part:02d}{out.suffix}")
            written.append(
                {
                    "file": str(target),
                    "count": file.count,
                    "total": str(file.total_amount),
                    "sha256": file.sha256,
                }
            )
            _write_private(target, content)
        record_read(
            actor=actor,
            page="payment_batch export",
            record_type="households.person",
            record_ids=batch.payments.values_list("person_id", flat=True),
            reason=batch.number,
        )
    return {**_short(batch), "files": written}


def _write_private(target: Path, content: bytes) -> None:
    """Write a file that only its owner reads. Raises DomainError `cannot_write`."""
    try:
        with open(target, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
            out.write(content)
        target.chmod(0o600)
    except OSError as error:
        raise DomainError(
            "cannot_write",
            _("%(file)s cannot be written: %(reason)s. Choose another place."),
            file=str(target),
            reason=error.strerror or "",
        ) from error


def _import(actor: Actor, batch: PaymentBatch, file: Path, paid_on: datetime.date | None) -> dict[str, Any]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DomainError(
            "file_unreadable", _("The file %(name)s cannot be read."), name=str(file)
        ) from error
    try:
        taken = import_answer(actor=actor, batch=batch, content=content, paid_on=paid_on)
    except AnswerRefused as refusal:
        return {
            "batch": batch.number,
            "error": refusal.code,
            "message": str(refusal),
            "errors": [
                {
                    "line": error.line,
                    "column": str(error.column),
                    "code": error.code,
                    "message": error.sentence,
                }
                for error in refusal.errors
            ],
            "failed": True,
        }
    return {
        **_short(taken.batch),
        "paid": taken.paid_count,
        "paid_amount": str(taken.paid_amount),
        "returned": taken.returned_count,
        "returned_amount": str(taken.returned_amount),
        "open": taken.open_count,
    }


def show(batch: PaymentBatch) -> dict[str, Any]:
    """A batch for machines: its people, lines, left-out grants and tie-out; no person."""
    tied = tie_out(batch)
    days = days_of_batch(batch, today=clock.today())
    people = {"made_by": batch.made_by, "approved_by": batch.approved_by, "sent_by": batch.sent_by}
    return {
        **_short(batch),
        "budget_year": batch.budget_year,
        **{name: staff.username if staff else None for name, staff in people.items()},
        "lines": {state.value: count for state, count in lines_by_state(batch).items()},
        "left_out": {reason.value: count for reason, count in left_out_by_reason(batch)},
        "tie_out": {
            **{total.code: {"count": total.count, "total": str(total.amount)} for total in tied.totals},
            "ties": tied.ties,
        },
        "days_to_account": {"count": days.count, "median": days.median, "longest": days.longest},
    }
