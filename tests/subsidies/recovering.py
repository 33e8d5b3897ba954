"""Recoveries for tests: what was paid for some years, proposed, told, heard, decided and delivered by the services."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from offices import clock
from offices.actors import Actor
from offices.enums import Role
from subsidies.enums import DeliveryMethod, PaymentState, RecoveryGround
from subsidies.models import DecisionLetter, Grant, Payment, Recovery
from subsidies.selectors.recoveries import letter_of
from subsidies.services import recoveries
from subsidies.services.bank_answers import import_answer
from subsidies.services.batches import approve_batch, create_batch, send_batch
from subsidies.services.deliveries import deliver_letter
from tests.factories import make_actor
from tests.subsidies.cases import move_day
from tests.subsidies.money import answer_to, file_of, fund, make_counters, make_grant, paid_programme


def paid_grant(*years: str, code: str = "RECOVER", serial: int = 500, **fields: Any) -> Grant:
    """A grant whose years were paid out of the money of 2013."""
    programme = paid_programme(code)
    grant = make_grant(programme, serial=serial, from_on=f"{min(years)}-01-01", **fields)
    fund(programme)
    for year in years:
        pay_year(grant, year)
    return grant


def pay_year(grant: Grant, year: str) -> None:
    """Pay a grant's year out of the money of 2013."""
    people = make_counters()
    batch = create_batch(actor=people.finance, programme=grant.programme, period=year, budget_year=2013)
    approve_batch(actor=people.county, batch=batch)
    send_batch(actor=people.cashier, batch=batch)
    import_answer(actor=people.cashier, batch=batch, content=answer_to(file_of(batch)))


def paid_lines(grant: Grant) -> list[Payment]:
    """The paid lines of a grant, the oldest first."""
    return list(grant.payments.filter(state=PaymentState.PAID).order_by("period_from_on", "serial"))


def proposer() -> Actor:
    return make_actor(Role.TOWNSHIP_REVIEWER)


def proposed(grant: Grant, *amounts: str, **given: Any) -> Recovery:
    """A proposal of so many yuan of each paid line."""
    lines = paid_lines(grant)
    return recoveries.propose_recovery(
        **{
            "grant": grant,
            "ground": RecoveryGround.FALSE_DOCUMENTS,
            "facts": "经核查，申请时提交的户口簿为伪造。",
            "document": "公安机关鉴定书（2014）3号",
            "document_on": clock.today() - datetime.timedelta(days=3),
            "amounts": {
                line.pk: Decimal(amount) for line, amount in zip(lines, amounts, strict=False) if amount
            },
            "actor": proposer(),
            **given,
        }
    )


def told(recovery: Recovery) -> Recovery:
    return recoveries.notify_family(
        recovery=recovery,
        method=DeliveryMethod.IN_PERSON,
        on=clock.today(),
        to="王秀英",
        actor=make_actor(Role.TOWNSHIP),
    )


def heard(recovery: Recovery) -> Recovery:
    return recoveries.record_statement(
        recovery=told(recovery),
        statement="户口簿是别人代办的，我不知情。",
        on=clock.today(),
        actor=make_actor(Role.TOWNSHIP),
    )


def decided(recovery: Recovery, **given: Any) -> Recovery:
    return recoveries.decide_recovery(
        recovery=heard(recovery),
        reasons="鉴定结论明确，代办不影响款项性质。",
        actor=make_actor(Role.COUNTY),
        **given,
    )


def delivered(recovery: Recovery) -> DecisionLetter:
    """Its letter handed over today."""
    letter = letter_of(recovery)
    assert letter is not None
    deliver_letter(
        letter=letter,
        method=DeliveryMethod.IN_PERSON,
        on=clock.today(),
        recipient="王秀英",
        actor=make_actor(Role.TOWNSHIP),
    )
    return letter


def in_force(grant: Grant, *amounts: str, **given: Any) -> Recovery:
    """A decided recovery whose time to appeal is over: the business day moves by seven months."""
    recovery = decided(proposed(grant, *amounts, **given))
    delivered(recovery)
    move_day(clock.today() + datetime.timedelta(days=210))
    recovery.refresh_from_db()
    return recovery
