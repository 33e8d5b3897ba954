"""When the month is summarised: in the night of each month's first day, the county's own time."""

from __future__ import annotations

from offices.actors import Actor
from offices.services.schedule import schedule

TASK = "reports.summarise_month"


def load_schedule(*, actor: Actor, county: str) -> int:
    """Enter the monthly summary of a county into the schedule, once; what an office changed stays.

    Part of the reference data. Returns how many entries there are.
    """
    return schedule(task=TASK, county=county, hour=1, minute=30, day_of_month="1")
