"""What comes back on a transfer of premiums: the bank's word, the fund's person by person, and money."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed, Stale
from offices.sealing import Purpose, unseal_bytes
from offices.services.acts import record_act
from offices.services.states import locked, move
from subsidies import policies
from subsidies.bank_files.comparing import AnswerLine, compare
from subsidies.bank_files.roster import CODES, ROSTER
from subsidies.bank_files.shapes import SHAPES
from subsidies.enums import BatchState, FileFormat, PaymentState, ReturnReason
from subsidies.models import (
    BankAnswer,
    PaymentBatch,
    PremiumRefund,
    PremiumRefusal,
    PremiumTransfer,
    PublicPremium,
)
from subsidies.models.batches import TRANSITIONS
from subsidies.selectors.premiums import open_refusals, to_be_refunded
from subsidies.services.bank_answers import (
    AnswerRefused,
    check_awaited,
    check_unread,
    compare_with_sent,
    day_paid,
    sent_file,
)
from subsidies.services.batch_money import book_answer

_SETTLE_TAKEN_IN = """
UPDATE subsidies_payment SET state = 'paid', paid_on = %(day)s
 WHERE batch_id = %(batch)s AND serial = ANY(%(serials)s) AND state = 'sent'
"""
_SETTLE_BACK = """
UPDATE subsidies_payment p SET state = 'returned', returned_on = %(day)s, return_reason = r.reason
  FROM subsidies_premiumrefusal r
 WHERE p.batch_id = %(batch)s AND r.payment_id = p.id AND p.state = 'sent'
"""


@dataclass(frozen=True, slots=True)
class FundAnswered:
    """What the fund's answer brought: persons taken in and not, and how many are still unanswered."""

    batch: PaymentBatch
    taken_in: int
    refused: int
    refused_amount: Decimal
    open_count: int


@transaction.atomic
def import_transfer_answer(
    *, actor: Actor, batch: PaymentBatch, content: bytes, paid_on: datetime.date | None = None
) -> PaymentBatch:
    """Take the bank's answer to the one order of a batch of premiums: it arrived, or came back whole.

    The cashier may, and the installation. An order that came back returns every premium of it to
    the budget; what remains of the batch is its history. Raises NotAllowed, Stale, AnswerRefused,
    DomainError `answer_read_already`, `wrong_batch`, `paid_on_impossible` or of reading.
    """
    if not policies.may_read_answers(actor):
        raise NotAllowed()
    digest = hashlib.sha256(content).hexdigest()
    with county_scope():
        current, transfer = _awaited(batch)
        if transfer.arrived_on is not None:
            raise Stale("transfer_arrived_already", _("The bank has already said that the transfer arrived."))
        check_unread(digest)
        day = day_paid(current, paid_on)
        answer = SHAPES[current.bank.layout].read(content)
        compared = compare_with_sent(current, sent_file(current, answer), answer)
        if compared.errors:
            raise AnswerRefused(compared.errors)
        if not compared.lines:
            raise DomainError("answer_empty", _("The file is empty."))
        (line,) = compared.lines
        if line.return_reason is not None:
            return _take_back(actor, current, line.return_reason, digest)
        transfer.arrived_on = day
        transfer.bank_answer_sha256 = digest
        transfer.save(update_fields=["arrived_on", "bank_answer_sha256"])
        record_act(
            actor=actor,
            verb="subsidies.record_premium_arrival",
            record=current,
            arrived_on=day,
            sha256=digest,
            total=current.total_amount,
        )
    return current


def _awaited(batch: PaymentBatch) -> tuple[PaymentBatch, PremiumTransfer]:
    """The batch and its transfer, locked, while an answer is awaited. Raises Stale."""
    current = locked(batch)
    check_awaited(current)
    return current, locked(current.premium_transfer)


def _take_back(actor: Actor, batch: PaymentBatch, reason: ReturnReason, digest: str) -> PaymentBatch:
    """The order came back: every premium is returned to the money it came from."""
    serials = set(batch.payments.values_list("serial", flat=True))
    batch.payments.filter(state=PaymentState.SENT).update(
        state=PaymentState.RETURNED, returned_on=clock.today(), return_reason=reason
    )
    _note_answer(actor, batch, digest, paid=[], returned=(batch.count, batch.total_amount), day=clock.today())
    book_answer(actor=actor, batch=batch, paid=(), returned=serials)
    return move(
        record=batch,
        to=BatchState.ANSWERED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.return_premium_transfer",
        detail={"reason": reason, "sha256": digest, "total": batch.total_amount},
    )


def _note_answer(
    actor: Actor,
    batch: PaymentBatch,
    digest: str,
    *,
    paid: Sequence[AnswerLine],
    returned: tuple[int, Decimal],
    day: datetime.date,
) -> BankAnswer:
    try:
        with transaction.atomic():
            return BankAnswer.objects.create(
                batch=batch,
                part=1,
                sha256=digest,
                paid_count=len(paid),
                paid_amount=sum((line.amount for line in paid), Decimal()),
                returned_count=returned[0],
                returned_amount=returned[1],
                paid_on=day,
                read_by_id=actor.staff_id,
                read_on=clock.today(),
                division_code=batch.division_code,
            )
    except IntegrityError as error:
        raise Stale("answer_read_already", _("This answer of the bank has already been read.")) from error


@transaction.atomic
def import_fund_answer(*, actor: Actor, batch: PaymentBatch, content: bytes) -> FundAnswered:
    """Take the fund's answer to the roster, person by person; a wrong line refuses the file as a whole.

    Who is taken in is paid for, on the day the transfer arrived. Who is not (insured already, not
    found, there twice) is noted with the reason, and her premium stays on its way until the money
    is back. An answer may cover a part of the roster. The cashier may, and the installation. Raises
    NotAllowed, Stale, AnswerRefused, DomainError `transfer_not_arrived`, `answer_read_already`,
    `wrong_batch` or of reading.
    """
    if not policies.may_read_answers(actor):
        raise NotAllowed()
    digest = hashlib.sha256(content).hexdigest()
    with county_scope():
        current, transfer = _awaited(batch)
        if transfer.arrived_on is None:
            raise DomainError(
                "transfer_not_arrived",
                _("The bank has not said yet that the transfer arrived. Read its answer first."),
            )
        check_unread(digest)
        lines = _compared(current, content)
        taken = [line for line in lines if line.return_reason is None]
        refused = [line for line in lines if line.return_reason is not None]
        amount = sum((line.amount for line in refused), Decimal())
        record = _note_answer(
            actor, current, digest, paid=taken, returned=(len(refused), amount), day=transfer.arrived_on
        )
        _settle(actor, current, record, taken, refused)
        detail = {"sha256": digest, "taken_in": len(taken), "refused": len(refused), "refused_amount": amount}
        current = _finish(actor, current, "subsidies.import_fund_answer", detail)
        waiting = current.payments.filter(state=PaymentState.SENT).count() - to_be_refunded(current)[0]
    return FundAnswered(current, len(taken), len(refused), amount, waiting)


def _compared(batch: PaymentBatch, content: bytes) -> list[AnswerLine]:
    """The sound lines of an answer to the roster of this batch."""
    answer = ROSTER.read(content)
    if answer.header.number != batch.number:
        raise DomainError(
            "wrong_batch",
            _("The header names the batch “%(other)s”, which we never sent. This page is for %(number)s."),
            other=answer.header.number[:40],
            number=batch.number,
        )
    sent = batch.files.get(format=FileFormat.ROSTER)
    original = ROSTER.read(unseal_bytes(bytes(sent.content), Purpose.FILE))
    answered = set(
        batch.payments.filter(state__in=[PaymentState.PAID, PaymentState.RETURNED]).values_list(
            "serial", flat=True
        )
    ) | set(open_refusals(batch).values_list("payment__serial", flat=True))
    compared = compare(
        answer,
        sent_header=original.header,
        # The last field of our own file is the empty place for the result.
        sent_rows={int(row.cells[0]): row.cells[: len(ROSTER.labels)] for row in original.rows},
        answered=frozenset(answered),
        shape=ROSTER,
        codes=CODES,
    )
    if compared.errors:
        raise AnswerRefused(compared.errors)
    if not compared.lines:
        raise DomainError("answer_empty", _("The file is empty."))
    return compared.lines


def _settle(
    actor: Actor,
    batch: PaymentBatch,
    record: BankAnswer,
    taken: Sequence[AnswerLine],
    refused: Sequence[AnswerLine],
) -> None:
    serials = [line.serial for line in taken]
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE_TAKEN_IN, {"batch": batch.pk, "day": record.paid_on, "serials": serials})
        if cursor.rowcount != len(taken):
            raise Stale("lines_changed", _("The lines changed meanwhile. Read the file again."))
    reasons = {line.serial: line.return_reason for line in refused}
    PremiumRefusal.objects.bulk_create(
        [
            PremiumRefusal(
                payment_id=pk, answer=record, reason=str(reasons[serial]), division_code=division_code
            )
            for pk, serial, division_code in batch.payments.filter(serial__in=reasons).values_list(
                "pk", "serial", "division_code"
            )
        ],
        batch_size=5000,
    )
    if taken:
        book_answer(actor=actor, batch=batch, paid=serials, returned=())
        applications = batch.payments.filter(serial__in=serials).values_list(
            "grant__application_id", flat=True
        )
        PublicPremium.objects.bulk_create(
            [
                PublicPremium(application_id=pk, year=batch.period_from_on.year, paid_on=record.paid_on)
                for pk in applications
            ],
            batch_size=5000,
            ignore_conflicts=True,
        )


def _finish(actor: Actor, batch: PaymentBatch, verb: str, detail: dict[str, Any]) -> PaymentBatch:
    """Once every person is answered and every refused premium is back, the batch is answered."""
    if batch.payments.filter(state=PaymentState.SENT).exists():
        record_act(actor=actor, verb=verb, record=batch, **detail)
        return batch
    return move(
        record=batch,
        to=BatchState.ANSWERED,
        transitions=TRANSITIONS,
        actor=actor,
        verb=verb,
        detail=detail,
    )


@transaction.atomic
def record_premium_refund(
    *, actor: Actor, batch: PaymentBatch, amount: Decimal, received_on: datetime.date, document: str
) -> PremiumRefund:
    """Take the money in that the fund sent back for those it did not take in; it is available again.

    The cashier may, with the bank's slip. `amount` (yuan) is exactly what the fund owes; anything
    else goes into suspense until somebody knows what it is. Raises NotAllowed, Stale, DomainError
    `nothing_to_refund`, `refund_differs`, `document_needed`, `paid_on_impossible`.
    """
    if not policies.may_send_batches(actor):
        raise NotAllowed()
    if not document.strip():
        raise DomainError("document_needed", _("Name the paper that this rests on."))
    with county_scope():
        current, transfer = _awaited(batch)
        day = day_paid(current, received_on)
        count, owed = to_be_refunded(current)
        if not count:
            raise DomainError(
                "nothing_to_refund", _("The fund owes nothing back: everybody it answered was taken in.")
            )
        if amount != owed:
            raise DomainError(
                "refund_differs",
                _(
                    "The fund owes %(owed)s yuan for %(count)s persons whom it did not take in. Ask it about the "
                    "difference; meanwhile take the money into suspense."
                ),
                owed=owed,
                count=count,
            )
        serials = set(open_refusals(current).values_list("payment__serial", flat=True))
        refund = PremiumRefund.objects.create(
            transfer=transfer,
            count=count,
            amount=amount,
            received_on=day,
            document=document,
            recorded_by_id=actor.staff_id,
            recorded_on=clock.today(),
            division_code=current.division_code,
        )
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE_BACK, {"batch": current.pk, "day": day})
        book_answer(actor=actor, batch=current, paid=(), returned=serials)
        _finish(
            actor,
            current,
            "subsidies.record_premium_refund",
            {"count": count, "amount": amount, "document": document},
        )
    return refund
