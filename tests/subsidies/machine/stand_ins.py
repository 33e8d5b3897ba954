"""Who acts and is paid for somebody: guardians, agents, and after a death the heirs, late or at once."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from households.enums import RepresentationEnd, RepresentationKind
from households.models import Person, Representation, Representative
from households.services.events.corrections import Right, correct_entry
from households.services.events.deaths import record_death
from households.services.events.recording import Report
from households.services.representations import (
    GivenRepresentative,
    confirm_representation,
    end_representation,
    reject_representation,
)
from households.services.representative_accounts import (
    decide_representative_account,
    propose_representative_account,
)
from offices import clock
from tests.households.representing import enter, heir
from tests.subsidies.machine.deeds import Deed, between
from tests.subsidies.machine.disturbances import Disturbances
from tests.subsidies.machine.world import FAMILIES

AGENT, GUARDIAN, HEIRS = RepresentationKind.AGENT, RepresentationKind.GUARDIAN, RepresentationKind.HEIRS


def _given(choice: int, count: int) -> list[GivenRepresentative]:
    """So many of a hundred people, each with some parts of the whole."""
    return [heir(40 + (choice + n) % 100, 1 + (choice + n) % 3) for n in range(count)]


class StandIns(Disturbances):
    """One enters, another confirms, somebody ends it; the bank returns what went to an old account."""

    def waits(self, kind: int, choice: int) -> list[Deed]:
        if kind == 9:
            return [*self.families_that_wait(choice), self.death_of(self.person(choice), choice // FAMILIES)]
        return super().waits(kind, choice)

    def families_that_wait(self, choice: int) -> list[Deed]:
        """Entries to confirm, the dead without heirs, and heirs whose money came back."""
        proposed = Representation.objects.waiting().order_by("pk")
        to_enter = Person.objects.exclude(died_on=None).exclude(
            representations__kind=HEIRS, representations__state__in=("proposed", "confirmed")
        )
        returned = Representative.objects.filter(
            payments__state="returned", representation__state="confirmed"
        )
        came_back = Person.objects.filter(payments__state="returned", died_on=None)
        return [
            *(self.confirmation_of(entry) for entry in proposed),
            *(self.heirs_of(person, choice) for person in to_enter.order_by("pk")),
            *(self.correction_of(row, choice) for row in returned.distinct().order_by("pk")),
            *(self.new_account_of(person, choice) for person in came_back.distinct().order_by("pk")),
        ]

    def confirmation_of(self, entry: Representation) -> Deed:
        checker = self.office.township
        return checker, lambda: confirm_representation(actor=checker, representation=entry)

    def heirs_of(self, person: Person, choice: int) -> Deed:
        """The next heirs; who was paid for her while she lived is no longer."""
        before = person.representations.filter(state="confirmed", is_paid=True).exclude(kind=HEIRS).first()
        if before:
            return self.end_of(before, RepresentationEnd.PERSON_DIED, clock.today())
        counter, people = self.office.counter, _given(choice, 1 + choice % 3)
        return counter, lambda: enter(person, HEIRS, *people, actor=counter)

    def end_of(self, entry: Representation, reason: str, day: datetime.date) -> Deed:
        counter = self.office.counter
        return counter, lambda: end_representation(
            actor=counter, representation=entry, reason=reason, ended_on=day
        )

    def correction_of(self, row: Representative, choice: int) -> Deed:
        counter, checker = self.office.counter, self.office.township
        if row.next_account is not None:
            return checker, lambda: decide_representative_account(
                actor=checker, representative=row, is_right=choice % 4 > 0
            )
        said = {"bank": "农业银行", "account": f"6226{choice:011d}", "document": "存折"}
        return counter, lambda: propose_representative_account(actor=counter, representative=row, **said)

    @between(who=st.integers(0, FAMILIES - 1), days=st.integers(0, 120))
    def death_is_told_late(self, who: int, days: int) -> None:
        self.does(*self.death_of(self.person(who), days))

    @precondition(lambda self: Person.objects.exclude(died_on=None).exists())
    @between(choice=st.integers(0, FAMILIES - 1), days=st.integers(-400, 400))
    def day_of_death_is_put_right(self, choice: int, days: int) -> None:
        counter, person = self.office.counter, self.pick(Person.objects.exclude(died_on=None), choice)
        right = Right(died_on=min(person.died_on + datetime.timedelta(days=days), clock.today()))
        report = Report(clock.today(), document="死亡证明")
        self.does(counter, lambda: correct_entry(actor=counter, person=person, report=report, right=right))

    def death_of(self, person: Person, days: int) -> Deed:
        counter, report = self.office.counter, Report(clock.today() - datetime.timedelta(days=days % 120))
        return counter, lambda: record_death(actor=counter, person=person, report=report)

    @between(
        who=st.integers(0, FAMILIES - 1),
        kind=st.sampled_from((AGENT, GUARDIAN, HEIRS)),
        choice=st.integers(0, 99),
        is_paid=st.booleans(),
        days=st.integers(0, 60),
    )
    def somebody_is_represented(
        self, who: int, kind: RepresentationKind, choice: int, is_paid: bool, days: int
    ) -> None:
        counter, person = self.office.counter, self.person(who)
        people = _given(choice, 1 + choice % 2 if kind == HEIRS else 1)
        said: dict[str, Any] = {
            "is_paid": is_paid,
            "document_on": clock.today() - datetime.timedelta(days=days),
        }
        self.does(counter, lambda: enter(person, kind, *people, actor=counter, **said))

    @precondition(lambda self: Representation.objects.exists())
    @between(
        choice=st.integers(0, 99),
        who=st.sampled_from(("counter", "township", "reviewer", "county", "village")),
        deed=st.sampled_from(("confirm", "confirm", "reject", "end", "account", "decide")),
        days=st.integers(0, 40),
    )
    def somebody_interferes_with_a_representation(self, choice: int, who: str, deed: str, days: int) -> None:
        actor = getattr(self.office, who)
        entry = self.pick(Representation.objects.all(), choice, is_stale=True)
        row = self.pick(Representative.objects.filter(account__isnull=False), choice, is_stale=True)
        day = clock.today() - datetime.timedelta(days=days)
        same = {"actor": actor, "representation": entry}
        given = {"bank": "农业银行", "account": f"6227{choice:011d}", "document": "存折"}
        deeds = {
            "confirm": lambda: confirm_representation(**same),
            "reject": lambda: reject_representation(**same, reason="材料不符"),
            "end": lambda: end_representation(
                **same, reason=RepresentationEnd.values[choice % 6], ended_on=day
            ),
            "account": lambda: propose_representative_account(actor=actor, representative=row, **given),
            "decide": lambda: decide_representative_account(
                actor=actor, representative=row, is_right=choice % 3 > 0
            ),
        }
        if row is not None or deed not in ("account", "decide"):
            self.does(actor, deeds[deed])
