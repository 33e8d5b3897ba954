"""The front page of benefits: each way in with how much waits behind it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from offices.actors import Actor
from subsidies import policies
from subsidies.enums import GrantState
from subsidies.models import Application, Debt, Grant, Notice, PaymentBatch
from subsidies.selectors.money import returns_to_clear
from subsidies.selectors.owed import newest_sweep


@dataclass(frozen=True, slots=True)
class Way:
    """A way in: what it is for, how many there are, and what the number counts."""

    title: str
    text: str
    url: str
    icon: str
    count: int | None = None
    counted: str = ""


def ways_for(*, actor: Actor, today: datetime.date) -> list[Way]:
    """The ways that are open to the actor, in the order of a benefit's life."""
    return [*_entitlement(actor, today), *_cases(actor, today), *_money(actor)]


def _entitlement(actor: Actor, today: datetime.date) -> list[Way]:
    ways = []
    if policies.may_see_entitlement(actor):
        owed = Debt.objects.visible_to(actor).owed().count() if newest_sweep(until=today) else None
        ways.append(
            Way(
                _("Register of debts"),
                _("Who is entitled and does not receive yet: go to them, help them to apply."),
                reverse("subsidies:debt_list"),
                "list-search",
                owed,
                _("owed"),
            )
        )
    if policies.may_see_programmes(actor):
        ways.append(
            Way(
                _("Programmes"),
                _("What each programme pays, to whom, and on which legal basis."),
                reverse("subsidies:programme_list"),
                "books",
            )
        )
    return ways


def _cases(actor: Actor, today: datetime.date) -> list[Way]:
    ways = []
    if policies.may_see_applications(actor):
        ways += [
            Way(
                _("Applications"),
                _("From the counter through village, township and county."),
                reverse("subsidies:application_list"),
                "file-text",
                Application.objects.visible_to(actor).open().count(),
                _("open"),
            ),
            Way(
                _("Notices"),
                _("What hangs out now, and objections to it."),
                reverse("subsidies:notice_list"),
                "speakerphone",
                Notice.objects.visible_to(actor).hanging_on(today).count(),
                _("hang out"),
            ),
        ]
    if policies.may_see_grants(actor):
        ways.append(
            Way(
                _("Grants"),
                _("Confirmed rights; every payment rests on one."),
                reverse("subsidies:grant_list"),
                "rosette-discount-check",
                Grant.objects.visible_to(actor).covering(today).exclude(state=GrantState.STOPPED).count(),
                _("live"),
            )
        )
    return ways


def _money(actor: Actor) -> list[Way]:
    ways = []
    if policies.may_see_money(actor):
        ways += [
            Way(
                _("Budget"),
                _("What is set aside, handed over, bound and left."),
                reverse("subsidies:budget"),
                "wallet",
            ),
            Way(
                _("Payment batches"),
                _("From the list to the bank and back, until everything agrees."),
                reverse("subsidies:batch_list"),
                "cash-banknote",
                PaymentBatch.objects.visible_to(actor).unfinished().count(),
                _("on their way"),
            ),
        ]
    if policies.may_see_returns(actor):
        ways.append(
            Way(
                _("Returned by the bank"),
                _("Accounts to put right, so that the money goes out again."),
                reverse("subsidies:return_list"),
                "arrow-back-up",
                returns_to_clear(actor).count(),
                _("to clear"),
            )
        )
    return ways
