"""What the rules say about a person today, as an application needs it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from households.models import Person
from offices.database.context import county_scope
from offices.database.planning import looking_rows_up
from subsidies.enums import Outcome, ProgrammeKind
from subsidies.models import Programme
from subsidies.selectors.deciding import outcomes_among
from subsidies.selectors.explanation import Explanation, assess_person, no_policy_on_day
from subsidies.selectors.rules import PolicyOnDay, policy_on

AT_ONCE = 1000
"""So many people are decided by one statement."""


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


def assessed_among(
    *, people: Sequence[UUID], programme: Programme, on: datetime.date
) -> dict[UUID, tuple[Outcome, Decimal | None]]:
    """The outcome for each of many people on a day, and what a year brings the entitled; without reasons.

    By the same statement as `assessed`, over many at once and at county scope. A record that was merged
    into another is left out. Raises DomainError when no published policy holds on the day.
    """
    found: dict[UUID, tuple[Outcome, Decimal | None]] = {}
    with county_scope():
        policy = policy_on(programme.code, on)
        if policy is None:
            raise no_policy_on_day(programme, on)
        with looking_rows_up():
            for start in range(0, len(people), AT_ONCE):
                found |= outcomes_among(policy, people[start : start + AT_ONCE])
    return found


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
