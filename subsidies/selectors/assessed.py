"""What the rules say about a person today, as an application needs it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from households.models import Person
from subsidies.enums import Outcome, ProgrammeKind
from subsidies.models import Programme
from subsidies.selectors.explanation import Explanation, assess_person
from subsidies.selectors.rules import PolicyOnDay, policy_on


@dataclass(frozen=True, slots=True)
class Assessed:
    """The outcome of the registry's clauses on a day, what a year would bring, and why."""

    outcome: Outcome
    annual_amount: Decimal | None
    explanation: Explanation

    @property
    def unmet(self) -> str:
        """The first clause of the registry that does not hold, in words; empty when there is none."""
        return self._first(False)

    @property
    def unknown(self) -> str:
        """The first clause of the registry that cannot be judged yet, in words."""
        return self._first(None)

    def _first(self, result: bool | None) -> str:
        clauses = self.explanation.registry_clauses
        return next((str(clause.text) for clause in clauses if clause.result is result), "")


def assessed(*, person: Person, programme: Programme, on: datetime.date) -> Assessed:
    """Assess one person for one programme on a day.

    While something is unknown the amount is the lower one, which is certain if the benefit is.
    Who is nominated for an award is judged by people, not by the register: no clause of it speaks
    against her. Raises DomainError when no published policy holds on the day.
    """
    policy = policy_on(programme.code, on) if programme.kind == ProgrammeKind.AWARD else None
    if policy is not None:
        return _nominated(person, programme, policy, on)
    explanation = assess_person(person=person, programme=programme, on=on)
    amount = explanation.annual_amount
    if amount is None and explanation.outcome == Outcome.UNKNOWN:
        amount = explanation.policy.amounts.of(None)[1]
    return Assessed(Outcome(explanation.outcome), amount, explanation)


def _nominated(person: Person, programme: Programme, policy: PolicyOnDay, on: datetime.date) -> Assessed:
    amount, annual = policy.amounts.of(None)
    explanation = Explanation(
        person_id=person.pk,
        programme=programme,
        policy=policy,
        on=on,
        outcome=Outcome.ENTITLED,
        amount=amount,
        annual_amount=annual,
        clauses=(),
        would_qualify=None,
    )
    return Assessed(Outcome.ENTITLED, annual, explanation)
