"""What was paid wrongly is asked back: told, heard, decided, appealed, paid back in parts or waived; nothing is set off."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import Q
from hypothesis import strategies as st
from hypothesis.stateful import precondition

from offices import clock
from offices.actors import Actor
from offices.services.staff import system_actor
from subsidies.enums import (
    AppealKind,
    DeliveryMethod,
    LetterKind,
    PaymentState,
    RecoveryGround,
    RecoveryState,
    WaiverState,
)
from subsidies.models import Appeal, DecisionLetter, Grant, LetterDelivery, Payment, Recovery, RecoveryWaiver
from subsidies.selectors.recoveries import force_of, letter_of, recoverable_of
from subsidies.services import deliveries, recoveries, recovery_money, recovery_waivers
from subsidies.services.recovery_plans import agree_plan, equal_instalments
from tests.subsidies.machine import what_comes_back
from tests.subsidies.machine.deeds import Deed, between
from tests.subsidies.machine.everyday import KINDS
from tests.subsidies.machine.raising import Raising
from tests.subsidies.machine.what_holds import Keys, Seen

KIND = 10
CENT = Decimal("0.01")
PARTS = (Decimal(1), Decimal(1) / 2, Decimal(1) / 3)
"""What of a line is asked back, of what is owed comes in or goes back, or an appeal leaves."""


def part_of(amount: Decimal, choice: int) -> Decimal:
    """The whole, a part to the cent, or a cent more than there is, which is refused."""
    if choice % 7 == 6:
        return amount + CENT
    return (amount * PARTS[choice % len(PARTS)]).quantize(CENT, ROUND_DOWN)


class Recovering(Raising):
    """Any paid line may be asked back, again after it was dropped or withdrawn, while all else goes on."""

    def waits(self, kind: int, choice: int) -> list[Deed]:
        return self.recoveries_that_wait(choice) if kind == KIND else super().waits(kind, choice)

    def office_works(self, choice: int, *, killed_at: int = 0) -> None:
        """Recoveries go on by some deeds at once: many lie between a proposal and its last yuan."""
        super().office_works(choice, killed_at=killed_at)
        if choice % KINDS == KIND:
            self.recoveries_go_on([choice // KINDS + more for more in (7, 15, 22)])

    def recoveries_go_on(self, choices: list[int]) -> None:
        for choice in choices:
            if waiting := self.recoveries_that_wait(choice):
                self.does(*waiting[choice % len(waiting)])

    def recoveries_that_wait(self, choice: int) -> list[Deed]:
        going_on = Recovery.objects.filter(state__in=["proposed", "notified", "heard", "decided"])
        is_wanted = not going_on.exists() or choice % 5 == 0
        if is_wanted and (proposal := self.proposal(choice)):
            return [proposal]
        waivers = RecoveryWaiver.objects.filter(state=WaiverState.PROPOSED)
        against = Appeal.objects.filter(letter__kind=LetterKind.RECOVERY).order_by("pk")
        return [
            *(self.next_of_appeal(one, choice) for one in against.open()),
            *(self.remedy_of(one) for one in against.to_carry_out()),
            *(self.next_of_recovery(one, choice) for one in going_on.order_by("pk")),
            *(self.decision_on_waiver(one, is_waived=choice % 2 > 0) for one in waivers.order_by("pk")),
            *(self.refund_of(one, choice) for one in Recovery.objects.to_refund().order_by("pk")),
        ]

    def proposal(self, choice: int) -> Deed | None:
        """Of one grant: some lines of one payee."""
        paid = Payment.objects.filter(state=PaymentState.PAID).values("grant")
        grant = self.pick(Grant.objects.filter(pk__in=paid), choice)
        free = recoverable_of(grant) if grant else []
        if not free:
            return None
        payee = free[choice % len(free)].line.representative_id
        asked = [one for one in free if one.line.representative_id == payee][: 1 + choice % 3]
        actor, day = self.office.reviewer if choice % 5 else self.office.county, clock.today()
        said: dict[str, Any] = {"facts": "户口簿为伪造", "document": "鉴定书3号", "document_on": day}
        amounts = {one.line.pk: part_of(one.free, choice) for one in asked}
        return actor, lambda: recoveries.propose_recovery(
            grant=grant, ground=RecoveryGround.FALSE_DOCUMENTS, amounts=amounts, actor=actor, **said
        )

    def next_of_recovery(self, recovery: Recovery, choice: int) -> Deed:
        counter, county, day = self.office.counter, self.another_county(recovery), clock.today()
        match recovery.state:
            case RecoveryState.PROPOSED:
                how = DeliveryMethod.IN_PERSON
                return counter, lambda: recoveries.notify_family(
                    recovery=recovery, method=how, on=day, to="王秀", actor=counter
                )
            case RecoveryState.NOTIFIED:
                return counter, lambda: recoveries.record_statement(
                    recovery=recovery, statement="代办的", on=day, actor=counter
                )
            case RecoveryState.HEARD:
                plan = equal_instalments(amount=recovery.amount, count=1 + choice % 3, first_on=day)
                agreed: dict[str, Any] = {"instalments": plan, "agreement": "协议"} if choice % 2 else {}
                return county, lambda: recoveries.decide_recovery(
                    recovery=recovery, reasons="属实", actor=county, **agreed
                )
            case _:
                return self.next_of_decided(recovery, choice)

    def another_county(self, recovery: Recovery) -> Actor:
        """Somebody of the county who has not proposed it."""
        is_hers = recovery.proposed_by_id == self.office.county.staff_id
        return self.world.others.county if is_hers else self.office.county

    def next_of_decided(self, recovery: Recovery, choice: int) -> Deed:
        """Its letters reach the family first; then money comes in, or the family appeals, or cannot pay."""
        is_about = Q(recovery=recovery) | Q(appeal__letter__recovery=recovery)
        reached = LetterDelivery.objects.standing().values("letter")
        letter = DecisionLetter.objects.filter(is_about).exclude(pk__in=reached).order_by("pk").first()
        if letter:
            return self.delivery_of(letter)
        if recovery.in_force_on is None and force_of(recovery, on=clock.today()).is_in_force:
            system = system_actor()
            return system, lambda: recoveries.bring_recoveries_into_force(actor=system)
        match choice % 8:
            case 0:
                return self.plan_of(recovery, choice)
            case 1:
                return self.waiver_of(recovery)
            case 2 | 3 if decision := letter_of(recovery):
                return self.appeal_against(decision, AppealKind.REVIEW)
            case _:
                return self.receipt_of(recovery, choice)

    def delivery_of(self, letter: DecisionLetter) -> Deed:
        counter, day = self.office.counter, clock.today()
        return counter, lambda: deliveries.deliver_letter(
            letter=letter, method=DeliveryMethod.IN_PERSON, on=day, recipient="王秀", actor=counter
        )

    def receipt_of(self, recovery: Recovery, choice: int) -> Deed:
        cashier, slip = self.money.cashier, f"回单{recovery.receipts.count()}"
        amount = part_of(recovery.outstanding_amount, choice)
        return cashier, lambda: recovery_money.record_receipt(
            recovery=recovery,
            amount=amount,
            received_on=clock.today(),
            document=slip,
            is_voluntary=choice % 5 > 0,
            actor=cashier,
        )

    def refund_of(self, recovery: Recovery, choice: int) -> Deed:
        cashier, slip = self.money.cashier, f"退单{recovery.refunds.count()}"
        amount = part_of(recovery.excess_amount, choice)
        return cashier, lambda: recovery_money.record_refund(
            recovery=recovery, amount=amount, refunded_on=clock.today(), document=slip, actor=cashier
        )

    def plan_of(self, recovery: Recovery, choice: int) -> Deed:
        counter = self.office.counter
        plan = equal_instalments(
            amount=recovery.outstanding_amount, count=1 + choice % 5, first_on=clock.today()
        )
        return counter, lambda: agree_plan(
            recovery=recovery, instalments=plan, document="协议", actor=counter
        )

    def waiver_of(self, recovery: Recovery) -> Deed:
        reviewer = self.office.reviewer
        return reviewer, lambda: recovery_waivers.propose_waiver(
            recovery=recovery, reason="重病", document="证明", actor=reviewer
        )

    def decision_on_waiver(self, waiver: RecoveryWaiver, *, is_waived: bool) -> Deed:
        county = self.office.county
        decide = recovery_waivers.confirm_waiver if is_waived else recovery_waivers.reject_waiver
        return county, lambda: decide(waiver=waiver, actor=county)

    def remedy_in(self, appeal: Appeal, choice: int) -> dict[str, Any]:
        """Against a recovery: nothing is left of it, or less."""
        if appeal.letter.kind != LetterKind.RECOVERY:
            return super().remedy_in(appeal, choice)
        asked = appeal.letter.its_recovery.amount
        return {"remedy_amount": part_of(asked, choice) if choice % 4 else Decimal()}

    @precondition(lambda self: Payment.objects.filter(state=PaymentState.PAID).exists())
    @between(choices=st.lists(st.integers(0, 999), min_size=3, max_size=9))
    def recovery_goes_its_way(self, choices: list[int]) -> None:
        self.recoveries_go_on(choices)

    @precondition(lambda self: Recovery.objects.exists())
    @between(
        choice=st.integers(0, 999),
        deed=st.sampled_from(("next", "drop", "silence", "decide", "receive", "refund", "plan", "waive")),
    )
    def somebody_interferes_with_a_recovery(self, choice: int, deed: str) -> None:
        recovery = self.pick_mostly(Recovery.objects.all(), choice, state=RecoveryState.DECIDED)
        county, counter = self.office.county, self.office.counter
        deeds: dict[str, Deed] = {
            "drop": (
                county,
                lambda: recoveries.drop_recovery(recovery=recovery, reason="查无实据", actor=county),
            ),
            "silence": (counter, lambda: recoveries.record_silence(recovery=recovery, actor=counter)),
            "decide": (
                county,
                lambda: recoveries.decide_recovery(recovery=recovery, reasons="属实", actor=county),
            ),
            "receive": self.receipt_of(recovery, choice),
            "refund": self.refund_of(recovery, choice),
            "plan": self.plan_of(recovery, choice),
            "waive": self.waiver_of(recovery),
            "next": self.next_of_recovery(recovery, choice),
        }
        self.does(*deeds[deed])

    @precondition(lambda self: RecoveryWaiver.objects.exists())
    @between(choice=st.integers(0, 99), is_waived=st.booleans())
    def waiver_is_decided(self, choice: int, is_waived: bool) -> None:
        waiver = self.pick(RecoveryWaiver.objects.all(), choice, is_stale=True)
        self.does(*self.decision_on_waiver(waiver, is_waived=is_waived))

    def holds(self, before: Seen, made: Keys, sent: Keys) -> None:
        super().holds(before, made, sent)
        what_comes_back.nothing_is_set_off(before, self.seen)
        what_comes_back.what_is_asked_holds()
