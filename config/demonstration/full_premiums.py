"""The premiums of the full county's year: lists of whole townships, then one transfer to each fund with its roster.

Summer's assessment says who is owed; the counter enters a township's list, each village's meeting
reviews its own, and township, county and county office follow before the collection of the next
year begins in October. Whoever is on no list yet stays owed.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from config.demonstration.accounts import COUNTY
from config.demonstration.cases import PRESENT
from config.demonstration.full_cases import owed_people
from config.demonstration.full_plan import Plan
from config.demonstration.officers import Officers, acting
from config.demonstration.payments import answer_of
from offices import clock
from offices.database.planning import refresh_statistics
from offices.models import Division
from offices.sealing import Purpose, unseal_bytes
from subsidies.bank_files.layout import ENCODING
from subsidies.enums import ApplicationState, FileFormat
from subsidies.models import Application, PaymentBatch, Programme, Sweep
from subsidies.selectors.premiums import to_be_refunded
from subsidies.services.batches import approve_batch, create_batch, send_batch
from subsidies.services.closing import close_batch
from subsidies.services.fund_accounts import confirm_fund_account, propose_fund_account
from subsidies.services.listed_entry import enter_listed
from subsidies.services.listed_grants import grant_listed
from subsidies.services.listed_reviews import (
    confirm_listed,
    review_listed_in_township,
    review_listed_in_village,
)
from subsidies.services.premium_answers import (
    import_fund_answer,
    import_transfer_answer,
    record_premium_refund,
)

ENTERED_ON = datetime.date(2013, 8, 5)
VILLAGES_ON = datetime.date(2013, 8, 7)
TOWNSHIPS_ON = datetime.date(2013, 8, 16)
CONFIRMED_ON = datetime.date(2013, 8, 26)
GRANTED_ON = datetime.date(2013, 9, 5)
PAID_ON = datetime.date(2013, 10, 14)
_NOT_FOUND = "22"
"""The fund's word for somebody whom it does not find under name and number."""


@dataclass(frozen=True, slots=True)
class Premium:
    """A premium: its programme, how many are taken in, and the fund that takes them in."""

    code: str
    taken_in: int
    institution: str
    account: str
    document: str


def premiums_of(plan: Plan) -> tuple[Premium, ...]:
    return (
        Premium(
            "MXNH",
            plan.medical_premiums,
            "山亭区新型农村合作医疗管理办公室",
            "370406000011112222",
            "山合管办〔2013〕5号",
        ),
        Premium(
            "MXNB",
            plan.pension_premiums,
            "山亭区新型农村社会养老保险管理中心",
            "370406000033334444",
            "山社保〔2013〕9号",
        ),
    )


def list_premiums(plan: Plan, sweep: Sweep, say: Callable[[str], None]) -> None:
    """Everybody on a list from the counter to the grant."""
    officers = Officers()
    townships = list(
        Division.objects.townships().within(COUNTY[:6]).order_by("code").values_list("code", flat=True)
    )
    for premium in premiums_of(plan):
        programme = Programme.objects.get(pk=premium.code)
        # A few more than are taken in: some the fund will not find.
        people = owed_people(sweep, premium.code, is_paid=False)[: premium.taken_in + plan.of(40)]
        _enter(officers, programme, townships, people, say)
        refresh_statistics("subsidies")
        _review(officers, programme, townships, say)
        refresh_statistics("subsidies")
        with clock.demonstration_day(CONFIRMED_ON):
            for township in townships:
                confirm_listed(
                    actor=officers.county_reviewer,
                    programme=programme,
                    division_code=township,
                    opinion="名册属实，予以确认。",
                )
        with clock.demonstration_day(GRANTED_ON):
            for township in townships:
                grant_listed(actor=officers.county, programme=programme, division_code=township)
        refresh_statistics("subsidies")
        granted = Application.objects.filter(programme=programme, state=ApplicationState.GRANTED).count()
        say(f"  … {premium.code}: {granted} granted 已确认")


def _enter(
    officers: Officers,
    programme: Programme,
    townships: list[str],
    people: list[UUID],
    say: Callable[[str], None],
) -> None:
    with clock.demonstration_day(ENTERED_ON):
        for township in townships:
            entered = enter_listed(
                actor=officers.counter(township),
                programme=programme,
                division_code=township,
                people=people,
                declaration_document="承诺书签名表",
            )
            say(f"  … {programme.pk} {township}: {entered.taken}")


def _review(
    officers: Officers, programme: Programme, townships: list[str], say: Callable[[str], None]
) -> None:
    waiting = Application.objects.filter(programme=programme, state=ApplicationState.ENTERED)
    villages = list(waiting.order_by("division_code").values_list("division_code", flat=True).distinct())
    with clock.demonstration_day(VILLAGES_ON):
        for village in villages:
            review_listed_in_village(
                actor=officers.village(village),
                programme=programme,
                division_code=village,
                opinion="逐户核对，情况属实，同意上报。",
                present=PRESENT,
            )
    say(f"  … {programme.pk}: {len(villages)} villages 村")
    refresh_statistics("subsidies")
    with clock.demonstration_day(TOWNSHIPS_ON):
        for township in townships:
            review_listed_in_township(
                actor=officers.reviewer(township),
                programme=programme,
                division_code=township,
                opinion="名册与户籍一致，符合条件。",
            )


def pay_premiums(plan: Plan, say: Callable[[str], None]) -> None:
    """One order to each fund; whom it does not take in comes back as money."""
    for premium in premiums_of(plan):
        with clock.demonstration_day(PAID_ON - datetime.timedelta(days=20)):
            proposed = propose_fund_account(
                actor=acting("finance"),
                programme=Programme.objects.get(pk=premium.code),
                institution=premium.institution,
                bank="山亭农村信用社",
                account=premium.account,
                document=premium.document,
            )
            confirm_fund_account(actor=acting("county"), account=proposed)
        with clock.demonstration_day(PAID_ON):
            batch = create_batch(
                actor=acting("finance"), programme=proposed.programme, period=str(PAID_ON.year)
            )
            refresh_statistics("subsidies")
            approve_batch(actor=acting("county"), batch=batch)
            batch = send_batch(actor=acting("cashier"), batch=batch)
        say(f"  … {premium.code}: {batch.count} / {batch.total_amount}")
        with clock.demonstration_day(PAID_ON + datetime.timedelta(days=2)):
            import_transfer_answer(actor=acting("cashier"), batch=batch, content=answer_of(batch, {}))
        with clock.demonstration_day(PAID_ON + datetime.timedelta(days=21)):
            import_fund_answer(
                actor=acting("cashier"), batch=batch, content=_fund_says(batch, premium.taken_in)
            )
        _, owed = to_be_refunded(batch)
        if owed:
            _refund(batch, owed)
        with clock.demonstration_day(PAID_ON + datetime.timedelta(days=45)):
            batch.refresh_from_db()
            close_batch(actor=acting("finance"), batch=batch)


def _refund(batch: PaymentBatch, owed: Decimal) -> None:
    day = PAID_ON + datetime.timedelta(days=30)
    with clock.demonstration_day(day):
        record_premium_refund(
            actor=acting("cashier"),
            batch=batch,
            amount=owed,
            received_on=day,
            document="退款回单〔2013〕11号",
        )


def _fund_says(batch: PaymentBatch, taken_in: int) -> bytes:
    """The roster as the fund sends it back: the last of it are not found."""
    file = batch.files.get(format=FileFormat.ROSTER)
    text = unseal_bytes(bytes(file.content), Purpose.FILE).decode(ENCODING)
    rows = list(csv.reader(io.StringIO(text)))
    for row in rows[2:]:
        row[-1] = "00" if int(row[0]) <= taken_in else _NOT_FOUND
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    return target.getvalue().encode(ENCODING)
