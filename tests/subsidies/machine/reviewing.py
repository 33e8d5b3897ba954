"""The annual review: opened, pre-checked, looked at, proposed by one, decided by another; suspended and resumed."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from households.enums import VisitPurpose, VisitResult
from households.models import Membership
from households.services.visits import record_visit
from offices import clock
from offices.actors import Actor
from subsidies.enums import GrantState, ReviewMethod, ReviewResult, ReviewState, ReviewTold, StopReason
from subsidies.models import Grant, ReviewItem, ReviewRound
from subsidies.selectors.annual_reviews import arithmetic_of
from subsidies.services import annual_reviews, grants, review_results
from tests.subsidies.machine import what_is_held_back
from tests.subsidies.machine.deeds import Deed, between
from tests.subsidies.machine.recovering import Recovering
from tests.subsidies.machine.what_holds import Keys, Seen

CONTINUE, SUSPEND, RESUME, STOP = (
    ReviewResult.CONTINUE,
    ReviewResult.SUSPEND,
    ReviewResult.RESUME,
    ReviewResult.STOP,
)
USUAL = {
    GrantState.LIVE: (SUSPEND, SUSPEND, CONTINUE, STOP),
    GrantState.SUSPENDED: (RESUME, RESUME, RESUME, STOP),
}


class Reviewing(Recovering):
    """What a suspension holds back is paid when it ends: nobody is forgotten by a batch."""

    def waits(self, kind: int, choice: int) -> list[Deed]:
        return self.reviews_that_wait(choice) if kind == 11 else super().waits(kind, choice)

    def reviews_that_wait(self, choice: int) -> list[Deed]:
        year = clock.today().year
        if (
            not ReviewRound.objects.filter(year=year).exists()
            and Grant.objects.covering(clock.today()).exists()
        ):
            return [self.opening_of(year)]
        items = ReviewItem.objects.filter(round__year=year).order_by("pk")
        county, held = self.office.county, Grant.objects.filter(state=GrantState.SUSPENDED)
        return [
            *(self.proposal_for(item, choice) for item in items.waiting()),
            *(self.decision_of(item, county) for item in items.filter(state=ReviewState.PROPOSED)),
            *(self.notice_of(item) for item in items.to_tell()),
            *(self.resumption_of(grant) for grant in held.order_by("pk")),
        ]

    def opening_of(self, year: int) -> Deed:
        county, due_on = self.office.county, clock.today() + datetime.timedelta(days=60)
        return county, lambda: annual_reviews.open_review(
            actor=county, programme=self.world.programme, year=year, due_on=due_on, document="年审通知"
        )

    def proposal_for(self, item: ReviewItem, choice: int) -> Deed:
        """After a visit, a declaration, or by registers alone; before it the visit, and the registers once more."""
        if "not_seen" in item.reasons and choice % 3 == 0:
            return self.visit_to(item) if choice % 2 else self.second_look(item)
        village, days = self.office.village, datetime.timedelta(days=choice % 40)
        may_follow = USUAL.get(item.grant.state, tuple(ReviewResult))
        said: dict[str, Any] = {
            "method": tuple(ReviewMethod)[choice % 3 if choice % 2 else 1],
            "result": may_follow[choice % len(may_follow)],
            "stop_reason": StopReason.values[0],
            "event_on": clock.today() - days,
        }
        return village, lambda: review_results.propose_result(actor=village, item=item, **said)

    def visit_to(self, item: ReviewItem) -> Deed:
        village, today = self.office.village, clock.today()
        home = Membership.objects.on(today).select_related("household").get(person=item.grant.person_id)
        said: dict[str, Any] = {"purpose": VisitPurpose.DELIVER, "result": VisitResult.TOLD}
        return village, lambda: record_visit(
            actor=village, household=home.household, visited_on=today, **said
        )

    def second_look(self, item: ReviewItem) -> Deed:
        county, review = self.office.county, item.round
        return county, lambda: annual_reviews.check_again(actor=county, round=review)

    def decision_of(self, item: ReviewItem, actor: Actor) -> Deed:
        """What was shown of the money is what is then due: up to which day, and how much is unpaid."""

        def decide() -> None:
            shown = arithmetic_of(item.grant, result=item.result, event_on=item.event_on, today=clock.today())
            decided = review_results.decide_result(actor=actor, item=item, proposal=item.proposal)
            what_is_held_back.arithmetic_holds(decided.grant_id, shown)

        return actor, decide

    def notice_of(self, item: ReviewItem) -> Deed:
        village = self.office.village
        return village, lambda: review_results.record_told(actor=village, item=item, how=ReviewTold.IN_PERSON)

    def resumption_of(self, grant: Grant) -> Deed:
        county = self.office.county
        return county, lambda: grants.resume_grant(grant=grant, actor=county)

    @precondition(lambda self: ReviewItem.objects.exists())
    @between(
        choice=st.integers(0, 999),
        who=st.sampled_from(("county", "township", "village", "reviewer")),
        deed=st.sampled_from(("propose", "decide", "decide", "back", "tell", "green", "all")),
    )
    def somebody_interferes_with_a_review(self, choice: int, who: str, deed: str) -> None:
        actor = getattr(self.office, who)
        item = self.pick_mostly(ReviewItem.objects.all(), choice, state=ReviewState.PROPOSED)
        same = {"actor": actor, "round": item.round}
        deeds: dict[str, Callable[[], Any]] = {
            "back": lambda: review_results.send_review_back(actor=actor, item=item, proposal=item.proposal),
            "green": lambda: review_results.propose_all_green(**same),
            "all": lambda: review_results.decide_all_green(**same),
        }
        match deed:
            case "propose":
                self.does(*self.proposal_for(item, choice))
            case "decide":
                self.does(*self.decision_of(item, actor))
            case "tell":
                self.does(*self.notice_of(item))
            case _:
                self.does(actor, deeds[deed])

    @precondition(lambda self: ReviewRound.objects.exists())
    @between(year=st.integers(2013, 2016))
    def review_of_a_year_is_opened(self, year: int) -> None:
        self.does(*self.opening_of(year))

    def holds(self, before: Seen, made: Keys, sent: Keys) -> None:
        super().holds(before, made, sent)
        what_is_held_back.nobody_suspended_is_paid([*made, *sent])
        what_is_held_back.nobody_is_forgotten(made)
        what_is_held_back.reviews_are_of_two()
