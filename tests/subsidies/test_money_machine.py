"""Random people take thousands of random steps with money: after each the books hold, and nobody is paid twice.

Steps that are refused change nothing; steps that are cut off in the middle (a killed worker, a lost
session) change nothing either; steps taken twice, or from a page that was opened long ago, are
refused or change nothing. HUIMIN_TRIALS multiplies the number of runs.
"""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection, models, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from households.models import AccountCorrection, Person
from households.services.accounts import confirm_account, propose_account
from households.services.events.deaths import record_death
from households.services.events.recording import Report
from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.errors import DomainError
from subsidies.documents import Document
from subsidies.enums import (
    ApplicationState,
    BatchState,
    Frequency,
    FundingSource,
    ObjectionSubject,
    StopReason,
)
from subsidies.models import Application, BudgetLine, Grant, Notice, Objection, PaymentBatch, Programme
from subsidies.selectors.verification import find_in_ledger
from subsidies.services import applications, bank_answers, batches, budget, closing, grants, notices, reviews
from tests.conftest import sql
from tests.factories import make_household, make_person
from tests.subsidies.cases import NOTICE, PRESENT, Office, make_office, make_programme, move_day, rules_say
from tests.subsidies.money import Counters, answer_to, citizen_number, file_of, give_account, make_counters

TRIALS = int(os.environ.get("HUIMIN_TRIALS", "1"))
FAMILIES = 9
LAST_DAY = datetime.date(2016, 6, 1)
CLOSED = [ApplicationState.GRANTED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN]
REASONS = ("01", "02", "05")
KEPT = (
    "offices_act", "subsidies_application", "subsidies_applicationstep", "subsidies_notice", "subsidies_objection",
    "subsidies_grant", "subsidies_paymentbatch", "subsidies_payment", "subsidies_bankfile", "subsidies_bankanswer",
    "subsidies_ledgerentry", "subsidies_ledgerposting", "subsidies_appropriation", "subsidies_explanationreceipt",
)  # fmt: skip
"""What only grows."""
PAID_TWICE = """
SELECT l.person_id, l.period_from_on FROM subsidies_payment l JOIN subsidies_payment o
    ON o.person_id = l.person_id AND o.programme_id = l.programme_id AND o.id > l.id
   AND o.period_from_on < l.period_to_on AND l.period_from_on < o.period_to_on
 WHERE l.state IN ('planned', 'sent', 'paid') AND o.state IN ('planned', 'sent', 'paid')"""
WITHOUT_GRANT = """
SELECT l.id FROM subsidies_payment l JOIN subsidies_grant g ON g.id = l.grant_id
  JOIN subsidies_application a ON a.id = g.application_id
 WHERE a.state <> 'granted' OR g.from_on >= l.period_to_on OR g.person_id <> l.person_id"""
WITHOUT_CERTIFICATE = """
SELECT s.id FROM subsidies_applicationstep s LEFT JOIN enforcement_officercertificate c ON c.number = s.certificate_number
 WHERE s.step IN ('village_review', 'township_review', 'county_review', 'county_confirmation')
   AND s.result = 'passed' AND (c.id IS NULL OR c.staff_id <> s.acted_by_id OR c.from_on > s.acted_on
                                OR c.to_on <= s.acted_on)"""
IS_EVERYTHING_NOW = " UNION ALL ".join(
    [f"SELECT '{table}', count(*)::text FROM {table}" for table in KEPT]
    + [
        f"SELECT '{table} states', coalesce(md5(string_agg(id::text || state, ',' ORDER BY id)), '') FROM {table}"
        for table in (
            "subsidies_application",
            "subsidies_grant",
            "subsidies_paymentbatch",
            "subsidies_payment",
        )
    ]
    + [
        "SELECT 'balances', md5(string_agg(id::text || balance, ',' ORDER BY id)) FROM subsidies_ledgeraccount",
        "SELECT 'accounts', count(*) || ' ' || count(to_on) FROM households_bankaccount",
        "SELECT 'deaths', count(died_on)::text FROM households_person",
    ]
)
Deed = tuple[Actor, Callable[[], Any]]


@dataclass(frozen=True)
class World:
    """Everybody and everything that stands before the first step."""

    office: Office
    money: Counters
    programme: Programme
    people: list[Person]


@pytest.fixture
def world(county: Actor, monkeypatch: pytest.MonkeyPatch) -> World:
    rules_say(monkeypatch)
    office, money = make_office(), make_counters()
    programme = make_programme(
        "MONEY",
        frequency=Frequency.MONTHLY,
        notice={**NOTICE, "levels": ["county"]},
        funding=[{"source": "central", "share": "0.6"}, {"source": "county", "share": "0.4"}],
    )
    for year in (2013, 2014, 2015, 2016):
        for source in (FundingSource.CENTRAL, FundingSource.COUNTY):
            line = budget.add_budget_line(
                actor=money.finance,
                programme=programme,
                year=year,
                source=source,
                amount=Decimal(9999),
                document="预算",
            )
            budget.appropriate(actor=money.finance, line=line, amount=Decimal(150), document="拨款")
    people = [make_person(name=f"王秀{n}", number=citizen_number(n)) for n in range(1, FAMILIES + 1)]
    for number, person in enumerate(people, start=1):
        make_household(person)
        give_account(person, f"62230000{number:011d}")
    return World(office, money, programme, people)


def everything() -> dict[str, str]:
    return dict(sql(IS_EVERYTHING_NOW))


class Killed(OperationalError):
    """The worker or its session ends here."""


def between(**chosen: Any) -> Any:
    """A rule after which the office does some of its work, whatever was disturbed before."""

    def decorate(disturb: Callable[..., None]) -> Any:
        def disturb_and_work(self: MoneyMachine, work: list[int], **words: Any) -> None:
            disturb(self, **words)
            for choice in work:
                self.office_works(choice)

        disturb_and_work.__name__ = disturb.__name__
        return rule(work=st.lists(st.integers(0, 999), min_size=1, max_size=4), **chosen)(disturb_and_work)

    return decorate


class MoneyMachine(RuleBasedStateMachine):
    """Each rule is a deed of somebody's; what it may do to the books is the same for all."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.office, self.money = self.world.office, self.world.money
        self.last: Deed | None = None
        self.opened: dict[Any, models.Model] = {}
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.seen = everything()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # What every deed leaves behind.

    def does(self, actor: Actor, deed: Callable[[], Any], *, killed_at: int = 0) -> None:
        before, left = self.seen, killed_at

        def dies(execute: Any, *call: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            return execute(*call)

        is_done = False
        try:
            with transaction.atomic(), open_context(actor=actor):
                with connection.execute_wrapper(dies) if killed_at else contextlib.nullcontext():
                    deed()
                sql("SET CONSTRAINTS ALL IMMEDIATE")
                sql("SET CONSTRAINTS ALL DEFERRED")
            is_done = True
        except DomainError as refusal:
            assert str(refusal), "a refusal says what to do"
        except Killed:
            pass
        after = self.seen = everything()
        if is_done:
            self.last = (actor, deed)
            assert int(after["offices_act"]) > int(before["offices_act"]), "every act is recorded"
            assert all(int(after[table]) >= int(before[table]) for table in KEPT), "nothing is lost"
            self.books_hold()
        else:
            assert after == before, "what was refused or cut off left nothing"

    def books_hold(self) -> None:
        assert find_in_ledger() == []
        assert sql(PAID_TWICE) == []
        assert sql(WITHOUT_GRANT) == []
        assert sql(WITHOUT_CERTIFICATE) == []

    def pick(self, found: models.QuerySet[Any], choice: int, *, is_stale: bool = False) -> Any:
        """One of the records; stale: as it was when a browser first opened it."""
        count = found.count()
        record = found.order_by("pk")[choice % count] if count else None
        if record is None:
            return None
        first = self.opened.setdefault(record.pk, record)
        return first if is_stale else record

    # The office's own work: the next step of something that waits, by the right person.

    def office_works(self, choice: int, *, killed_at: int = 0) -> None:
        """Whatever waits, else a batch or a new application; time passes where a notice hangs."""
        waiting = [*self.cases_that_wait(), *self.batches_that_wait()]
        kind, choice = choice % 10, choice // 10
        if waiting and kind > 2:
            self.does(*waiting[choice % len(waiting)], killed_at=killed_at)
        elif kind > 0 and Grant.objects.exists():
            self.does(*self.batch_of_month(choice), killed_at=killed_at)
        else:
            self.applies(choice)
        hanging = Notice.objects.filter(last_day__gte=clock.today()).order_by("last_day").first()
        if hanging and choice % 2:
            move_day(hanging.last_day + datetime.timedelta(days=1))

    def applies(self, choice: int) -> None:
        counter, programme = self.office.counter, self.world.programme
        person = Person.objects.get(pk=self.world.people[choice % FAMILIES].pk)
        papers: dict[str, Any] = {"documents": Document.values, "has_declared": True}
        self.does(
            counter,
            lambda: applications.enter_application(
                person=person, programme=programme, actor=counter, **papers
            ),
        )

    def cases_that_wait(self) -> list[Deed]:
        cases = Application.objects.exclude(state__in=CLOSED).order_by("pk")
        return [step for case in cases if (step := self.next_step(case)) is not None]

    def next_step(self, case: Application) -> Deed | None:
        office, same = self.office, {"application": case}
        said: dict[str, Any] = {**same, "opinion": "情况属实"}
        second = office.second_reviewer
        steps: dict[str, Deed] = {
            "village_review": (
                office.village,
                lambda: reviews.review_in_village(**said, actor=office.village, present=PRESENT),
            ),
            "township_review": (
                office.township,
                lambda: reviews.review_in_township(**said, actor=office.township),
            ),
            "county_review": (second, lambda: reviews.review_in_county(**said, actor=second)),
            "county_confirmation": (
                office.reviewer,
                lambda: reviews.confirm_application(**said, actor=office.reviewer),
            ),
            "grant": (office.county, lambda: grants.grant_benefit(**same, actor=office.county)),
        }
        return steps.get(str(case.next_step))

    def batch_of_month(self, back: int) -> Deed:
        month = clock.today().replace(day=1)
        for _month in range(back % 3):
            month = (month - datetime.timedelta(days=1)).replace(day=1)
        finance, programme = self.money.finance, self.world.programme
        return finance, lambda: batches.create_batch(
            actor=finance, programme=programme, period=f"{month:%Y-%m}"
        )

    def batches_that_wait(self) -> list[Deed]:
        over = [BatchState.CLOSED, BatchState.DISCARDED]
        return [self.next_of(batch) for batch in PaymentBatch.objects.exclude(state__in=over).order_by("pk")]

    def next_of(self, batch: PaymentBatch) -> Deed:
        finance, checker, cashier = self.money.finance, self.money.county, self.money.cashier
        match batch.state:
            case BatchState.MADE:
                return checker, lambda: batches.approve_batch(actor=checker, batch=batch)
            case BatchState.APPROVED:
                return cashier, lambda: batches.send_batch(actor=cashier, batch=batch)
            case BatchState.SENT:
                serials = (
                    batch.payments.filter(state="sent").order_by("serial").values_list("serial", flat=True)
                )
                return self.answer_of_bank(batch, list(serials)[:2], returned=batch.count % 2)
            case _:
                return finance, lambda: closing.close_batch(actor=finance, batch=batch)

    def answer_of_bank(self, batch: PaymentBatch, serials: list[int], *, returned: int) -> Deed:
        """The bank answers some lines and returns the first `returned` of them."""
        cashier = self.money.cashier
        results = {serial: REASONS[serial % len(REASONS)] for serial in serials[:returned]}
        content = answer_to(file_of(batch), results, only=set(serials))
        return cashier, lambda: bank_answers.import_answer(actor=cashier, batch=batch, content=content)

    # What others do meanwhile.

    @between(choice=st.integers(0, 999), killed_at=st.integers(1, 60))
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
        actor, case = getattr(self.office, who), self.pick(Application.objects.all(), choice, is_stale=True)
        notice = self.pick(Notice.objects.all(), choice)
        objection = self.pick(Objection.objects.filter(answered_on=None), choice)
        same = {"application": case, "actor": actor}
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
                lambda: notices.answer_objection(
                    objection=objection, is_upheld=False, answer="不成立", actor=actor
                ),
            ),
            "uphold": (
                objection,
                lambda: notices.answer_objection(
                    objection=objection, is_upheld=True, answer="成立", actor=actor
                ),
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
        person, counter, checker = self.world.people[who], self.office.counter, self.office.township
        waiting = AccountCorrection.objects.filter(person=person, state="proposed").first()
        if waiting:
            self.does(checker, lambda: confirm_account(actor=checker, correction=waiting))
            return
        said = {"bank": "山亭农村信用社", "account": f"6224{serial:011d}", "document": "存折"}
        self.does(counter, lambda: propose_account(actor=counter, person=person, **said))

    @precondition(lambda self: Grant.objects.exists())
    @between(
        choice=st.integers(0, 9),
        deed=st.sampled_from(("stop", "suspend", "resume", "resume")),
        days=st.integers(0, 90),
    )
    def grant_changes(self, choice: int, deed: str, days: int) -> None:
        county, grant = self.office.county, self.pick(Grant.objects.all(), choice, is_stale=True)
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

    @between(who=st.integers(0, FAMILIES - 1), days=st.integers(0, 120))
    def death_is_told_late(self, who: int, days: int) -> None:
        counter, person = self.office.counter, Person.objects.get(pk=self.world.people[who].pk)
        report = Report(clock.today() - datetime.timedelta(days=days))
        self.does(counter, lambda: record_death(actor=counter, person=person, report=report))


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.timeout(900 * TRIALS)
def test_whatever_people_do_with_money_the_books_hold(world: World) -> None:
    run_state_machine_as_test(
        type("MoneyOfThisWorld", (MoneyMachine,), {"world": world}),
        settings=settings(
            max_examples=8 * TRIALS,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
