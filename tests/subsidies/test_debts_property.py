"""Whatever happens in a small office, the register says what the assessment says, and nothing is done twice."""

from __future__ import annotations

import datetime
import random
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connections

from households.models import Hukou, Person
from households.services.events.deaths import record_death
from households.services.events.recording import Report
from offices import clock
from offices.actors import Actor
from offices.database.context import keep_context, open_context
from offices.enums import Role
from offices.errors import DomainError
from offices.services.staff import system_actor
from subsidies.enums import DebtDeed, DebtEnd, DebtState, Standing
from subsidies.models import Application, Assessment, Debt, DebtAct, Grant
from subsidies.services.applications import enter_application, withdraw_application
from subsidies.services.debt_acts import decline_debt, record_deed, reopen_debt
from subsidies.services.grants import stop_grant
from subsidies.services.sweep import sweep
from tests.factories import VILLAGE, make_actor
from tests.subsidies.cases import bring_to, make_office, move_day
from tests.subsidies.test_debts import new_policy
from tests.subsidies.test_sweep import entitled_person

PROGRAMME = "NCJF"


class Register:
    """An office whose days are random; after each assessment the register must agree with it."""

    def __init__(self, county: Actor, seed: int) -> None:
        self.county = county
        self.dice = random.Random(seed)
        self.office = make_office()
        self.village = make_actor(Role.VILLAGE)
        self.people = [entitled_person() for _one in range(5)]

    def steps(self) -> list[Callable[[Person], None]]:
        return [self.apply, self.withdraw, self.grant, self.decline, self.ask, self.tell, self.lose, self.regain,
                self.stop, self.die, self.publish, self.wait]  # fmt: skip

    def run(self, days: int) -> None:
        self.assess()
        for _day in range(days):
            step = self.dice.choice(self.steps())
            try:
                step(self.dice.choice(self.people))
            except DomainError:
                continue
            self.assess()

    def assess(self) -> None:
        sweep(actor=self.county, as_of=clock.today())
        self.check()
        before = list(Debt.objects.order_by("pk").values()), DebtAct.objects.count()
        sweep(actor=self.county, as_of=clock.today())
        assert (list(Debt.objects.order_by("pk").values()), DebtAct.objects.count()) == before

    def check(self) -> None:
        for found in Assessment.objects.filter(sweep__as_of=clock.today(), programme=PROGRAMME):
            lines = Debt.objects.filter(person=found.person_id, programme=PROGRAMME)
            is_open = lines.open().count()
            has_declined = lines.declined().filter(policy_version=found.policy_version_id).exists()
            if found.standing in (Standing.OWED, Standing.APPLIED):
                assert (is_open, has_declined) == (1, False)
                assert lines.open().get().standing == found.standing
            elif found.standing == Standing.DECLINED:
                assert (is_open, has_declined) == (0, True)
            else:
                assert is_open == 0
        receiving = Grant.objects.covering(clock.today()).filter(programme=PROGRAMME).values("person")
        assert not Debt.objects.open().filter(programme=PROGRAMME, person__in=receiving).exists()
        assert not Debt.objects.open().filter(person__died_on__lte=clock.today()).exists()
        assert not Debt.objects.open().exclude(
            person__in=Assessment.objects.filter(sweep__as_of=clock.today()).values("person")
        )

    def line(self, person: Person) -> Debt:
        found = Debt.objects.filter(person=person, programme=PROGRAMME).order_by("-opened_on", "-pk").first()
        if found is None:
            raise DomainError("none", "none")
        return found

    def apply(self, person: Person) -> None:
        enter_application(
            person=Person.objects.get(pk=person.pk),
            programme=self.line(person).programme,
            documents=["identity_card"],
            has_declared=True,
            actor=self.office.counter,
        )

    def case(self, person: Person) -> Application:
        found = Application.objects.open().filter(person=person, programme=PROGRAMME).first()
        if found is None:
            raise DomainError("none", "none")
        return found

    def withdraw(self, person: Person) -> None:
        withdraw_application(application=self.case(person), actor=self.office.counter)

    def grant(self, person: Person) -> None:
        case = self.case(person)
        if case.state == "entered":
            bring_to(self.office, "granted", case)

    def decline(self, person: Person) -> None:
        decline_debt(debt=self.line(person), actor=self.village)

    def ask(self, person: Person) -> None:
        declined = Debt.objects.declined().filter(person=person).first()
        if declined:
            reopen_debt(debt=declined, actor=self.village)

    def tell(self, person: Person) -> None:
        record_deed(debt=self.line(person), deed=DebtDeed.TOLD, actor=self.village)

    def _turn(self, person: Person, kind: str) -> None:
        Hukou.objects.filter(person=person).update(hukou_type=kind)

    def lose(self, person: Person) -> None:
        self._turn(person, "urban")

    def regain(self, person: Person) -> None:
        self._turn(person, "rural")

    def stop(self, person: Person) -> None:
        grant = Grant.objects.filter(person=person, programme=PROGRAMME, state="live").first()
        if grant:
            stop_grant(grant=grant, reason="other", event_on=clock.today(), actor=self.office.county)

    def die(self, person: Person) -> None:
        if self.dice.random() < 0.3:
            record_death(
                actor=self.village, person=Person.objects.get(pk=person.pk), report=Report(clock.today())
            )

    def publish(self, person: Person) -> None:
        self.wait(person)
        new_policy(PROGRAMME)

    def wait(self, _person: Person) -> None:
        move_day(clock.today() + datetime.timedelta(days=self.dice.randrange(1, 200)))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [3, 14, 15])
def test_register_agrees_with_every_assessment(county: Actor, seed: int) -> None:
    Register(county, seed).run(14)


def at_once(*deeds: tuple[Actor, Callable[[], Any]]) -> list[str]:
    start = threading.Barrier(len(deeds))
    results: list[str] = [""] * len(deeds)

    def run(number: int, actor: Actor, deed: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=10)
            with open_context(actor=actor):
                deed()
            results[number] = "done"
        except DomainError as refusal:
            results[number] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, *deed)) for n, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(results)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_record_a_decline_once() -> None:
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        clerks = [make_actor(Role.VILLAGE), make_actor(Role.TOWNSHIP)]
        entitled_person(village=VILLAGE)
        sweep(actor=system, as_of=clock.today())
        line = Debt.objects.get(programme=PROGRAMME)
    results = at_once(*((clerk, partial(decline_debt, debt=line, actor=clerk)) for clerk in clerks))
    assert results == ["debt_cleared", "done"]
    with open_context(actor=system):
        assert DebtAct.objects.filter(deed=DebtDeed.DECLINED).count() == 1
        assert Debt.objects.get(pk=line.pk).closed_as == DebtEnd.DECLINED


@pytest.mark.django_db(transaction=True)
def test_a_decline_and_a_sweep_at_once_leave_one_line() -> None:
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        clerk = make_actor(Role.VILLAGE)
        entitled_person(village=VILLAGE)
        sweep(actor=system, as_of=clock.today())
        line = Debt.objects.get(programme=PROGRAMME)
    results = at_once(
        (clerk, lambda: decline_debt(debt=line, actor=clerk)),
        (system, lambda: sweep(actor=system, as_of=clock.today())),
    )
    assert results == ["done", "done"]
    with open_context(actor=system):
        sweep(actor=system, as_of=clock.today())
        assert Debt.objects.get(programme=PROGRAMME).state == DebtState.CLOSED
