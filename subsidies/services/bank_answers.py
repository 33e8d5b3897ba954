"""The bank's answer: read line by line, taken whole or not at all."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed, Stale
from offices.sealing import Purpose, unseal_bytes
from offices.services.acts import record_act
from offices.services.states import locked, move
from subsidies import policies
from subsidies.bank_files.comparing import AnswerLine, Compared, RowError, compare
from subsidies.bank_files.reading import AnswerFile
from subsidies.bank_files.shapes import SHAPES
from subsidies.enums import BatchState, FileFormat, PaymentState, ProgrammeKind
from subsidies.models import BankAnswer, BankFile, PaymentBatch
from subsidies.models.batches import TRANSITIONS
from subsidies.services.batch_money import book_answer


class AnswerRefused(DomainError):
    """An answer of which nothing was taken; `errors` says why, line by line."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__(
            "answer_refused",
            _(
                "Nothing of the file was taken: %(count)s things are wrong, the first in line %(line)s: %(first)s "
                "Send it back to the bank."
            ),
            count=len(errors),
            line=errors[0].line,
            first=errors[0].sentence,
        )
        self.errors = list(errors)


@dataclass(frozen=True, slots=True)
class AnswerTaken:
    """What an answer brought, in lines and yuan, and how many lines are still unanswered."""

    batch: PaymentBatch
    paid_count: int
    paid_amount: Decimal
    returned_count: int
    returned_amount: Decimal
    open_count: int


_SETTLE_PAID = """
UPDATE subsidies_payment SET state = 'paid', paid_on = %(day)s
 WHERE batch_id = %(batch)s AND serial = ANY(%(serials)s) AND state = 'sent'
"""
_SETTLE_RETURNED = """
UPDATE subsidies_payment
   SET state = 'returned', returned_on = %(day)s, return_reason = %(reasons)s::jsonb ->> serial::text
 WHERE batch_id = %(batch)s AND serial = ANY(%(serials)s) AND state = 'sent'
"""


@transaction.atomic
def import_answer(
    *, actor: Actor, batch: PaymentBatch, content: bytes, paid_on: datetime.date | None = None
) -> AnswerTaken:
    """Take the bank's answer to a file of this batch; a wrong line refuses the file as a whole.

    Every cell is compared with what was sent. An answer may cover part of the lines, if its
    header counts that part; the rest stays awaited. `paid_on` is the day the money arrived, by
    default today. The cashier may, and the installation. Raises NotAllowed, Stale, DomainError
    `answer_read_already`, `wrong_batch`, `paid_on_impossible` or of reading, AnswerRefused.
    """
    if not policies.may_read_answers(actor):
        raise NotAllowed()
    digest = hashlib.sha256(content).hexdigest()
    with county_scope():
        current = locked(batch)
        if current.programme.kind == ProgrammeKind.PREMIUM:
            raise DomainError(
                "answered_by_fund",
                _(
                    "%(number)s pays premiums: read the bank's answer to its one transfer and the fund's on its page."
                ),
                number=current.number,
            )
        check_unread(digest)
        check_awaited(current)
        day = day_paid(current, paid_on)
        answer = SHAPES[current.bank.layout].read(content)
        sent = sent_file(current, answer)
        compared = compare_with_sent(current, sent, answer)
        if compared.errors:
            raise AnswerRefused(compared.errors)
        record = _settle(current, sent, compared.lines, day, actor, digest)
        return _finish(current, record, actor)


def check_awaited(batch: PaymentBatch) -> None:
    """Whether an answer to the batch is awaited. Raises Stale `no_answer_awaited`."""
    if batch.state != BatchState.SENT:
        raise Stale(
            "no_answer_awaited",
            _("Batch %(number)s is “%(state)s”: no answer of the bank is awaited."),
            number=batch.number,
            state=batch.get_state_display(),
        )


def check_unread(sha256: str) -> None:
    """Whether a file is brought for the first time. Raises DomainError `answer_read_already`."""
    earlier = BankAnswer.objects.filter(sha256=sha256).select_related("batch").first()
    if earlier is not None:
        raise DomainError(
            "answer_read_already",
            _("This very file was read on %(day)s for batch %(number)s. Nothing was changed again."),
            day=earlier.read_on,
            number=earlier.batch.number,
        )


def day_paid(batch: PaymentBatch, paid_on: datetime.date | None) -> datetime.date:
    """The day the money arrived, by default today. Raises `paid_on_impossible`."""
    today = clock.today()
    day = paid_on or today
    if day > today or (batch.sent_on and day < batch.sent_on):
        raise DomainError(
            "paid_on_impossible",
            _("The money arrived between the day the batch was sent (%(sent)s) and today. Correct the day."),
            sent=batch.sent_on,
        )
    return day


def sent_file(batch: PaymentBatch, answer: AnswerFile) -> BankFile:
    """Our file that the answer's header names. Raises `wrong_batch`."""
    sent = batch.files.filter(number=answer.header.number, format=FileFormat.TEXT).first()
    if sent is not None:
        return sent
    other = BankFile.objects.filter(number=answer.header.number).select_related("batch").first()
    message: Promise = (
        _("This is the answer to batch %(other)s, not to %(number)s. Read it there.")
        if other
        else _("The header names the batch “%(other)s”, which we never sent. This page is for %(number)s.")
    )
    raise DomainError(
        "wrong_batch",
        message,
        other=other.batch.number if other else answer.header.number[:40],
        number=batch.number,
    )


def compare_with_sent(batch: PaymentBatch, sent: BankFile, answer: AnswerFile) -> Compared:
    """An answer of the bank beside the file that was sent."""
    shape = SHAPES[batch.bank.layout]
    original = shape.read(unseal_bytes(bytes(sent.content), Purpose.FILE))
    rows = {int(row.cells[0]): row.cells for row in original.rows}
    answered = frozenset(
        batch.payments.filter(
            serial__range=(min(rows), max(rows)), state__in=[PaymentState.PAID, PaymentState.RETURNED]
        ).values_list("serial", flat=True)
    )
    return compare(
        answer,
        sent_header=original.header,
        sent_rows=rows,
        answered=answered,
        shape=shape,
        codes=batch.bank.result_codes,
    )


def _settle(
    batch: PaymentBatch,
    sent: BankFile,
    lines: Sequence[AnswerLine],
    day: datetime.date,
    actor: Actor,
    digest: str,
) -> BankAnswer:
    """Write the results on the lines and in the ledger."""
    paid = [line for line in lines if line.return_reason is None]
    returned = [line for line in lines if line.return_reason is not None]
    if not lines:
        raise DomainError("answer_empty", _("The file is empty."))
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE_PAID, {"batch": batch.pk, "day": day, "serials": [line.serial for line in paid]}
        )
        settled = cursor.rowcount
        cursor.execute(
            _SETTLE_RETURNED,
            {
                "batch": batch.pk,
                "day": clock.today(),
                "serials": [line.serial for line in returned],
                "reasons": json.dumps({line.serial: str(line.return_reason) for line in returned}),
            },
        )
        settled += cursor.rowcount
    if settled != len(lines):
        raise Stale("lines_changed", _("The lines changed meanwhile. Read the file again."))
    try:
        with transaction.atomic():
            record = BankAnswer.objects.create(
                batch=batch,
                part=sent.part,
                sha256=digest,
                paid_count=len(paid),
                paid_amount=sum((line.amount for line in paid), Decimal()),
                returned_count=len(returned),
                returned_amount=sum((line.amount for line in returned), Decimal()),
                paid_on=day,
                read_by_id=actor.staff_id,
                read_on=clock.today(),
                division_code=batch.division_code,
            )
    except IntegrityError as error:
        raise Stale("answer_read_already", _("This answer of the bank has already been read.")) from error
    book_answer(
        actor=actor,
        batch=batch,
        paid=[line.serial for line in paid],
        returned=[line.serial for line in returned],
    )
    return record


def _finish(batch: PaymentBatch, record: BankAnswer, actor: Actor) -> AnswerTaken:
    open_count = batch.payments.filter(state=PaymentState.SENT).count()
    detail: dict[str, Any] = {
        "sha256": record.sha256,
        "paid": record.paid_count,
        "paid_amount": record.paid_amount,
        "returned": record.returned_count,
        "returned_amount": record.returned_amount,
        "open": open_count,
    }
    if open_count:
        record_act(actor=actor, verb="subsidies.import_answer", record=batch, **detail)
    else:
        batch = move(
            record=batch,
            to=BatchState.ANSWERED,
            transitions=TRANSITIONS,
            actor=actor,
            verb="subsidies.import_answer",
            detail=detail,
        )
    return AnswerTaken(
        batch,
        record.paid_count,
        record.paid_amount,
        record.returned_count,
        record.returned_amount,
        open_count,
    )
