"""What the rules say about a person today, as an application needs it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from households.models import Person
from subsidies.enums import Outcome
from subsidies.models import Programme
from subsidies.selectors.explanation import Explanation, assess_person


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
    Raises DomainError when no published policy holds on the day.
    """
    explanation = assess_person(person=person, programme=programme, on=on)
    amount = explanation.annual_amount
    if amount is None and explanation.outcome == Outcome.UNKNOWN:
        amount = explanation.policy.amounts.of(None)[1]
    return Assessed(Outcome(explanation.outcome), amount, explanation)
