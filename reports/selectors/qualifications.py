"""T1: who holds a qualification at the beginning and the end of a month, and why that changed.

A grant is in force on `[from_on, to_on)`; a suspended one too, its payments wait. One definition
serves the count and the rows behind it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Substr

from reports.catalogue import EXIT_REASONS
from reports.months import Month
from subsidies.enums import StopReason
from subsidies.models import Grant

Counts = dict[str, int]
"""By measure of T1: opening, new, exits, exits.died …, closing."""


def grants_behind(month: Month) -> dict[str, Q]:
    """For each measure of T1 the condition that picks its grants; one that covers no day counts nowhere."""
    covers_a_day = Q(to_on=None) | Q(to_on__gt=F("from_on"))
    ended = covers_a_day & Q(to_on__gte=month.first_day, to_on__lt=month.next_day)
    named = [reason for reason in EXIT_REASONS if reason != StopReason.OTHER]
    return {
        "opening": Q(from_on__lt=month.first_day) & (Q(to_on=None) | Q(to_on__gte=month.first_day)),
        "new": covers_a_day & Q(from_on__gte=month.first_day, from_on__lt=month.next_day),
        "exits": ended,
        **{f"exits.{reason}": ended & Q(stop_reason=reason) for reason in named},
        f"exits.{StopReason.OTHER}": ended & ~Q(stop_reason__in=named),
        "closing": Q(from_on__lt=month.next_day) & (Q(to_on=None) | Q(to_on__gte=month.next_day)),
    }


def count_qualifications(month: Month) -> dict[tuple[str, str], Counts]:
    """T1 by township (9 digits) and programme, over everything in scope; one pass over the grants."""
    conditions = grants_behind(month)
    names = {measure: measure.replace(".", "_") for measure in conditions}
    rows: Any = (  # the stubs know no annotation made from a mapping
        Grant.objects.filter(from_on__lt=month.next_day)
        .values("programme_id", township=Substr("division_code", 1, 9))
        .annotate(**{names[measure]: Count("pk", filter=found) for measure, found in conditions.items()})
        .order_by()
    )
    return {
        (row["township"], row["programme_id"]): {measure: row[names[measure]] for measure in conditions}
        for row in rows
    }
