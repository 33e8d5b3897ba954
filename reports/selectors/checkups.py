"""T6: the bookings of a month's check-up sessions by the township of the counter; no person.

Small counts are not written down: see reports.suppression.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Substr

from checkups.enums import BookingState
from checkups.models import Booking
from reports.catalogue import CHECKUP_MEASURES
from reports.enums import Suppression
from reports.months import Month
from reports.suppression import hidden_cells, is_small

Cells = dict[str, int | Suppression]


def count_bookings(month: Month) -> dict[str, dict[str, int]]:
    """By measure and township (9 digits), over everything in scope, nothing suppressed yet."""
    came = [BookingState.ATTENDED, BookingState.COMPLETED]
    rows: Any = (  # the stubs ask for literal keys
        Booking.objects.filter(session__held_on__gte=month.first_day, session__held_on__lt=month.next_day)
        .values(township=Substr("division_code", 1, 9))
        .annotate(
            booked=Count("pk", filter=~Q(state=BookingState.CANCELLED)),
            attended=Count("pk", filter=Q(state__in=came)),
            completed=Count("pk", filter=Q(state=BookingState.COMPLETED)),
        )
        .order_by()
    )
    found: dict[str, dict[str, int]] = {measure: {} for measure in CHECKUP_MEASURES}
    for row in rows:
        for measure in CHECKUP_MEASURES:
            found[measure][row["township"]] = row[measure]
    return found


def shown_bookings(counts: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[Cells, int | Suppression]]:
    """By measure: the cells and their total as they may be written.

    Where a township protects another's small count, the rows of both are hidden in all measures and
    under the same mark: since completed ≤ attended ≤ booked, one measure could tell another, and
    a mark of its own which of them is small.
    """
    together: set[str] = set()
    while True:
        hidden = {measure: hidden_cells(cells, also=together) for measure, cells in counts.items()}
        marks = [mark for found, _is_total in hidden.values() for mark in found.values()]
        rows = {place for found, _is_total in hidden.values() for place in found}
        is_joint = Suppression.PROTECTING in marks
        if not is_joint or rows == together:
            break
        together = rows
    shown: dict[str, tuple[Cells, int | Suppression]] = {}
    for measure, cells in counts.items():
        found, is_total_hidden = hidden[measure]
        total = sum(cells.values())
        mark = Suppression.SMALL if is_small(total) else Suppression.PROTECTING
        if is_joint:
            found = dict.fromkeys(found, Suppression.PROTECTING)
        written: Cells = {place: found.get(place, count) for place, count in cells.items()}
        shown[measure] = written, mark if is_total_hidden else total
    return shown
