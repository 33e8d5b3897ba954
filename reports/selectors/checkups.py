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
from reports.suppression import hidden_cells

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

    A township that protects another's count in one measure does so in all: between booked and
    completed, attended could otherwise be told.
    """
    protecting: set[str] = set()
    for cells in counts.values():
        hidden, _is_total_hidden = hidden_cells(cells)
        protecting |= {place for place, mark in hidden.items() if mark is Suppression.PROTECTING}
    shown: dict[str, tuple[Cells, int | Suppression]] = {}
    for measure, cells in counts.items():
        hidden, is_total_hidden = hidden_cells(cells, also=protecting)
        total = sum(cells.values())
        mark = Suppression.SMALL if 0 < total < 5 else Suppression.PROTECTING
        written: Cells = {place: hidden.get(place, count) for place, count in cells.items()}
        shown[measure] = written, mark if is_total_hidden else total
    return shown
