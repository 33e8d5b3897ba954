"""Money of a recovery: back to whose it was, to the cent, never more than owed, and never out of a benefit."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.errors import NotAllowed
from reports.months import read_month
from reports.selectors.money import sum_money
from subsidies.enums import AppealResult, EntryKind, PaymentState, RecoveryState
from subsidies.models import (
    BudgetLine,
    LedgerAccount,
    LedgerEntry,
    Payment,
    PaymentBatch,
    Recovery,
    RecoveryReceipt,
)
from subsidies.selectors.recoveries import came_back_of, came_back_to
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.appeal_remedies import carry_out_appeal
from subsidies.services.batches import create_batch
from subsidies.services.books import close_month, close_year
from subsidies.services.closing import close_batch
from subsidies.services.recovery_money import record_receipt, record_refund
from subsidies.shares import lower, split_back
from tests.conftest import sql
from tests.factories import make_actor
from tests.subsidies.cases import Office, certify, make_office
from tests.subsidies.money import fund, make_counters
from tests.subsidies.recovering import decided, delivered, in_force, paid_grant, paid_lines, proposed
from tests.subsidies.test_money_at_once import at_once, in_county
from tests.subsidies.test_recoveries import appealed, refused_as, refused_by


@pytest.fixture
def office(county: Actor) -> Office:
    return make_office()


@pytest.fixture
def judge(office: Office) -> Actor:
    """A county reviewer who had nothing to do with the case."""
    actor = make_actor(Role.COUNTY_REVIEWER, name="复核员")
    certify(office, actor)
    return actor


def receive(recovery: Recovery, amount: str, slip: str = "回单1号", **given: Any) -> RecoveryReceipt:
    return record_receipt(
        **{
            "recovery": recovery,
            "amount": Decimal(amount),
            "received_on": clock.today(),
            "document": slip,
            "actor": make_actor(Role.CASHIER),
            **given,
        }
    )


def balances(year: int = 2013) -> dict[tuple[str, str], Decimal]:
    return {
        (account.kind, account.source): account.balance
        for account in LedgerAccount.objects.filter(year=year).exclude(balance=0)
    }


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    funded=st.lists(st.integers(0, 999_999), min_size=1, max_size=5).filter(sum),
    cuts=st.lists(st.integers(1, 200_000), max_size=6),
)
def test_receipts_come_back_to_the_cent_and_whole_at_the_end(funded: list[int], cuts: list[int]) -> None:
    left = {str(place): Decimal(cents) / 100 for place, cents in enumerate(funded)}
    for cut in [*cuts, None]:
        rest = sum(left.values())
        coming = rest if cut is None else min(Decimal(cut) / 100, rest)
        if not coming:
            break
        parts = split_back(coming, left)
        assert sum(parts.values()) == coming
        for name, part in parts.items():
            assert 0 < part <= left[name]
            # In proportion: less than a cent away from the exact part.
            assert abs(part - coming * left[name] / rest) < Decimal("0.01")
            left[name] -= part
    assert not any(left.values())
    with pytest.raises(ValueError, match="more comes back"):
        split_back(Decimal("0.01"), left)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(cents=st.lists(st.integers(1, 9_999_999), min_size=1, max_size=6), part=st.integers(0, 100))
def test_lowered_lines_add_up(cents: list[int], part: int) -> None:
    amounts = [Decimal(one) / 100 for one in cents]
    to = (sum(amounts, Decimal()) * part / 100).quantize(Decimal("0.01"))
    lowered = lower(amounts, to)
    assert sum(lowered) == to
    assert all(0 <= new <= old for new, old in zip(lowered, amounts, strict=True))


@pytest.mark.django_db
def test_money_goes_back_to_whose_it_was(office: Office) -> None:
    made = in_force(paid_grant("2012", "2013"), "960", "480")
    before = balances()
    receive(made, "1000.01")
    first, second = paid_lines(made.grant)
    # The oldest period first, each in proportion of 5 : 3 : 2.
    assert came_back_to(first) == {"central": 480, "province": 288, "county": 192}
    assert came_back_to(second) == {"central": Decimal("20.01"), "province": 12, "county": 8}
    after = balances()
    for source, part in (("central", "500.01"), ("province", "300"), ("county", "200")):
        assert before["paid", source] - after["paid", source] == Decimal(part)
        assert after["funds", source] - before["funds", source] == Decimal(part)
    assert find_in_ledger() == []
    receive(made, "439.99", "回单2号")
    made.refresh_from_db()
    assert (made.state, made.received_amount) == (RecoveryState.SETTLED, 1440)
    assert came_back_to(second) == {"central": 240, "province": 144, "county": 96}
    # What was paid still shows, and what came back of it.
    assert Payment.objects.filter(state=PaymentState.PAID).count() == 2
    assert dict(came_back_of([first, second])) == {first.pk: 960, second.pk: 480}
    assert LedgerEntry.objects.filter(kind=EntryKind.RECOVERY).count() == 2
    assert find_in_ledger() == []


@pytest.mark.django_db
def test_no_receipt_beyond_what_is_owed_or_before_it_is_in_force(office: Office) -> None:
    grant = paid_grant("2013")
    made = decided(proposed(grant, "900"))
    with refused_as("not_in_force"):
        receive(made, "100")
    with refused_as("not_delivered"):
        receive(made, "100", is_voluntary=True)
    delivered(made)
    with refused_as("not_in_force"):
        receive(made, "100")
    with refused_by("recovery_is_asked_for_when_in_force"):
        sql(
            "INSERT INTO subsidies_recoveryreceipt (id, amount, received_on, document, is_voluntary, recorded_on, "
            "division_code, entry_id, recorded_by_id, recovery_id) SELECT gen_random_uuid(), 1, '2014-01-06', 'x', "
            "false, '2014-01-06', division_code, (SELECT id FROM subsidies_ledgerentry ORDER BY id LIMIT 1), "
            "decided_by_id, id FROM subsidies_recovery WHERE id = %s",
            [made.pk],
        )
    assert receive(made, "100", is_voluntary=True).is_voluntary
    for amount, code in (("800.01", "more_than_owed"), ("0", "slip_missing"), ("1.001", "slip_missing")):
        with refused_as(code):
            receive(made, amount, "回单2号", is_voluntary=True)
    with refused_as("slip_recorded"):
        receive(made, "100", is_voluntary=True)
    with refused_as("received_later"):
        receive(made, "1", "回单2号", received_on=clock.today() + datetime.timedelta(days=1))
    with pytest.raises(NotAllowed):
        receive(made, "1", "回单2号", actor=make_actor(Role.FINANCE))
    with refused_by("no_more_comes_in_than_is_owed"):
        sql(
            "INSERT INTO subsidies_recoveryreceipt (id, amount, received_on, document, is_voluntary, recorded_on, "
            "division_code, entry_id, recorded_by_id, recovery_id) SELECT gen_random_uuid(), 800.01, '2014-01-06', "
            "'x', true, '2014-01-06', division_code, (SELECT id FROM subsidies_ledgerentry ORDER BY id LIMIT 1), "
            "decided_by_id, id FROM subsidies_recovery WHERE id = %s",
            [made.pk],
        )


@pytest.mark.django_db
def test_a_benefit_is_paid_whole_whatever_is_outstanding(office: Office) -> None:
    """Never by silent offset: a batch knows nothing of recoveries."""
    grant = paid_grant("2013")
    in_force(grant, "960")
    fund(grant.programme, year=2014)
    batch = create_batch(actor=make_actor(Role.FINANCE), programme=grant.programme, period="2014")
    assert [(line.person_id, line.amount) for line in batch.payments.all()] == [(grant.person_id, 960)]
    assert batch.left_out.count() == 0


@pytest.mark.django_db
def test_what_an_appeal_makes_too_much_goes_back(office: Office, judge: Actor) -> None:
    made = decided(proposed(paid_grant("2012", "2013"), "960", "240"))
    delivered(made)
    before = balances()
    receive(made, "1000", is_voluntary=True)
    appeal = appealed(made, office, judge, AppealResult.CHANGED, remedy_amount=Decimal("600"))
    carry_out_appeal(appeal=appeal, actor=office.county)
    made.refresh_from_db()
    assert (made.state, made.outstanding_amount, made.excess_amount) == (RecoveryState.SETTLED, 0, 400)
    assert list(Recovery.objects.to_refund()) == [made]
    refund = {"recovery": made, "refunded_on": clock.today(), "actor": make_actor(Role.CASHIER)}
    with refused_as("nothing_to_refund"):
        record_refund(amount=Decimal("400.01"), document="回单9号", **refund)
    with pytest.raises(NotAllowed):
        record_refund(amount=Decimal(1), document="回单9号", **{**refund, "actor": office.county})
    record_refund(amount=Decimal("150.55"), document="回单9号", **refund)
    record_refund(amount=Decimal("249.45"), document="回单10号", **refund)
    made.refresh_from_db()
    assert (made.kept_amount, made.excess_amount) == (600, 0)
    after = balances()
    assert (
        sum(before["paid", source] - after["paid", source] for source in ("central", "province", "county"))
        == 600
    )
    assert find_in_ledger() == []
    with refused_by("no_more_is_refunded_than_came_in_too_much"):
        sql(
            "INSERT INTO subsidies_recoveryrefund (id, amount, refunded_on, document, recorded_on, division_code, "
            "entry_id, recorded_by_id, recovery_id) SELECT gen_random_uuid(), 0.01, '2014-01-06', 'x', '2014-01-06', "
            "division_code, (SELECT id FROM subsidies_ledgerentry ORDER BY id LIMIT 1), decided_by_id, id "
            "FROM subsidies_recovery WHERE id = %s",
            [made.pk],
        )


def close_2013(programme: str) -> None:
    """The year's books, as the finance officer closes them in January."""
    people = make_counters()
    close_batch(actor=people.finance, batch=PaymentBatch.objects.get(programme=programme))
    close_month(actor=people.finance, month="2013-12")
    close_year(actor=people.finance, year=2013)


@pytest.mark.django_db
def test_after_the_years_end_it_is_income_of_the_running_year(
    office: Office, judge: Actor, moved_to: Callable[[str], None]
) -> None:
    grant = paid_grant("2013")
    made = decided(proposed(grant, "960"))
    delivered(made)
    close_2013(grant.programme_id)
    receive(made, "100", is_voluntary=True)
    after = balances(2014)
    assert after["outside", "central"] == -50
    carried = LedgerEntry.objects.get(kind=EntryKind.CARRIED)
    central = carried.postings.get(account__year=2014, account__source="central").amount
    assert after["funds", "central"] == central + 50
    assert BudgetLine.objects.filter(programme=grant.programme, year=2014).count() == 3
    assert came_back_to(paid_lines(grant)[0]) == {"central": 50, "province": 30, "county": 20}
    assert find_in_ledger() == []
    carry_out_appeal(appeal=appealed(made, office, judge, AppealResult.SENT_BACK), actor=office.county)
    record_refund(
        recovery=made,
        amount=Decimal(100),
        refunded_on=clock.today(),
        document="回单9号",
        actor=make_actor(Role.CASHIER),
    )
    assert ("outside", "central") not in balances(2014)
    assert find_in_ledger() == []


@pytest.mark.django_db
def test_figures_of_what_was_paid_stay_and_what_came_back_can_be_paid_again(office: Office) -> None:
    """T2: a month that is over keeps its figures; budget ≥ appropriated ≥ paid in every month."""
    grant = paid_grant("2013")
    january = read_month("2014-01")
    key = (grant.programme_id, "central")
    before = sum_money(january)
    made = in_force(grant, "960")
    receive(made, "960")
    month = read_month(f"{clock.today():%Y-%m}")
    assert sum_money(january) == before
    later = sum_money(month)
    assert later.paid == before.paid
    assert later.appropriated[key] - before.appropriated[key] == 480
    assert later.budget[key] >= later.appropriated[key]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_receipts_at_once_take_in_no_more_than_is_owed() -> None:
    with in_county():
        made = decided(proposed(paid_grant("2013"), "500"))
        delivered(made)
        cashier = make_actor(Role.CASHIER)
    deeds = [
        (cashier, lambda slip=slip: receive(made, "300", slip, actor=cashier, is_voluntary=True))
        for slip in ("回单1号", "回单2号")
    ]
    assert at_once(deeds) == {"done": 1, "more_than_owed": 1}
    with in_county():
        made.refresh_from_db()
        assert (made.received_amount, made.receipts.count()) == (300, 1)
        assert find_in_ledger() == []
