"""Pages of budgets, batches, returns and accounts: each role's step, each refusal beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from households.models import AccountCorrection, BankAccount
from offices.actors import Actor
from offices.enums import Role
from offices.models import Act, Read
from subsidies.enums import BatchState, FileFormat, LeftOutReason, PaymentState, ReturnReason
from subsidies.models import BankFile, BudgetLine, Payment, PaymentBatch, Programme
from tests.factories import OTHER_TOWNSHIP, make_actor
from tests.subsidies.money import answer_to, file_of, fund, make_grant, paid_programme, sent_batch

pytestmark = pytest.mark.django_db
Pages = Callable[..., Client]


@pytest.fixture
def programme(county: Actor) -> Programme:
    return paid_programme()


def answer_file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("answer.txt", content, content_type="text/plain")


def test_finance_enters_a_budget_and_what_is_appropriated(programme: Programme, page_of: Pages) -> None:
    finance = page_of(Role.FINANCE)
    assert str(_("No budget line yet")) in finance.get("/subsidies/budget/").content.decode()
    line = {"programme": programme.pk, "year": "2013", "source": "central", "amount": "1000.00"}
    assert finance.post("/subsidies/budget/new/", line).status_code == 422
    answer = finance.post("/subsidies/budget/new/", {**line, "document": "山财预〔2013〕1号"})
    assert answer.status_code == 302
    again = finance.post("/subsidies/budget/new/", {**line, "document": "山财预〔2013〕1号"})
    assert again.status_code == 422
    assert BudgetLine.objects.count() == 1
    order = {"amount": "1000.01", "appropriated_on": "2014-01-06", "document": "拨款1号"}
    refused = finance.post(f"{answer.url}appropriate/", order)
    assert refused.status_code == 422
    assert "1000.01" in refused.content.decode()
    assert finance.post(f"{answer.url}appropriate/", {**order, "amount": "400"}).status_code == 302
    assert finance.post(f"{answer.url}raise/", {"amount": "50", "document": "追加1号"}).status_code == 302
    page = finance.get(answer.url).content.decode()
    assert "1,050.00" in page
    assert "400.00" in page
    assert "400.00" in finance.get("/subsidies/budget/").content.decode()
    assert finance.get(f"{answer.url}history/").status_code == 200


def test_only_finance_sets_the_budget(programme: Programme, page_of: Pages) -> None:
    (line, *_others) = fund(programme)
    auditor = page_of(Role.AUDITOR)
    assert auditor.get("/subsidies/budget/").status_code == 200
    assert auditor.get("/subsidies/budget/new/").status_code == 403
    assert auditor.get(f"/subsidies/budget/{line.pk}/appropriate/").status_code == 403
    for role in (Role.TOWNSHIP, Role.VILLAGE, Role.CLINICIAN, Role.SYSTEM_ADMIN):
        assert page_of(role).get("/subsidies/budget/").status_code == 403


def test_batch_is_seen_before_it_is_made(programme: Programme, page_of: Pages) -> None:
    fund(programme)
    make_grant(programme, serial=1)
    make_grant(programme, serial=2, account=None)
    finance = page_of(Role.FINANCE)
    wanted = {"programme": programme.pk, "period": "2013"}
    assert finance.get("/subsidies/batches/new/").status_code == 200
    preview = finance.get("/subsidies/batches/new/", wanted).content.decode()
    assert "960.00" in preview
    assert str(LeftOutReason.NO_ACCOUNT.label) in preview
    assert not PaymentBatch.objects.exists()
    assert finance.get("/subsidies/batches/new/", {**wanted, "period": "2013-1"}).status_code == 422
    made = finance.post("/subsidies/batches/new/", wanted)
    assert made.status_code == 302
    assert PaymentBatch.objects.get().count == 1
    assert finance.get(made.url).status_code == 200
    assert finance.get(f"{made.url}left-out/").status_code == 200
    again = finance.post("/subsidies/batches/new/", wanted)
    assert again.status_code == 422
    assert PaymentBatch.objects.count() == 1


def test_three_people_take_a_batch_to_its_close(programme: Programme, page_of: Pages) -> None:
    fund(programme)
    for serial in (1, 2):
        make_grant(programme, serial=serial)
    url = (
        page_of(Role.FINANCE)
        .post("/subsidies/batches/new/", {"programme": programme.pk, "period": "2013"})
        .url
    )
    assert page_of(Role.FINANCE).post(f"{url}approve/").status_code == 403
    assert page_of(Role.CASHIER).post(f"{url}send/").status_code == 422
    county = page_of(Role.COUNTY)
    assert county.get(f"{url}approve/").status_code == 200
    assert county.post(f"{url}approve/").status_code == 302
    assert county.post(f"{url}approve/").status_code == 422
    cashier = page_of(Role.CASHIER)
    assert cashier.post(f"{url}send/").status_code == 302
    batch = PaymentBatch.objects.get()
    file = BankFile.objects.filter(batch=batch, format="text").get()
    taken = cashier.post(f"{url}files/{file.pk}/")
    assert taken.content == file_of(batch)
    assert "no-store" in taken["Cache-Control"]
    assert Act.objects.filter(verb="subsidies.take_bank_file").exists()
    assert Read.objects.filter(reason=batch.number).exists()
    assert page_of(Role.FINANCE).post(f"{url}files/{file.pk}/").status_code == 403
    cashier = page_of(Role.CASHIER)
    assert cashier.post(f"{url}close/").status_code == 422
    answer = answer_to(file_of(batch), {2: "03"})
    altered = answer.replace(b"960.00", b"960.01", 2)
    refused = cashier.post(f"{url}answer/", {"file": answer_file(altered), "paid_on": "2014-01-06"})
    assert refused.status_code == 422
    assert set(Payment.objects.values_list("state", flat=True)) == {PaymentState.SENT}
    answered = cashier.post(f"{url}answer/", {"file": answer_file(answer), "paid_on": "2014-01-06"})
    assert answered.status_code == 302
    page = cashier.get(url).content.decode()
    assert str(ReturnReason.CLOSED.label) in page
    assert cashier.post(f"{url}close/").status_code == 302
    batch.refresh_from_db()
    assert batch.state == BatchState.CLOSED
    assert cashier.get(f"{url}history/").status_code == 200
    assert page_of(Role.AUDITOR).get(url).status_code == 200


def test_files_for_the_bank_are_sealed_and_each_taking_is_logged(
    programme: Programme, page_of: Pages
) -> None:
    """Names, numbers and accounts: asked for by the cashier alone, never by a link, never kept by a browser."""
    fund(programme)
    make_grant(programme)
    batch = sent_batch(programme)
    file = batch.files.get(format=FileFormat.TEXT)
    clear = file_of(batch)
    assert b"6223" in clear
    assert b"6223" not in bytes(file.content), "it lies in clear in the database"
    address = reverse("subsidies:batch_file", args=[batch.pk, file.pk])
    for role in (Role.FINANCE, Role.COUNTY, Role.AUDITOR, Role.TOWNSHIP):
        assert page_of(role).post(address).status_code in (403, 404)
    cashier = page_of(Role.CASHIER)
    assert cashier.get(address).status_code == 405
    assert not Act.objects.filter(verb="subsidies.take_bank_file").exists()
    assert not Read.objects.filter(page="subsidies:batch_file").exists()
    for time in (1, 2):
        answer = cashier.post(address)
        assert (answer.content, answer["Cache-Control"]) == (clear, "no-store")
        acts = Act.objects.filter(verb="subsidies.take_bank_file", record_id=batch.pk)
        assert [act.detail["files"] for act in acts] == [[file.sha256]] * time
        assert {act.by_id for act in acts} == {make_actor(Role.CASHIER).staff_id}
        assert Read.objects.filter(page="subsidies:batch_file").count() == time


def test_batch_is_given_up_with_a_reason(programme: Programme, page_of: Pages) -> None:
    fund(programme)
    make_grant(programme)
    finance = page_of(Role.FINANCE)
    url = finance.post("/subsidies/batches/new/", {"programme": programme.pk, "period": "2013"}).url
    assert finance.post(f"{url}discard/", {"reason": ""}).status_code == 422
    assert finance.post(f"{url}discard/", {"reason": "名单有误"}).status_code == 302
    assert PaymentBatch.objects.get().state == BatchState.DISCARDED
    assert finance.get(url).status_code == 200
    assert finance.post(f"{url}burn/").status_code == 404


def test_returned_money_goes_to_the_account_that_two_people_put_right(
    programme: Programme, page_of: Pages
) -> None:
    fund(programme)
    grant = make_grant(programme)
    batch = sent_batch(programme)
    cashier = page_of(Role.CASHIER)
    cashier.post(
        f"/subsidies/batches/{batch.pk}/answer/",
        {"file": answer_file(answer_to(file_of(batch), {1: "01"})), "paid_on": "2014-01-06"},
    )
    township = page_of(Role.TOWNSHIP)
    assert grant.person.name in township.get("/subsidies/returns/").content.decode()
    accounts = f"/households/people/{grant.person_id}/accounts/"
    assert township.get(accounts).status_code == 200
    entry = {"bank": "山亭农村信用社", "account": "6223 0000 0000 9999", "document": "存折"}
    assert township.post(accounts, {**entry, "account": "12"}).status_code == 422
    assert township.post(accounts, entry).status_code == 302
    waiting = AccountCorrection.objects.get()
    decide = f"/households/accounts/{waiting.pk}"
    page = township.get(accounts).content.decode()
    assert "6223000000009999" not in page
    township.post(f"{decide}/confirm/")
    assert not BankAccount.objects.filter(source="document").exists()
    assert page_of(Role.TOWNSHIP_REVIEWER, OTHER_TOWNSHIP).post(f"{decide}/confirm/").status_code == 404
    reviewer = page_of(Role.TOWNSHIP_REVIEWER)
    assert grant.person.name in reviewer.get("/households/accounts/").content.decode()
    assert "6223000000009999" in reviewer.get(accounts).content.decode()
    assert reviewer.post(f"{decide}/confirm/").status_code == 302
    assert BankAccount.objects.filter(person=grant.person, source="document").count() == 1
    finance = page_of(Role.FINANCE)
    made = finance.post("/subsidies/batches/new/", {"programme": programme.pk, "period": "2013"})
    assert made.status_code == 302
    assert Payment.objects.filter(supersedes__isnull=False).count() == 1


def test_accounts_and_returns_of_another_township_are_out_of_sight(
    programme: Programme, page_of: Pages
) -> None:
    fund(programme)
    grant = make_grant(programme)
    batch = sent_batch(programme)
    page_of(Role.CASHIER).post(
        f"/subsidies/batches/{batch.pk}/answer/",
        {"file": answer_file(answer_to(file_of(batch), {1: "01"})), "paid_on": "2014-01-06"},
    )
    other = page_of(Role.TOWNSHIP, OTHER_TOWNSHIP)
    assert grant.person.name not in other.get("/subsidies/returns/").content.decode()
    assert other.get(f"/households/people/{grant.person_id}/accounts/").status_code == 404
    assert other.get(f"/subsidies/batches/{batch.pk}/").status_code == 403
    assert page_of(Role.CLINICIAN).get("/subsidies/returns/").status_code == 403


def test_grant_page_shows_its_payments(programme: Programme, page_of: Pages) -> None:
    fund(programme)
    grant = make_grant(programme)
    batch = sent_batch(programme)
    address = f"/subsidies/grants/{grant.pk}/"
    assert str(PaymentState.SENT.label) in page_of(Role.TOWNSHIP).get(address).content.decode()
    page_of(Role.CASHIER).post(
        f"/subsidies/batches/{batch.pk}/answer/",
        {"file": answer_file(answer_to(file_of(batch))), "paid_on": "2014-01-06"},
    )
    page = page_of(Role.TOWNSHIP).get(address).content.decode()
    assert "2013-01-01 – 2013-12-31" in page
    assert str(PaymentState.PAID.label) in page
