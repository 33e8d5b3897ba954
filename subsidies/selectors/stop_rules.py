"""Until when is paid whose reason ended on a day: by the policy version of that day."""

from __future__ import annotations

import datetime

from django.db import connection

from subsidies.enums import Frequency, StopRule
from subsidies.models import Programme
from subsidies.periods import end_after


def stop_rule_on(programme: Programme, day: datetime.date) -> StopRule:
    """The stop rule of a programme of which a version is published, as it holds on a day.

    On a day without a version that of the last one before it, else of the first; the database's own
    definition, which batches and the check of heirs' shares read too.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT subsidies_stop_rule(%s, %s)", [programme.pk, day])
        (rule,) = cursor.fetchone()
    return StopRule(rule)


def paid_until(programme: Programme, event_on: datetime.date) -> datetime.date:
    """The first day no longer paid of a programme, after a reason that arose on a day."""
    return end_after(stop_rule_on(programme, event_on), event_on)


def ends_with_death(
    programme: Programme, *, ends_on: datetime.date | None, died_on: datetime.date | None
) -> datetime.date | None:
    """The first day no longer paid of a grant whose receiver died; what is paid once is owed whole."""
    if died_on is None or programme.frequency == Frequency.ONCE:
        return ends_on
    last = paid_until(programme, died_on)
    return min(ends_on, last) if ends_on else last
