"""Pages of transfers, suspense, closed books, and of a yuan followed both ways."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from offices.actors import Actor
from offices.enums import Role
from offices.models import Read
from subsidies.enums import SuspenseState
from subsidies.models import BudgetChange, BudgetLine, ClosedPeriod, PaymentBatch, Programme, SuspenseItem
from tests.subsidies.money import fund, make_grant, paid_programme, sent_batch

pytestmark = pytest.mark.django_db
Pages = Callable[..., Client]
OUT_OF_COUNTY = [{"source": "county", "share": "1"}]


@pytest.fixture
def lines(county: Actor) -> list[BudgetLine]:
    made = [fund(paid_programme(code, shares=OUT_OF_COUNTY), "1000")[0] for code in ("ONE", "TWO")]
    BudgetLine.objects.filter(pk=made[0].pk)
    return made


def test_a_transfer_is_proposed_by_finance_and_confirmed_by_the_county(
    lines: list[BudgetLine], page_of: Pages
) -> None:
    source, target = lines
    finance = page_of(Role.FINANCE)
    finance.post(f"/subsidies/budget/{source.pk}/raise/", {"amount": "50", "document": "追加1号"})
    address = f"/subsidies/budget/{source.pk}/transfer/"
    assert "50.00" in finance.get(address).content.decode()
    wanted = {"to_line": target.pk, "amount": "50.01", "document": "调剂1号"}
    refused = finance.post(address, wanted)
    assert refused.status_code == 422
    assert "50.01" in refused.content.decode()
    assert finance.post(address, {**wanted, "amount": "50"}).status_code == 302
    change = BudgetChange.objects.get(kind="transfer")
    step = f"/subsidies/budget/transfers/{change.pk}/confirm/"
    assert finance.post(step).status_code == 403
    county = page_of(Role.COUNTY)
    assert step in county.get("/subsidies/budget/transfers/").content.decode()
    assert county.get(step).status_code == 200
    assert county.post(step).status_code == 302
    assert county.post(step).status_code == 422
    page = county.get(f"/subsidies/budget/{target.pk}/").content.decode()
    assert "1,050.00" in page
    assert "调剂1号" in page


def test_money_is_taken_into_suspense_and_cleared(lines: list[BudgetLine], page_of: Pages) -> None:
    cashier = page_of(Role.CASHIER)
    form = {
        "line": lines[0].pk,
        "origin": "outside",
        "amount": "12.34",
        "received_on": "2014-01-05",
        "document": "回单1号",
    }
    assert cashier.post("/subsidies/suspense/new/", {**form, "document": ""}).status_code == 422
    made = cashier.post("/subsidies/suspense/new/", form)
    assert made.status_code == 302
    assert cashier.get(f"{made.url}clear/").status_code == 403
    finance = page_of(Role.FINANCE)
    assert "12.34" in finance.get("/subsidies/suspense/").content.decode()
    assert "12.34" in finance.get(made.url).content.decode()
    wrong = finance.post(f"{made.url}clear/", {"end": "funds", "document": "说明1号"})
    assert wrong.status_code == 422
    assert finance.post(f"{made.url}clear/", {"end": "outside", "document": "说明1号"}).status_code == 302
    assert SuspenseItem.objects.get().state == SuspenseState.CLEARED
    assert finance.get(f"{made.url}history/").status_code == 200


def test_a_month_is_closed_from_its_page(lines: list[BudgetLine], page_of: Pages) -> None:
    finance = page_of(Role.FINANCE)
    address = "/subsidies/ledger/close/"
    assert page_of(Role.COUNTY).get(address).status_code == 403
    finance = page_of(Role.FINANCE)
    assert finance.get(address).status_code == 200
    for wrong in ({"kind": "month", "label": "2014-01"}, {"kind": "year", "label": "2013-1"}):
        assert finance.post(address, wrong).status_code == 422
    assert finance.post(address, {"kind": "month", "label": "2013-12"}).status_code == 302
    assert ClosedPeriod.objects.get().label == "2013-12"
    assert "2013-12" in finance.get("/subsidies/ledger/").content.decode()


def followed(programme: Programme) -> PaymentBatch:
    make_grant(programme, name="王秀英")
    return sent_batch(programme)


def test_a_yuan_is_followed_to_a_person_and_back(lines: list[BudgetLine], page_of: Pages) -> None:
    batch = followed(lines[0].programme)
    auditor = page_of(Role.AUDITOR)
    page = auditor.get(f"/subsidies/budget/{lines[0].pk}/").content.decode()
    appropriation = f"/subsidies/budget/appropriations/{lines[0].appropriations.get().pk}/"
    assert appropriation in page
    page = auditor.get(appropriation).content.decode()
    assert f"/subsidies/batches/{batch.pk}/" in page
    assert "960.00" in page
    line = batch.payments.get()
    payment = f"/subsidies/ledger/payments/{line.pk}/"
    assert payment in auditor.get(f"/subsidies/batches/{batch.pk}/").content.decode()
    page = auditor.get(payment).content.decode()
    assert "王秀英" in page
    assert appropriation in page
    assert Read.objects.filter(reason="ledger").exists()
    entry = f"/subsidies/ledger/entries/{batch.entries.get().pk}/"
    assert entry in page
    assert entry in auditor.get("/subsidies/ledger/entries/?kind=approval").content.decode()
    assert entry not in auditor.get("/subsidies/ledger/entries/?month=2013-12").content.decode()
    assert payment in auditor.get(entry).content.decode()


def test_budget_page_says_where_more_is_granted_than_set_aside(
    lines: list[BudgetLine], page_of: Pages
) -> None:
    for serial in (1, 2):
        make_grant(lines[0].programme, serial=serial)
    lines[0].refresh_from_db()
    assert lines[0].free_amount == Decimal("-920.00")
    page = page_of(Role.FINANCE).get("/subsidies/budget/?year=2013").content.decode()
    assert "1,920.00" in page
    assert "920.00" in page
