"""Requested any time, paid at once: how long a family waits for its money stands wherever money is worked on."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from offices.actors import Actor
from offices.enums import Role
from subsidies.models import Grant, PaymentBatch, Programme
from subsidies.selectors.days_to_account import days_of_grant, days_of_office, days_of_programme
from subsidies.services.bank_answers import import_answer
from tests.factories import OTHER_VILLAGE, make_actor
from tests.subsidies.money import (
    answer_to,
    file_of,
    fund,
    make_counters,
    make_grant,
    paid_programme,
    sent_batch,
)

pytestmark = pytest.mark.django_db
PageOf = Callable[..., Client]
TODAY = datetime.date(2014, 1, 6)
LABEL = "确认至到账"


@dataclass
class Money:
    """One family that was paid today, one whose money came back, and one of another township that waits."""

    programme: Programme
    paid: Grant
    returned: Grant
    waiting: Grant
    batch: PaymentBatch


@pytest.fixture
def money(county: Actor) -> Money:
    programme = paid_programme()
    fund(programme)
    paid, returned = make_grant(programme, serial=1), make_grant(programme, serial=2, name="李桂兰")
    batch = sent_batch(programme)
    serial = batch.payments.get(grant=returned).serial
    import_answer(
        actor=make_counters().cashier, batch=batch, content=answer_to(file_of(batch), {serial: "01"})
    )
    waiting = make_grant(programme, serial=3, village=OTHER_VILLAGE, account=None)
    return Money(programme, paid, returned, waiting, batch)


def test_days_are_counted_to_the_first_payment_and_of_who_waits(money: Money) -> None:
    waited = (TODAY - money.paid.confirmed_on).days
    one = days_of_grant(money.paid, today=TODAY)
    assert (one.count, one.median, one.waiting) == (1, waited, 0)
    returned = days_of_grant(money.returned, today=TODAY)
    assert (returned.count, returned.median, returned.waiting_longest) == (0, None, waited)
    of = days_of_programme(money.programme.pk, scope="370406", since=datetime.date(2013, 1, 1), today=TODAY)
    assert (of.count, of.median, of.longest, of.waiting) == (1, waited, waited, 2)
    office = days_of_office(make_actor(Role.TOWNSHIP), today=TODAY)
    assert (office.count, office.waiting) == (1, 1), "of another township's family nothing is said"


def test_they_stand_on_every_page_on_which_money_is_worked_on(money: Money, page_of: PageOf) -> None:
    pages = {
        "subsidies:landing": (),
        "subsidies:programme": (money.programme.pk,),
        "subsidies:application_list": (),
        "subsidies:application": (money.paid.application_id,),
        "subsidies:grant_list": (),
        "subsidies:grant": (money.paid.pk,),
        "subsidies:budget": (),
        "subsidies:ledger": (),
        "subsidies:payment": (money.batch.payments.get(grant=money.paid).pk,),
        "subsidies:batch_list": (),
        "subsidies:batch": (money.batch.pk,),
        "subsidies:return_list": (),
        "reports:dashboard": (),
    }
    browser = page_of(Role.COUNTY)
    lacking = [
        name
        for name, parts in pages.items()
        if LABEL not in browser.get(reverse(name, args=parts)).content.decode()
    ]
    assert lacking == []


def test_who_waits_is_said_where_nobody_was_paid(money: Money, page_of: PageOf) -> None:
    text = page_of(Role.COUNTY).get(reverse("subsidies:grant", args=[money.waiting.pk])).content.decode()
    assert "1户仍在等待，此为目前最长" in text
