"""Premiums paid on behalf: one transfer, the roster, the fund's answer, money back, and again."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from households.models import InsuranceElsewhere
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.models import Act
from subsidies.bank_files.layout import ENCODING
from subsidies.enums import BatchState, FileFormat, LeftOutReason, PaymentState, ProgrammeKind
from subsidies.models import FundAccount, LedgerAccount, PaymentBatch, Programme
from subsidies.selectors.money import tie_out
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.bank_answers import AnswerRefused
from subsidies.services.batches import approve_batch, create_batch, send_batch
from subsidies.services.closing import close_batch
from subsidies.services.fund_accounts import confirm_fund_account, propose_fund_account
from subsidies.services.premium_answers import (
    import_fund_answer,
    import_transfer_answer,
    record_premium_refund,
)
from subsidies.services.public_status import give_code, status_for
from tests.factories import make_actor
from tests.subsidies.money import (
    Counters,
    answer_to,
    citizen_number,
    file_of,
    fund,
    make_counters,
    make_grant,
    paid_programme,
)
from tests.subsidies.premiums import fund_says

pytestmark = pytest.mark.django_db
COUNTY_PAYS = [{"source": "county", "share": "1"}]
RATES = [
    {"from": "2013-01-01", "to": "2014-01-01", "value": "70.00", "known": "memory"},
    {"from": "2014-01-01", "to": None, "value": "90.00", "known": "memory"},
]


def premium_programme() -> Programme:
    parameters = {
        "amount": RATES,
        "collected_from_month": [{"from": "2009-01-01", "to": None, "value": "10"}],
    }
    rule = {"all": [{"clause": "elsewhere", "not": {"insured_elsewhere": {"scheme": "medical"}}}]}
    return paid_programme(
        "PREM", shares=COUNTY_PAYS, kind=ProgrammeKind.PREMIUM, parameters=parameters, rule=rule
    )


def fund_account(programme: Programme, number: str = "370406000011112222") -> FundAccount:
    people = make_counters()
    proposed = propose_fund_account(
        actor=people.finance,
        programme=programme,
        institution="山亭区新型农村合作医疗管理办公室",
        bank="山亭农村信用社",
        account=number,
        document="山合管办〔2013〕5号",
    )
    return confirm_fund_account(actor=people.county, account=proposed)


def premium_batch(people: Counters, count: int = 3, period: str = "2014") -> PaymentBatch:
    programme = premium_programme()
    for serial in range(1, count + 1):
        make_grant(programme, serial=serial, amount="70.00", account=None)
    fund(programme, "10000", year=2014)
    fund_account(programme)
    return create_batch(actor=people.finance, programme=programme, period=period)


def sent(people: Counters, count: int = 3) -> PaymentBatch:
    batch = premium_batch(people, count)
    approve_batch(actor=people.county, batch=batch)
    return send_batch(actor=people.cashier, batch=batch)


def arrived(people: Counters, count: int = 3) -> PaymentBatch:
    batch = sent(people, count)
    return import_transfer_answer(actor=people.cashier, batch=batch, content=answer_to(file_of(batch)))


def balance(kind: str) -> Decimal:
    return LedgerAccount.objects.get(programme_id="PREM", year=2014, kind=kind).balance


def test_premiums_go_as_one_transfer_with_the_roster(county: None) -> None:
    people = make_counters()
    batch = sent(people)
    assert (batch.count, batch.total_amount, batch.budget_year) == (3, Decimal("270.00"), 2014)
    order = file_of(batch).decode(ENCODING).splitlines()
    assert len(order) == 2
    assert "山亭区新型农村合作医疗管理办公室" in order[1]
    assert "270.00" in order[1]
    roster = file_of(batch, file_format=FileFormat.ROSTER).decode(ENCODING).splitlines()
    digest = batch.premium_transfer.roster_digest
    assert digest in roster[0]
    assert [row.split(",")[2] for row in roster[2:]] == [citizen_number(n) for n in (1, 2, 3)]
    act = Act.objects.filter(verb="subsidies.send_batch").latest("pk")
    assert act.detail["roster"] == digest


def test_whom_the_fund_does_not_take_in_is_paid_back_and_paid_again_once_corrected(county: None) -> None:
    people = make_counters()
    batch = arrived(people)
    told = import_fund_answer(
        actor=people.cashier, batch=batch, content=fund_says(batch, {2: "22", 3: "已参保"})
    )
    assert (told.taken_in, told.refused, told.refused_amount) == (1, 2, Decimal("180.00"))
    assert balance("in_transit") == Decimal("180.00")
    with pytest.raises(DomainError, match="180"):
        record_premium_refund(
            actor=people.cashier,
            batch=batch,
            amount=Decimal("90"),
            received_on=datetime.date(2014, 1, 6),
            document="回单7号",
        )
    record_premium_refund(
        actor=people.cashier,
        batch=batch,
        amount=Decimal("180"),
        received_on=datetime.date(2014, 1, 6),
        document="回单7号",
    )
    batch.refresh_from_db()
    assert batch.state == BatchState.ANSWERED
    assert (balance("paid"), balance("in_transit"), balance("funds")) == (90, 0, 9910)
    assert tie_out(batch).ties
    close_batch(actor=people.finance, batch=batch)
    assert not find_in_ledger()

    with pytest.raises(DomainError, match="2"):
        create_batch(actor=people.finance, programme=batch.programme, period="2014")
    second = batch.payments.get(serial=2).person
    second.name = "王秀瑛"
    second.save(update_fields=["name"])
    again = create_batch(actor=people.finance, programme=batch.programme, period="2014")
    assert [line.supersedes.serial for line in again.payments.all()] == [2]
    assert list(again.left_out.values_list("reason", flat=True)) == [LeftOutReason.NOT_TAKEN]


def test_transfer_that_comes_back_returns_every_premium(county: None) -> None:
    people = make_counters()
    batch = sent(people, 2)
    content = answer_to(file_of(batch), {1: "03"})
    back = import_transfer_answer(actor=people.cashier, batch=batch, content=content)
    assert back.state == BatchState.ANSWERED
    assert set(batch.payments.values_list("state", flat=True)) == {PaymentState.RETURNED}
    assert balance("funds") == Decimal("10000")
    with pytest.raises(DomainError) as refused:
        create_batch(actor=people.finance, programme=batch.programme, period="2014")
    assert refused.value.code == "empty_selection"
    fund_account(batch.programme, "370406999911112222")
    assert create_batch(actor=people.finance, programme=batch.programme, period="2014").count == 2


@pytest.mark.parametrize("change", ["amount", "doubled", "other batch", "unknown result"])
def test_an_altered_answer_of_the_fund_changes_nothing(county: None, change: str) -> None:
    people = make_counters()
    batch = arrived(people, 2)
    text = fund_says(batch).decode(ENCODING)
    lines = text.splitlines(keepends=True)
    altered = {
        "amount": text.replace("90.00,,00", "90.01,,00", 1),
        "doubled": "".join([*lines, lines[-1]]),
        "other batch": text.replace(batch.number, "B2014-9999"),
        "unknown result": text.replace(",00\r\n", ",88\r\n", 1),
    }[change]
    with pytest.raises((AnswerRefused, DomainError)):
        import_fund_answer(actor=people.cashier, batch=batch, content=altered.encode(ENCODING))
    assert set(batch.payments.values_list("state", flat=True)) == {PaymentState.SENT}
    assert balance("in_transit") == Decimal("180.00")


def test_a_premium_of_a_year_is_paid_once_by_the_database(county: None) -> None:
    people = make_counters()
    batch = arrived(people, 1)
    import_fund_answer(actor=people.cashier, batch=batch, content=fund_says(batch))
    with pytest.raises(DomainError):
        create_batch(actor=people.finance, programme=batch.programme, period="2014")
    with (
        pytest.raises(IntegrityError, match="nobody_is_paid_twice"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        columns = (
            "grant_id, programme_id, person_id, period_from_on, period_to_on, amount, payee_name, payee_bank"
        )
        other = make_counters()
        made = PaymentBatch.objects.create(
            number="B2014-0999",
            programme=batch.programme,
            period="2014",
            period_from_on=batch.period_from_on,
            period_to_on=batch.period_to_on,
            budget_year=2014,
            count=1,
            total_amount=90,
            made_by_id=other.finance.staff_id,
            made_on=datetime.date(2014, 1, 6),
            division_code=batch.division_code,
        )
        cursor.execute(
            f"INSERT INTO subsidies_payment (id, batch_id, serial, state, return_reason, division_code, {columns}) "
            f"SELECT gen_random_uuid(), %s, 1, 'planned', '', division_code, {columns} FROM subsidies_payment",
            [made.pk],
        )


def test_who_is_insured_elsewhere_or_died_before_is_left_out(county: None) -> None:
    programme = premium_programme()
    people = make_counters()
    insured, died, well = (make_grant(programme, serial=n, amount="70.00", account=None) for n in (1, 2, 3))
    fund_account(programme)
    InsuranceElsewhere.objects.create(
        person=insured.person, scheme="medical", division_code=insured.division_code
    )
    died.person.died_on = datetime.date(2013, 12, 30)
    died.person.save(update_fields=["died_on"])
    batch = create_batch(actor=people.finance, programme=programme, period="2014")
    assert [line.person_id for line in batch.payments.all()] == [well.person_id]
    assert set(batch.left_out.values_list("reason", flat=True)) == {
        LeftOutReason.INSURED,
        LeftOutReason.NOT_DUE,
    }


def test_premiums_need_a_confirmed_fund_and_their_collection_to_have_begun(county: None) -> None:
    people = make_counters()
    programme = premium_programme()
    make_grant(programme, amount="70.00", account=None)
    with pytest.raises(DomainError) as none:
        create_batch(actor=people.finance, programme=programme, period="2014")
    assert none.value.code == "no_fund_account"
    with pytest.raises(DomainError) as early:
        create_batch(actor=people.finance, programme=programme, period="2015")
    assert early.value.code == "collection_not_begun"
    proposed = propose_fund_account(
        actor=people.finance,
        programme=programme,
        institution="社保中心",
        bank="农行",
        account="37040600001111",
        document="1号",
    )
    with pytest.raises(NotAllowed):
        confirm_fund_account(actor=make_actor(Role.FINANCE), account=proposed)
    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        FundAccount.objects.filter(pk=proposed.pk).update(
            state="confirmed", decided_by=proposed.proposed_by_id, decided_on=proposed.proposed_on
        )


def test_the_family_and_the_holder_of_the_slip_see_what_was_paid(county: None, client: Client) -> None:
    people = make_counters()
    batch = arrived(people, 1)
    import_fund_answer(actor=people.cashier, batch=batch, content=fund_says(batch))
    line = batch.payments.get()
    code = give_code(application=line.grant.application).code
    told = status_for(code)
    assert told is not None
    assert "2014" in told.done[0]
    assert told.done[0] in client.get(reverse("verify", args=[code])).content.decode()
