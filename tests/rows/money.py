"""Rows of budgets, batches, suspense and the premiums, lists and awards."""

from __future__ import annotations

from decimal import Decimal

from offices import clock
from subsidies.enums import (
    ReturnReason,
    SuspenseOrigin,
)
from subsidies.models import (
    BankFile,
)
from subsidies.services.bank_answers import import_answer
from subsidies.services.batch_jobs import request_making
from subsidies.services.batches import create_batch
from subsidies.services.budget import raise_budget
from subsidies.services.budget_transfers import propose_transfer
from subsidies.services.suspense import record_suspense
from tests.rows import benefits_in_kind
from tests.rows.people import NAME, Kwargs, serial_from
from tests.subsidies.money import (
    answer_to,
    file_of,
    fund,
    make_counters,
    make_grant,
    paid_programme,
    sent_batch,
)


def money(families: int) -> dict[str, Kwargs]:
    answered_programme, programme, newer = (paid_programme(code) for code in ("MONEY", "SENT", "MADE"))
    serial = serial_from(310)
    lines = []
    for of in (answered_programme, programme, newer):
        for _one in range(families):
            make_grant(of, serial=serial(), name=NAME)
        lines += fund(of)
    make_grant(programme, serial=serial(), name=NAME, account=None)
    answered = sent_batch(answered_programme)
    returned = dict.fromkeys(range(1, families + 1), ReturnReason.NO_ACCOUNT.value)
    import_answer(
        actor=make_counters().cashier, batch=answered, content=answer_to(file_of(answered), returned)
    )
    sent = sent_batch(programme)
    made = create_batch(actor=make_counters().finance, programme=newer, period="2013")
    counters = make_counters()
    job = request_making(actor=counters.finance, programme=newer, period="2013")
    changes = [
        propose_transfer(
            actor=counters.finance,
            from_line=raise_budget(
                actor=counters.finance, line=lines[0], amount=Decimal("10"), document="追加1号"
            ),
            to_line=lines[3],
            amount=Decimal("5"),
            document="调剂1号",
        )
        for _one in range(families)
    ]
    suspended = [
        record_suspense(
            actor=counters.cashier,
            line=lines[0],
            origin=SuspenseOrigin.OUTSIDE,
            amount=Decimal("5"),
            received_on=clock.today(),
            document="回单1号",
        )
        for _one in range(families)
    ]
    paid_line = sent.payments.order_by("serial")[0]
    return {
        "budget line": {"line_id": lines[0].pk},
        "appropriation": {"appropriation_id": lines[0].appropriations.get().pk},
        "transfer to confirm": {"change_id": changes[0].pk, "step": "confirm"},
        "transfer to reject": {"change_id": changes[0].pk, "step": "reject"},
        "suspense": {"item_id": suspended[0].pk},
        "entry of an approval": {"entry_id": sent.entries.get(kind="approval").pk},
        "payment": {"payment_id": paid_line.pk},
        "batch": {"batch_id": sent.pk},
        "batch that is being made": {"job_id": job.pk},
        "batch with an answer": {"batch_id": answered.pk},
        "batch to approve": {"batch_id": made.pk, "step": "approve"},
        "batch to discard": {"batch_id": made.pk, "step": "discard"},
        "batch to send": {"batch_id": made.pk, "step": "send"},
        "batch to close": {"batch_id": answered.pk, "step": "close"},
        "bank file": {"batch_id": sent.pk, "file_id": BankFile.objects.filter(batch=sent)[0].pk},
    }


def kinds(families: int) -> dict[str, Kwargs]:
    return (
        benefits_in_kind.premiums(families, NAME)
        | benefits_in_kind.lists(families, NAME)
        | benefits_in_kind.awards(families, NAME)
    )
