"""Money of the demonstration: budgets of 2013 and 2014, a year paid and closed, batches on their way."""

from __future__ import annotations

import datetime
from decimal import Decimal

from config.demonstration.officers import acting
from households.services.accounts import confirm_account, propose_account
from offices import clock
from offices.sealing import Purpose, unseal_bytes
from subsidies.bank_files.layout import ENCODING
from subsidies.enums import FileFormat, FundingSource, PaymentState, ReturnReason
from subsidies.models import PaymentBatch, PolicyVersion, Programme
from subsidies.services.bank_answers import import_answer
from subsidies.services.batches import approve_batch, create_batch, send_batch
from subsidies.services.budget import add_budget_line, appropriate
from subsidies.services.closing import close_batch

BUDGETS = {"NCJF": Decimal(100_000), "TFSD": Decimal(60_000), "TFSC": Decimal(40_000)}
"""Yuan a year of each programme, all sources."""
CLOSED, NAME_DIFFERS = ReturnReason.CLOSED.value, ReturnReason.NAME_DIFFERS.value


def make_payments() -> int:
    """Pay 2013, re-issue what came back, and leave a batch at each step; returns how many batches."""
    for year, day in ((2013, datetime.date(2013, 2, 18)), (2014, datetime.date(2014, 1, 6))):
        with clock.demonstration_day(day):
            _set_budgets(year)
    with clock.demonstration_day(datetime.date(2013, 12, 3)):
        paid = sent("NCJF", "2013")
    with clock.demonstration_day(datetime.date(2013, 12, 10)):
        answer(paid, {2: CLOSED, 5: NAME_DIFFERS})
        close_batch(actor=acting("finance"), batch=paid)
        correct_account(paid, serial=2)
    with clock.demonstration_day(datetime.date(2013, 12, 16)):
        again = sent("NCJF", "2013")
    with clock.demonstration_day(datetime.date(2013, 12, 20)):
        answer(again, {})
        close_batch(actor=acting("finance"), batch=again)
    with clock.demonstration_day(datetime.date(2013, 12, 24)):
        special = sent("TFSD", "2013-12")
    with clock.demonstration_day(datetime.date(2013, 12, 27)):
        answer(special, {})
        close_batch(actor=acting("finance"), batch=special)
    with clock.demonstration_day(datetime.date(2013, 12, 31)):
        sent("TFSC", "2013-12")
    with clock.demonstration_day(datetime.date(2014, 1, 6)):
        batch = create_batch(actor=acting("finance"), programme=_programme("TFSD"), period="2014-01")
        approve_batch(actor=acting("county"), batch=batch)
        create_batch(actor=acting("finance"), programme=_programme("NCJF"), period="2014")
    return PaymentBatch.objects.count()


def _programme(code: str) -> Programme:
    return Programme.objects.get(pk=code)


def _set_budgets(year: int) -> None:
    for code, yuan in BUDGETS.items():
        version = PolicyVersion.objects.filter(programme_id=code).published_on(clock.today()).get()
        for number, part in enumerate(version.funding, 1):
            amount = (yuan * Decimal(str(part["share"]))).quantize(Decimal("0.01"))
            line = add_budget_line(
                actor=acting("finance"),
                programme=_programme(code),
                year=year,
                source=FundingSource(part["source"]),
                amount=amount,
                document=f"山财社〔{year}〕{number}号",
            )
            appropriate(
                actor=acting("finance"), line=line, amount=amount, document=f"拨款通知〔{year}〕{number}号"
            )


def sent(code: str, period: str) -> PaymentBatch:
    """A batch made, approved and sent by three people."""
    batch = create_batch(actor=acting("finance"), programme=_programme(code), period=period)
    approve_batch(actor=acting("county"), batch=batch)
    return send_batch(actor=acting("cashier"), batch=batch)


def answer(batch: PaymentBatch, returned: dict[int, str]) -> None:
    """The bank's answer is read: everything arrived but the lines in `returned`."""
    import_answer(actor=acting("cashier"), batch=batch, content=answer_of(batch, returned))


def answer_of(batch: PaymentBatch, returned: dict[int, str]) -> bytes:
    """The bank's answer, made from our own file."""
    sent_file = batch.files.get(format=FileFormat.TEXT)
    header, *lines = unseal_bytes(bytes(sent_file.content), Purpose.FILE).decode(ENCODING).splitlines()
    answered = [f"{line}|{returned.get(int(line.split('|')[0]), '00')}" for line in lines]
    return "".join(f"{line}\r\n" for line in (header, *answered)).encode(ENCODING)


def correct_account(batch: PaymentBatch, *, serial: int) -> None:
    """One of the returned accounts is put right by two people; the other still waits for the family."""
    line = batch.payments.select_related("person").get(serial=serial, state=PaymentState.RETURNED)
    correction = propose_account(
        actor=acting("finance"),
        person=line.person,
        bank="枣庄农村商业银行山亭支行",
        account="6223190000000004217",
        document="存折复印件",
    )
    confirm_account(actor=acting("county"), correction=correction)
