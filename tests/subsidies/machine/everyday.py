"""The office's own work: the next step of something that waits, by the right person."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from households.models import AccountCorrection, Person
from households.services.accounts import confirm_account, propose_account
from offices import clock
from subsidies.documents import Document
from subsidies.enums import ApplicationState, BatchState
from subsidies.models import Application, Notice, PaymentBatch
from subsidies.services import applications, bank_answers, batches, closing, grants, reviews
from tests.subsidies.cases import PRESENT, move_day
from tests.subsidies.machine.deeds import Deed, Deeds
from tests.subsidies.machine.world import LAST_DAY
from tests.subsidies.money import answer_to, file_of

CLOSED = [ApplicationState.GRANTED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN]
AGAIN = [ApplicationState.REFUSED, ApplicationState.WITHDRAWN]
UNSENT = [BatchState.MADE, BatchState.APPROVED]
REASONS = ("01", "11", "05")
KINDS = 13
"""Of how many kinds what waits is."""


class Everyday(Deeds):
    """Applications and batches go their way, and so does whatever else `waits`."""

    def waits(self, kind: int, choice: int) -> list[Deed]:
        """What there is to do, of one of the kinds; other parts of the machine bring theirs."""
        return self.cases_that_wait(choice) if kind % 2 else self.batches_that_wait(choice)

    def office_works(self, choice: int, *, killed_at: int = 0) -> None:
        """Whatever waits, else a batch or a new application; time passes where a notice hangs."""
        kind, choice = choice % KINDS, choice // KINDS
        waiting = (self.waits(kind, choice) or self.cases_that_wait(choice)) if kind > 1 else []
        if waiting:
            self.does(*waiting[choice % len(waiting)], killed_at=killed_at)
        elif kind > 0 and choice % 4 == 0 and clock.today() < LAST_DAY:
            move_day(clock.today() + datetime.timedelta(days=15))
        elif kind > 0:
            self.does(*self.batch_of_month(choice), killed_at=killed_at)
        elif choice % 3 == 0:
            self.applies(choice)
        hanging = Notice.objects.filter(last_day__gte=clock.today()).order_by("last_day").first()
        if hanging and choice % 2:
            move_day(hanging.last_day + datetime.timedelta(days=1))

    def applies(self, choice: int) -> None:
        counter, programme, person = self.office.counter, self.world.programme, self.applicant(choice)
        papers: dict[str, Any] = {"documents": Document.values, "has_declared": True}
        self.does(
            counter,
            lambda: applications.enter_application(
                person=person, programme=programme, actor=counter, **papers
            ),
        )

    def applicant(self, choice: int) -> Person:
        """Mostly somebody who lives and has nothing yet."""
        has_nothing = Person.objects.filter(
            pk__in=[one.pk for one in self.world.people], died_on=None
        ).exclude(pk__in=Application.objects.exclude(state__in=AGAIN).values("person"))
        found: Person | None = self.pick(has_nothing, choice) if choice % 4 else None
        return found or self.person(choice)

    def cases_that_wait(self, choice: int) -> list[Deed]:
        cases = Application.objects.exclude(state__in=CLOSED).order_by("pk")
        if choice % 12 == 0:
            return [self.refusal_of(case) for case in cases]
        return [step for case in cases if (step := self.next_step(case)) is not None]

    def refusal_of(self, case: Application) -> Deed:
        township = self.world.still_open(case, "township")
        return township, lambda: reviews.refuse_application(
            application=case, actor=township, reason="条件不符"
        )

    def next_step(self, case: Application) -> Deed | None:
        same: dict[str, Any] = {"application": case}
        said = {**same, "opinion": "情况属实"}
        steps: dict[str, tuple[str, Callable[..., Any], dict[str, Any]]] = {
            "village_review": ("village", reviews.review_in_village, {**said, "present": PRESENT}),
            "township_review": ("township", reviews.review_in_township, said),
            "county_review": ("second_reviewer", reviews.review_in_county, said),
            "county_confirmation": ("reviewer", reviews.confirm_application, said),
            "grant": ("county", grants.grant_benefit, same),
        }
        if str(case.next_step) not in steps:
            return None
        role, step, fields = steps[str(case.next_step)]
        actor = self.world.still_open(case, role)
        return actor, lambda: step(**fields, actor=actor)

    def batch_of_month(self, back: int) -> Deed:
        month = clock.today().replace(day=1)
        for _month in range(back % 5):
            month = (month - datetime.timedelta(days=1)).replace(day=1)
        finance, programme = self.money.finance, self.world.programme
        return finance, lambda: batches.create_batch(
            actor=finance, programme=programme, period=f"{month:%Y-%m}"
        )

    def batches_that_wait(self, choice: int) -> list[Deed]:
        """The next step of each; what was not sent is given up now and then, as it may no longer hold."""
        unfinished = PaymentBatch.objects.unfinished().order_by("pk")
        if choice % 9 == 0:
            return [self.end_of_batch(batch) for batch in unfinished.filter(state__in=UNSENT)]
        return [self.next_of(batch) for batch in unfinished]

    def end_of_batch(self, batch: PaymentBatch) -> Deed:
        finance = self.money.finance
        return finance, lambda: batches.discard_batch(actor=finance, batch=batch, reason="重做")

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
                return self.answer_of_bank(batch, list(serials)[:2], returned=batch.count % 3)
            case _:
                return finance, lambda: closing.close_batch(actor=finance, batch=batch)

    def answer_of_bank(self, batch: PaymentBatch, serials: list[int], *, returned: int) -> Deed:
        """The bank answers some lines and returns the first `returned` of them."""
        cashier = self.money.cashier
        results = {serial: REASONS[serial % len(REASONS)] for serial in serials[:returned]}
        content = answer_to(file_of(batch), results, only=set(serials))
        return cashier, lambda: bank_answers.import_answer(actor=cashier, batch=batch, content=content)

    def new_account_of(self, person: Person, serial: int) -> Deed:
        """Entered, or confirmed where one waits."""
        counter, checker = self.office.counter, self.office.township
        waiting = AccountCorrection.objects.filter(person=person, state="proposed").first()
        if waiting:
            return checker, lambda: confirm_account(actor=checker, correction=waiting)
        said = {"bank": "山亭农村信用社", "account": f"6224{serial:011d}", "document": "存折"}
        return counter, lambda: propose_account(actor=counter, person=person, **said)
