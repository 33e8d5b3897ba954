"""Recoveries of the demonstration: one to be told, one to be decided, one that pays back of the own will."""

from __future__ import annotations

import datetime
from decimal import Decimal

from config.demonstration.accounts import TOWNSHIP
from config.demonstration.officers import Officers, acting
from offices import clock
from subsidies.enums import DeliveryMethod, PaymentState, RecoveryGround
from subsidies.models import Payment, Recovery
from subsidies.services.deliveries import deliver_letter
from subsidies.services.recoveries import (
    decide_recovery,
    notify_family,
    propose_recovery,
    record_statement,
)
from subsidies.services.recovery_money import record_receipt
from subsidies.services.recovery_plans import equal_instalments

_FOUND = (
    (
        RecoveryGround.PAID_TWICE,
        "经比对，2013年度该项资金已由其原户籍所在区县发放，本区重复发放一次。",
        "薛城区卫生局复函（2013）18号",
        "",
    ),
    (
        RecoveryGround.FALSE_DOCUMENTS,
        "经公安机关核查，申请时提交的户口簿首页系变造，户口性质与登记不符。",
        "户籍核查函（2013）7号",
        "户口簿是托人代办的，我不知道改过，请核实清楚。",
    ),
    (
        RecoveryGround.PAID_TWICE,
        "经核对银行流水，同一年度资金通过两个账户各发放一次。",
        "银行流水核对单（2013）2号",
        "钱确实收到了两笔，当时以为是补发的，愿意分几次退回。",
    ),
)


def make_recoveries() -> None:
    """Three families whose year was paid, of the accounts' own township first; without effect again."""
    if Recovery.objects.exists():
        return
    lines = Payment.objects.filter(
        state=PaymentState.PAID,
        programme="NCJF",
        representative=None,
        person__died_on=None,
    )
    own_first = sorted(
        lines.select_related("grant__programme").order_by("pk"),
        key=lambda line: not line.division_code.startswith(TOWNSHIP[:9]),
    )
    made = [
        propose_recovery(
            grant=line.grant,
            ground=ground,
            facts=facts,
            document=document,
            document_on=clock.today() - datetime.timedelta(days=14),
            amounts={line.pk: line.amount},
            actor=Officers().reviewer(line.grant.division_code),
        )
        for (ground, facts, document, _said), line in zip(_FOUND, own_first, strict=False)
    ]
    for recovery, (*_found, said) in zip(made[1:], _FOUND[1:], strict=False):
        _hear(recovery, said)
    for recovery in made[2:]:
        _decide(recovery)


def _hear(recovery: Recovery, said: str) -> None:
    officers = Officers()
    counter, today = officers.counter(recovery.division_code), clock.today()
    notify_family(
        recovery=recovery,
        method=DeliveryMethod.IN_PERSON,
        on=today,
        to=recovery.debtor_name,
        actor=counter,
    )
    record_statement(
        recovery=recovery,
        statement=said,
        on=today,
        actor=counter,
    )


def _decide(recovery: Recovery) -> None:
    officers, today = Officers(), clock.today()
    decided = decide_recovery(
        recovery=recovery,
        reasons="银行流水与发放花名册一致，属重复发放；当事人无异议，同意分期归还。",
        instalments=equal_instalments(
            amount=recovery.amount, count=4, first_on=today + datetime.timedelta(days=240)
        ),
        agreement="分期归还协议书",
        actor=officers.county,
    )
    deliver_letter(
        letter=decided.letters.get(),
        method=DeliveryMethod.IN_PERSON,
        on=today,
        recipient=recovery.debtor_name,
        actor=officers.counter(recovery.division_code),
    )
    record_receipt(
        recovery=decided,
        amount=Decimal("100.00"),
        received_on=today,
        document="现金缴款单20140106-01",
        is_voluntary=True,
        actor=acting("cashier"),
    )
