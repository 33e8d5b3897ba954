"""Two people open the same record; one acts, then the other, each from the page as it was opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import QuerySet
from hypothesis import strategies as st

from offices import clock
from subsidies.enums import StopReason
from subsidies.models import (
    Appeal,
    Application,
    Grant,
    PaymentBatch,
    Recovery,
    ReviewItem,
    SuspenseItem,
    annual_reviews,
    appeals,
    applications,
    batches,
    books,
    grants,
    recoveries,
)
from subsidies.services.appeals import withdraw_appeal
from subsidies.services.applications import withdraw_application
from subsidies.services.closing import close_batch
from subsidies.services.grants import stop_grant, suspend_grant
from subsidies.services.recoveries import drop_recovery
from subsidies.services.review_results import send_review_back
from tests.subsidies.machine.bookkeeping import Bookkeeping
from tests.subsidies.machine.deeds import Deed, between
from tests.subsidies.machine.what_holds import Seen

MAY_COME_TWICE = ("offices_act", "subsidies_recoveryplan", "subsidies_recoveryinstalment")
"""A plan is agreed anew as often as the family wants."""


class Page(NamedTuple):
    """Records, how their state may change, and what somebody may do on the page of one."""

    records: QuerySet[Any]
    transitions: Mapping[str, frozenset[str]]
    deeds: tuple[Callable[[Any], Deed | None], ...]


def _but_twice(seen: Seen) -> Seen:
    return {name: value for name, value in seen.items() if not name.startswith(MAY_COME_TWICE)}


class TwoBrowsers(Bookkeeping):
    """Of two deeds on one record the second is refused or a lawful next step, and never the first once more."""

    @between(
        what=st.sampled_from(("case", "batch", "grant", "appeal", "recovery", "review", "suspense")),
        choice=st.integers(0, 999),
        first=st.integers(0, 2),
        second=st.integers(0, 2),
    )
    def two_people_act_on_one_record(self, what: str, choice: int, first: int, second: int) -> None:
        page = getattr(self, f"page_of_{what}")(choice)
        record = self.pick(page.records, choice)
        if record is None:
            return
        same = type(record).objects
        one, other = (page.deeds[place](same.get(pk=record.pk)) for place in (first, second))
        states, seen = [record.state], [self.seen]
        for deed in filter(None, (one, other)):
            self.does(*deed)
            states.append(same.get(pk=record.pk).state)
            seen.append(self.seen)
        for before, after in pairwise(states):
            assert after == before or after in page.transitions.get(before, ()), f"{before} became {after}"
        if first == second and one and other and seen[0] != seen[1]:
            assert _but_twice(seen[1]) == _but_twice(seen[2]), "nothing is done twice"

    def page_of_case(self, _choice: int) -> Page:
        counter = self.office.counter

        def withdraw(case: Application) -> Deed:
            return counter, lambda: withdraw_application(application=case, actor=counter)

        return Page(
            Application.objects.filter(decided_on=None),
            applications.TRANSITIONS,
            (self.next_step, self.refusal_of, withdraw),
        )

    def page_of_batch(self, _choice: int) -> Page:
        cashier = self.money.cashier

        def close(batch: PaymentBatch) -> Deed:
            return cashier, lambda: close_batch(batch=batch, actor=cashier)

        return Page(
            PaymentBatch.objects.unfinished(), batches.TRANSITIONS, (self.next_of, self.end_of_batch, close)
        )

    def page_of_grant(self, _choice: int) -> Page:
        county, today = self.office.county, clock.today()

        def suspend(grant: Grant) -> Deed:
            return county, lambda: suspend_grant(grant=grant, actor=county)

        def stop(grant: Grant) -> Deed:
            reason = StopReason.values[0]
            return county, lambda: stop_grant(grant=grant, actor=county, reason=reason, event_on=today)

        return Page(Grant.objects.all(), grants.TRANSITIONS, (suspend, self.resumption_of, stop))

    def page_of_appeal(self, choice: int) -> Page:
        counter = self.office.counter

        def withdraw(appeal: Appeal) -> Deed:
            return counter, lambda: withdraw_appeal(appeal=appeal, actor=counter)

        return Page(
            Appeal.objects.all(),
            appeals.TRANSITIONS,
            (lambda appeal: self.next_of_appeal(appeal, choice), self.remedy_of, withdraw),
        )

    def page_of_recovery(self, choice: int) -> Page:
        county = self.office.county

        def drop(recovery: Recovery) -> Deed:
            return county, lambda: drop_recovery(recovery=recovery, reason="查无实据", actor=county)

        return Page(
            Recovery.objects.all(),
            recoveries.TRANSITIONS,
            (
                lambda recovery: self.next_of_recovery(recovery, choice),
                lambda recovery: self.receipt_of(recovery, choice),
                drop,
            ),
        )

    def page_of_review(self, choice: int) -> Page:
        county = self.office.county

        def send_back(item: ReviewItem) -> Deed:
            return county, lambda: send_review_back(item=item, actor=county, proposal=item.proposal)

        return Page(
            ReviewItem.objects.all(),
            annual_reviews.TRANSITIONS,
            (
                lambda item: self.proposal_for(item, 3 * choice + 1),
                lambda item: self.decision_of(item, county),
                send_back,
            ),
        )

    def page_of_suspense(self, choice: int) -> Page:
        finance, other = self.money.finance, self.world.others.county
        return Page(
            SuspenseItem.objects.all(),
            books.SUSPENSE_TRANSITIONS,
            (
                lambda item: self.clearing_of(item, choice, finance),
                lambda item: self.clearing_of(item, choice + 4, finance),
                lambda item: self.clearing_of(item, choice, other),
            ),
        )
