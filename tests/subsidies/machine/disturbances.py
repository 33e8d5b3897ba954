"""What others do meanwhile to cases, batches, accounts and grants; and what nobody meant to do."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from offices import clock
from subsidies.documents import Document
from subsidies.enums import ObjectionSubject, StopReason
from subsidies.models import Application, BudgetLine, Grant, Notice, Objection, PaymentBatch
from subsidies.services import applications, batches, budget, closing, grants, notices, reviews
from tests.conftest import sql
from tests.subsidies.cases import move_day
from tests.subsidies.machine.deeds import between
from tests.subsidies.machine.everyday import Everyday
from tests.subsidies.machine.world import FAMILIES, LAST_DAY


class Disturbances(Everyday):
    """Anybody tries anything, from a page that was opened long ago."""

    @between(choice=st.integers(0, 9999), killed_at=st.integers(1, 60))
    def worker_is_killed(self, choice: int, killed_at: int) -> None:
        self.office_works(choice, killed_at=killed_at)

    @precondition(lambda self: self.last is not None)
    @between()
    def last_deed_is_done_again(self) -> None:
        assert self.last
        paid = sql("SELECT count(*), coalesce(sum(amount), 0) FROM subsidies_payment")
        self.does(*self.last)
        again = sql("SELECT count(*), coalesce(sum(amount), 0) FROM subsidies_payment")
        assert paid == again, "no second payment by doing it again"

    @between(days=st.sampled_from((8, 8, 15, 31)))
    def days_pass(self, days: int) -> None:
        if clock.today() < LAST_DAY:
            move_day(clock.today() + datetime.timedelta(days=days))

    @between(
        choice=st.integers(0, 9),
        who=st.sampled_from(("counter", "village", "township", "reviewer", "county")),
        deed=st.sampled_from(("refuse", "withdraw", "missing", "complete", "object", "answer", "uphold")),
    )
    def somebody_interferes_with_a_case(self, choice: int, who: str, deed: str) -> None:
        actor = getattr(self.office, who)
        case = self.pick_mostly(Application.objects.all(), choice, decided_on=None)
        notice = self.pick_mostly(Notice.objects.all(), choice, last_day__gte=clock.today())
        objection = self.pick(Objection.objects.filter(answered_on=None), choice)
        same = {"application": case, "actor": actor}
        answer = {"objection": objection, "actor": actor}
        deeds: dict[str, tuple[Any, Callable[[], Any]]] = {
            "refuse": (case, lambda: reviews.refuse_application(**same, reason="条件不符")),
            "withdraw": (case, lambda: applications.withdraw_application(**same)),
            "missing": (
                case,
                lambda: applications.name_missing_documents(**same, documents=[Document.IDENTITY_CARD]),
            ),
            "complete": (
                case,
                lambda: applications.complete_documents(**same, documents=Document.values),
            ),
            "object": (
                notice,
                lambda: notices.record_objection(notice=notice, subject=ObjectionSubject.AMOUNT, actor=actor),
            ),
            "answer": (
                objection,
                lambda: notices.answer_objection(**answer, is_upheld=False, answer="不成立"),
            ),
            "uphold": (
                objection,
                lambda: notices.answer_objection(**answer, is_upheld=True, answer="成立"),
            ),
        }
        about, chosen = deeds[deed]
        if about is not None:
            self.does(actor, chosen)

    @precondition(lambda self: PaymentBatch.objects.exists())
    @between(
        choice=st.integers(0, 9),
        who=st.sampled_from(("finance", "county", "cashier")),
        deed=st.sampled_from(("approve", "send", "answer", "close", "discard")),
    )
    def somebody_interferes_with_a_batch(self, choice: int, who: str, deed: str) -> None:
        actor, batch = getattr(self.money, who), self.pick(PaymentBatch.objects.all(), choice, is_stale=True)
        deeds = {
            "approve": lambda: batches.approve_batch(actor=actor, batch=batch),
            "send": lambda: batches.send_batch(actor=actor, batch=batch),
            "close": lambda: closing.close_batch(actor=actor, batch=batch),
            "discard": lambda: batches.discard_batch(actor=actor, batch=batch, reason="重做"),
        }
        if deed == "answer" and batch.files.exists():
            self.does(*self.answer_of_bank(batch, list(range(1, batch.count + 1)), returned=choice % 3))
        elif deed != "answer":
            self.does(actor, deeds[deed])

    @between(choice=st.integers(0, 9), amount=st.sampled_from((50, 400, 3000)))
    def money_is_appropriated(self, choice: int, amount: int) -> None:
        finance, line = self.money.finance, self.pick(BudgetLine.objects.all(), choice)
        self.does(
            finance,
            lambda: budget.appropriate(actor=finance, line=line, amount=Decimal(amount), document="追加"),
        )

    @between(who=st.integers(0, FAMILIES - 1), serial=st.integers(1, 10**6))
    def account_is_corrected(self, who: int, serial: int) -> None:
        self.does(*self.new_account_of(self.person(who), serial))

    @precondition(lambda self: Grant.objects.exists())
    @between(
        choice=st.integers(0, 9),
        deed=st.sampled_from(("stop", "suspend", "resume")),
        days=st.integers(0, 90),
    )
    def grant_changes(self, choice: int, deed: str, days: int) -> None:
        usual = "suspended" if deed == "resume" else "live"
        county, grant = self.office.county, self.pick_mostly(Grant.objects.all(), choice, state=usual)
        event: dict[str, Any] = {
            "reason": StopReason.values[0],
            "event_on": clock.today() - datetime.timedelta(days=days),
        }
        deeds = {
            "stop": lambda: grants.stop_grant(grant=grant, actor=county, **event),
            "suspend": lambda: grants.suspend_grant(grant=grant, actor=county),
            "resume": lambda: grants.resume_grant(grant=grant, actor=county),
        }
        self.does(county, deeds[deed])
