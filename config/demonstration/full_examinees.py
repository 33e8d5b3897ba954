"""The examinees of the full county's year: granted in spring, on a list sealed by two people in May."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from config.demonstration.cases import DAY
from config.demonstration.full_cases import Counter, chosen
from config.demonstration.full_plan import YEAR, Plan
from config.demonstration.officers import acting
from offices import clock
from subsidies.models import Programme, Sweep
from subsidies.services.sealed_lists import freeze_list, seal_list, send_list

_FROZEN_ON = datetime.date(2013, 5, 20)


def make_examinees(plan: Plan, sweep: Sweep, say: Callable[[str], None]) -> None:
    """Examinees through the office, then the list: frozen by one, sealed by another, handed to the bureau."""
    examinees, _others = chosen(sweep, "ZKJF", plan.examinees, is_paid=False)
    Counter(say).grant("ZKJF", examinees, datetime.date(2013, 3, 5), datetime.date(2013, 4, 19))
    programme = Programme.objects.get(pk="ZKJF")
    with clock.demonstration_day(_FROZEN_ON):
        frozen = freeze_list(actor=acting("county-reviewer"), programme=programme, year=YEAR)
    with clock.demonstration_day(_FROZEN_ON + DAY):
        sealed = seal_list(actor=acting("county"), sealed_list=frozen)
    with clock.demonstration_day(_FROZEN_ON + 2 * DAY):
        send_list(
            actor=acting("county-reviewer"),
            sealed_list=sealed,
            recipient="山亭区教育局",
            sent_on=clock.today(),
        )
