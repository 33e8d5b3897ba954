"""Letters reach their families, who appeal; somebody decides, another carries out, arrears follow."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from offices import clock
from offices.actors import Actor
from subsidies.enums import AppealKind, AppealResult, AppealState, AppealVia, DeliveryMethod, LetterKind
from subsidies.models import Appeal, DecisionLetter, LetterDelivery
from subsidies.models.appeals import OPEN_APPEALS
from subsidies.services import appeals, deliveries
from subsidies.services.appeal_remedies import carry_out_appeal
from tests.subsidies.machine.deeds import Deed, between
from tests.subsidies.machine.stand_ins import StandIns

STANDS, CHANGED, SENT_BACK = AppealResult.STANDS, AppealResult.CHANGED, AppealResult.SENT_BACK
RAISES = (Decimal("0.12"), Decimal("7.80"), Decimal("200.04"), Decimal(0), Decimal(-120))
"""What an appeal may bring more in a year: whole cents in a month, or nothing, or less, which is refused."""
DAYS = (0, 0, 20, 45, -3)
"""By how many days it may let a grant begin earlier."""


class Appealing(StandIns):
    """Any decision may be appealed against, by every way, again and again."""

    def waits(self, kind: int, choice: int) -> list[Deed]:
        if kind in (7, 8) and (letter := self.letter(choice)):
            return [*self.appeals_that_wait(choice), self.appeal_against(letter, AppealKind.REVIEW)]
        return super().waits(kind, choice)

    def appeals_that_wait(self, choice: int) -> list[Deed]:
        open_ones = Appeal.objects.open().order_by("pk")
        return [
            *(self.next_of_appeal(appeal, choice) for appeal in open_ones),
            *(self.remedy_of(appeal) for appeal in Appeal.objects.to_carry_out().order_by("pk")),
        ]

    def next_of_appeal(self, appeal: Appeal, choice: int) -> Deed:
        judge = self.world.judge
        match appeal.state:
            case AppealState.RECEIVED:
                return judge, lambda: appeals.accept_appeal(appeal=appeal, actor=judge)
            case AppealState.SUSPENDED:
                return judge, lambda: appeals.resume_appeal(appeal=appeal, actor=judge)
            case _:
                result = (CHANGED, CHANGED, CHANGED, SENT_BACK, STANDS)[choice % 5]
                return self.decision_on(appeal, result, judge, choice // 5)

    def decision_on(self, appeal: Appeal, result: AppealResult, actor: Actor, choice: int) -> Deed:
        document = "" if appeal.kind == AppealKind.REVIEW else "复决字1号"
        remedy = self.remedy_in(appeal, choice)
        return actor, lambda: appeals.decide_appeal(
            appeal=appeal, result=result, reasons="经查", document=document, actor=actor, **remedy
        )

    def remedy_in(self, appeal: Appeal, choice: int) -> dict[str, Any]:
        """More, or from an earlier day on; sometimes less or later, which is refused."""
        grant = appeal.letter.grant
        amount, first = (grant.annual_amount, grant.from_on) if grant else (Decimal(960), clock.today())
        return {
            "remedy_amount": amount + RAISES[choice % len(RAISES)],
            "remedy_from_on": first - datetime.timedelta(days=DAYS[choice // len(RAISES) % len(DAYS)]),
        }

    def remedy_of(self, appeal: Appeal) -> Deed:
        county = self.office.county
        return county, lambda: carry_out_appeal(appeal=appeal, actor=county)

    @precondition(lambda self: DecisionLetter.objects.exists())
    @between(
        choice=st.integers(0, 99),
        kind=st.sampled_from((AppealKind.REVIEW, AppealKind.REVIEW, *AppealKind)),
        days=st.sampled_from((0, 0, 0, 10)),
    )
    def family_appeals(self, choice: int, kind: AppealKind, days: int) -> None:
        self.does(*self.appeal_against(self.letter(choice), kind, days=days))

    def appeal_against(self, letter: DecisionLetter, kind: AppealKind, *, days: int = 0) -> Deed:
        counter, received_on = self.office.counter, clock.today() - datetime.timedelta(days=days)
        said: dict[str, Any] = {"kind": kind, "via": AppealVia.COUNTER, "grounds": "登记有误"}
        return counter, lambda: appeals.receive_appeal(
            letter=letter, received_on=received_on, actor=counter, **said
        )

    @precondition(lambda self: DecisionLetter.objects.exists())
    @between(
        choice=st.integers(0, 99),
        who=st.sampled_from(("counter", "village", "township", "county")),
        method=st.sampled_from(DeliveryMethod),
        days=st.integers(-1, 20),
        is_taken_back=st.booleans(),
    )
    def letter_is_delivered(
        self, choice: int, who: str, method: DeliveryMethod, days: int, is_taken_back: bool
    ) -> None:
        actor, letter = getattr(self.office, who), self.letter(choice)
        delivery = self.pick(LetterDelivery.objects.all(), choice, is_stale=True)
        if is_taken_back and delivery:
            self.does(actor, lambda: deliveries.take_back_delivery(delivery=delivery, actor=actor))
            return
        said = {"recipient": "家属", "relation": "子女", "document": "EMS1"}
        on = clock.today() - datetime.timedelta(days=days % 6 and days)
        self.does(
            actor,
            lambda: deliveries.deliver_letter(letter=letter, method=method, on=on, actor=actor, **said),
        )

    @precondition(lambda self: Appeal.objects.exists())
    @between(
        choice=st.integers(0, 999),
        who=st.sampled_from(("judge", "county", "reviewer", "counter")),
        deed=st.sampled_from(("accept", "decide", "carry", "withdraw", "reject", "suspend", "extend")),
    )
    def somebody_interferes_with_an_appeal(self, choice: int, who: str, deed: str) -> None:
        actor = self.world.judge if who == "judge" else getattr(self.office, who)
        appeal = self.pick_mostly(Appeal.objects.all(), choice, state__in=OPEN_APPEALS)
        same = {"appeal": appeal, "actor": actor}
        deeds = {
            "accept": lambda: appeals.accept_appeal(**same),
            "carry": lambda: carry_out_appeal(**same),
            "withdraw": lambda: appeals.withdraw_appeal(**same),
            "reject": lambda: appeals.reject_appeal(**same, reasons="逾期"),
            "suspend": lambda: appeals.suspend_appeal(**same, reason="等待证明"),
            "extend": lambda: appeals.extend_appeal(**same, reason="外地取证"),
        }
        if deed == "decide":
            self.does(*self.decision_on(appeal, (STANDS, CHANGED, SENT_BACK)[choice % 3], actor, choice))
        else:
            self.does(actor, deeds[deed])

    def letter(self, choice: int) -> DecisionLetter:
        """Of ten times, seven times one that gives or changes something."""
        found = DecisionLetter.objects.all()
        if choice % 10 < 7:
            found = found.filter(kind__in=[LetterKind.GRANTED, LetterKind.CHANGED])
        chosen: DecisionLetter = self.pick(found if found else DecisionLetter.objects.all(), choice // 10)
        return chosen
