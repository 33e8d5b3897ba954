"""What the rules say about a person today, as an application needs it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from households.models import Person
from subsidies.enums import Frequency, Outcome
from subsidies.models import Programme

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Assessed:
    """The outcome of the registry's clauses on a day, what a year would bring, and why."""

    outcome: Outcome
    annual_amount: Decimal | None
    explanation: Any

    @property
    def first_unmet(self) -> str:
        """The first clause that does not hold, in words; empty when there is none."""
        return next((str(clause.text) for clause in self.explanation.clauses if clause.result is False), "")

    @property
    def first_unknown(self) -> str:
        """The first clause that cannot be judged yet, in words; empty when there is none."""
        return next((str(clause.text) for clause in self.explanation.clauses if clause.result is None), "")


def assessed(*, person: Person, programme: Programme, on: datetime.date) -> Assessed:
    """Assess one person for one programme on a day; a month's amount counts twelve times a year."""
    from subsidies.selectors.explanation import assess_person

    explanation = assess_person(person=person, programme=programme, on=on)
    amount = explanation.amount
    if amount is not None and programme.frequency == Frequency.MONTHLY:
        amount *= MONTHS
    return Assessed(Outcome(explanation.outcome), amount, explanation)
