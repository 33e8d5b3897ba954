"""Guardians, agents and heirs are paid for somebody; a period is paid once whoever the payee is."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from households.enums import RepresentationEnd, RepresentationKind
from households.models import Person, Representative
from households.services.representations import end_representation
from households.services.representative_accounts import (
    decide_representative_account,
    propose_representative_account,
)
from offices import clock
from offices.enums import Role
from offices.errors import DomainError, Stale
from subsidies.enums import Frequency, LeftOutReason, PaymentState, ReturnReason, StopRule
from subsidies.models import Grant, Payment
from subsidies.periods import read_period
from subsidies.selectors.selection import select
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.bank_answers import import_answer
from subsidies.services.batches import approve_batch, create_batch, discard_batch
from subsidies.shares import share_out
from tests.factories import make_actor
from tests.households.representing import confirmed, enter, heir
from tests.subsidies.money import (
    answer_to,
    file_of,
    fund,
    make_counters,
    make_grant,
    paid_programme,
    sent_batch,
)

HEIRS, GUARDIAN, AGENT = RepresentationKind.HEIRS, RepresentationKind.GUARDIAN, RepresentationKind.AGENT
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]


def died(grant: Grant, on: str) -> Person:
    grant.person.died_on = datetime.date.fromisoformat(on)
    grant.person.save(update_fields=["died_on"])
    return grant.person


def lines(programme: Any, period: str = "2013") -> list[tuple[str, Decimal, int | None]]:
    batch = sent_batch(programme, period)
    return [(one.payee_name, one.amount, one.share) for one in batch.payments.order_by("serial")]


def test_a_guardian_is_paid_in_her_own_name_and_the_person_once() -> None:
    programme = paid_programme()
    grant = make_grant(programme)
    fund(programme)
    confirmed(grant.person, GUARDIAN, heir(40, name="李卫国"), is_paid=True)
    batch = sent_batch(programme)
    line = batch.payments.get()
    assert (line.payee_name, line.share, line.person_id) == ("李卫国", None, grant.person_id)
    assert line.payee_account.reveal() == f"62250000{40:011d}"
    assert "李卫国" in file_of(batch).decode("gb18030")
    assert "王秀英" not in file_of(batch).decode("gb18030")
    assert select(programme=programme, period=read_period("2013", Frequency.YEARLY)).count == 0


def test_who_only_acts_is_not_paid() -> None:
    programme = paid_programme()
    grant = make_grant(programme)
    fund(programme)
    confirmed(grant.person, GUARDIAN, heir(40))
    enter(grant.person, AGENT, heir(41), is_paid=True)  # not confirmed
    assert [name for name, _amount, _share in lines(programme)] == ["王秀英"]


def test_heirs_are_paid_by_their_shares_to_the_cent() -> None:
    programme = paid_programme()
    grant = make_grant(programme, amount="1000.00")
    fund(programme)
    person = died(grant, "2013-05-03")
    (left,) = select(programme=programme, period=read_period("2013", Frequency.YEARLY)).left_out
    assert left.reason == LeftOutReason.DIED
    confirmed(person, HEIRS, heir(40), heir(41), heir(42))
    found = lines(programme)
    assert [amount for _name, amount, _share in found] == [
        Decimal("333.34"),
        Decimal("333.33"),
        Decimal("333.33"),
    ]
    assert [share for _name, _amount, share in found] == [1, 2, 3]
    assert find_in_ledger() == []
    assert select(programme=programme, period=read_period("2014", Frequency.YEARLY)).left_out == []


def test_a_monthly_benefit_ends_for_the_heirs_where_the_stop_rule_ends_it() -> None:
    programme = paid_programme(frequency=Frequency.MONTHLY, stop_rule=StopRule.END_OF_MONTH)
    person = died(make_grant(programme, amount="4080.00"), "2013-11-20")
    fund(programme)
    confirmed(person, HEIRS, heir(40, 2), heir(41, 1))
    assert [amount for _name, amount, _share in lines(programme, "2013-11")] == [
        Decimal("226.67"),
        Decimal("113.33"),
    ]
    with pytest.raises(DomainError, match="没有可发放的人员") as refused:
        create_batch(actor=make_counters().finance, programme=programme, period="2013-12")
    assert refused.value.code == "empty_selection"


def test_one_heir_s_returned_share_is_issued_again_alone() -> None:
    programme = paid_programme()
    person = died(make_grant(programme), "2013-05-03")
    fund(programme)
    entry = confirmed(person, HEIRS, heir(40), heir(41), heir(42, 2))
    first = sent_batch(programme)
    back = dict.fromkeys((2, 3), ReturnReason.NO_ACCOUNT.value)
    import_answer(actor=make_counters().cashier, batch=first, content=answer_to(file_of(first), back))
    (left,) = select(programme=programme, period=read_period("2013", Frequency.YEARLY)).left_out
    assert (left.reason, left.amount) == (LeftOutReason.RETURNED, Decimal("720.00"))
    corrected = entry.people.get(serial=2)
    propose_representative_account(
        actor=make_counters().finance,
        representative=corrected,
        bank="农业银行",
        account="6228480000000009",
        document="存折",
    )
    decide_representative_account(actor=make_actor(Role.COUNTY), representative=corrected, is_right=True)
    again = sent_batch(programme)
    line = again.payments.get()
    assert (line.share, line.amount, line.supersedes) == (2, Decimal("240.00"), first.payments.get(serial=2))
    assert again.left_out.get().amount == Decimal("480.00")
    assert find_in_ledger() == []


def test_a_line_to_the_dead_that_came_back_is_taken_up_by_the_heirs() -> None:
    programme = paid_programme()
    grant = make_grant(programme)
    fund(programme)
    first = sent_batch(programme)
    import_answer(
        actor=make_counters().cashier,
        batch=first,
        content=answer_to(file_of(first), {1: ReturnReason.HOLDER_DECEASED.value}),
    )
    confirmed(died(grant, "2013-12-30"), HEIRS, heir(40), heir(41))
    assert [amount for _name, amount, _share in lines(programme)] == [Decimal("480.00")] * 2
    assert not Payment.objects.to_reissue().exists()


def test_the_database_refuses_another_amount_another_payee_and_the_same_share_twice() -> None:
    programme = paid_programme()
    person = died(make_grant(programme, serial=1), "2013-05-03")
    fund(programme)
    entry = confirmed(person, HEIRS, heir(40), heir(41))
    batch = create_batch(actor=make_counters().finance, programme=programme, period="2013")
    line = batch.payments.get(share=1)

    def copy(**changes: Any) -> None:
        fields = {field.attname: getattr(line, field.attname) for field in Payment._meta.fields}
        new = Payment(**{**fields, "id": None, "serial": 99, **changes})
        new.pk = Payment._meta.pk.get_default()
        with transaction.atomic():
            new.save(force_insert=True)

    for changes, constraint in (
        ({}, "nobody_is_paid_twice_for_a_period"),
        ({"share": None, "representative_id": None}, "nobody_is_paid_twice_for_a_period"),
    ):
        with pytest.raises(IntegrityError, match=constraint):
            copy(**changes)
    discard_batch(actor=make_counters().finance, batch=batch, reason="重做")
    made = create_batch(actor=make_counters().finance, programme=programme, period="2013")
    with transaction.atomic():
        Payment.objects.filter(batch=made, share=2).update(state=PaymentState.CANCELLED)
    for changes, constraint in (
        ({"batch_id": made.pk, "share": 2, "amount": Decimal("480.00")}, "does not stand for the person"),
        (
            {
                "batch_id": made.pk,
                "share": 2,
                "amount": Decimal("480.01"),
                **_payee(entry.people.get(serial=2)),
            },
            "another amount than the share",
        ),
    ):
        with pytest.raises(IntegrityError, match=constraint):
            copy(**changes)


def _payee(row: Representative) -> dict[str, Any]:
    return {
        "representative_id": row.pk,
        "payee_name": row.name,
        "payee_account": row.account,
        "payee_account_digest": row.account_digest,
    }


def test_heirs_who_were_paid_stay_and_a_guardian_who_comes_later_changes_the_batch() -> None:
    programme = paid_programme()
    dead, living = make_grant(programme, serial=1), make_grant(programme, serial=2)
    fund(programme)
    entry = confirmed(died(dead, "2013-05-03"), HEIRS, heir(40))
    people = make_counters()
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    with pytest.raises(DomainError) as refused:
        end_representation(
            actor=make_actor(Role.COUNTY),
            representation=entry,
            reason=RepresentationEnd.DOCUMENT_VOID,
            ended_on=clock.today(),
        )
    assert refused.value.code == "heirs_who_are_paid_stay"
    confirmed(living.person, GUARDIAN, heir(41), is_paid=True)
    with pytest.raises(Stale) as changed:
        approve_batch(actor=people.county, batch=batch)
    assert changed.value.code == "selection_changed"


@pytest.mark.parametrize(
    ("amount", "parts"), [("0.01", [1, 1]), ("1000", [1, 1, 1]), ("960", [7, 2, 3]), ("99.99", [5, 5, 5, 1])]
)
def test_shares_add_up(amount: str, parts: list[int]) -> None:
    assert sum(share_out(Decimal(amount), parts)) == Decimal(amount)
