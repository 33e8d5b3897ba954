"""What batches and returns bring to everybody's work of today."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.selectors.asked_jobs import unfinished_jobs
from offices.work import WorkItem
from subsidies import policies
from subsidies.enums import BatchState, FundAccountState, ProgrammeKind, SuspenseState
from subsidies.models import Arrear, BudgetLine, FundAccount, PaymentBatch, SuspenseItem
from subsidies.selectors.batch_jobs import BATCH_TASK
from subsidies.selectors.budget import transfers_to_decide
from subsidies.selectors.money import returns_to_clear


def money_work(actor: Actor) -> Iterable[WorkItem]:
    """Batches whose next step is the actor's own, and money that came back."""
    if policies.may_see_money(actor) and actor.role != Role.AUDITOR:
        batches = PaymentBatch.objects.visible_to(actor)
        sent = batches.filter(state=BatchState.SENT)
        yield from _premium_work(actor, sent)
        for title, state, icon, is_own in (
            (_("Batches to approve"), BatchState.MADE, "check", policies.may_approve_batches(actor)),
            (_("Batches to send to the bank"), BatchState.APPROVED, "send", policies.may_send_batches(actor)),
            (
                _("Answers of the bank to read"),
                BatchState.SENT,
                "file-import",
                policies.may_send_batches(actor),
            ),
            (_("Batches to close"), BatchState.ANSWERED, "lock", policies.may_close_batches(actor)),
        ):
            if is_own:
                yield WorkItem(
                    title=title,
                    count=batches.filter(state=state)
                    .exclude(state=BatchState.SENT, programme__kind=ProgrammeKind.PREMIUM)
                    .count(),
                    url=f"{reverse('subsidies:batch_list')}?state={state.value}",
                    icon=icon,
                )
        if policies.may_work_on_batches(actor):
            yield WorkItem(
                title=_("Batches that are being worked on"),
                count=unfinished_jobs(actor, BATCH_TASK).count(),
                url=reverse("subsidies:batch_list"),
                icon="progress",
            )
        if policies.may_make_batches(actor):
            yield WorkItem(
                title=_("Grants whose arrears wait for a batch"),
                count=Arrear.objects.visible_to(actor).waiting().values("grant").distinct().count(),
                url=reverse("subsidies:batch_new"),
                icon="cash",
            )
        yield from _books_work(actor)
    if policies.may_see_returns(actor) and actor.role != Role.AUDITOR:
        returned = returns_to_clear(actor).count()
        yield WorkItem(
            title=_("Money the bank sent back"),
            count=returned,
            url=reverse("subsidies:return_list"),
            icon="arrow-back-up",
            is_overdue=returned > 0,
        )


def _premium_work(actor: Actor, sent: QuerySet[PaymentBatch]) -> Iterable[WorkItem]:
    """Accounts of funds to confirm, and premiums whose bank or fund owes a word."""
    if policies.may_decide_fund_accounts(actor):
        yield WorkItem(
            title=_("Accounts of funds to confirm"),
            count=FundAccount.objects.filter(state=FundAccountState.PROPOSED).count(),
            url=reverse("subsidies:fund_account_list"),
            icon="building-bank",
        )
    if policies.may_send_batches(actor):
        yield WorkItem(
            title=_("Premiums whose fund still owes an answer or money"),
            count=sent.filter(programme__kind=ProgrammeKind.PREMIUM).count(),
            url=f"{reverse('subsidies:batch_list')}?state={BatchState.SENT.value}",
            icon="heart-handshake",
        )


def _books_work(actor: Actor) -> Iterable[WorkItem]:
    """Transfers to decide, suspense to clear, budgets that grants have outgrown."""
    if policies.may_decide_transfers(actor):
        yield WorkItem(
            title=_("Transfers between budget lines to decide"),
            count=transfers_to_decide(actor).count(),
            url=reverse("subsidies:transfer_list"),
            icon="copy",
        )
    if policies.may_clear_suspense(actor):
        waiting = SuspenseItem.objects.filter(state=SuspenseState.OPEN).count()
        yield WorkItem(
            title=_("Money in suspense to clear"),
            count=waiting,
            url=reverse("subsidies:suspense_list"),
            icon="help-circle",
            is_overdue=waiting > 0,
        )
    if policies.may_set_budget(actor):
        yield WorkItem(
            title=_("Budget lines that bind more than they have"),
            count=BudgetLine.objects.filter(
                year=clock.today().year, committed_amount__gt=F("amount")
            ).count(),
            url=reverse("subsidies:budget"),
            icon="wallet",
        )
