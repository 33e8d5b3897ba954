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

    Who is completed has attended, and who attended had booked, so one measure can tell another.
    Where small counts stand in several measures, or need a row to protect them, the rows are hidden
    in all measures and under the same mark, two of them at least: then each hidden cell may be
    nobody, or everybody of the hidden rows.
    """
    found = {measure: hidden_cells(cells) for measure, cells in counts.items()}
    rows = {place for hidden, _is_total in found.values() for place in hidden}
    marks = {mark for hidden, _is_total in found.values() for mark in hidden.values()}
    if Suppression.PROTECTING in marks or sum(bool(hidden) for hidden, _is_total in found.values()) > 1:
        return _hidden_together(counts, rows)
    return {
        measure: _written(cells, found[measure][0], is_total_hidden=found[measure][1])
        for measure, cells in counts.items()
    }


def _hidden_together(
    counts: Mapping[str, Mapping[str, int]], rows: set[str]
) -> dict[str, tuple[Cells, int | Suppression]]:
    """Every measure without these rows; where there is one row only, a second one, or no total."""
    booked = counts["booked"]
    others = sorted((count, place) for place, count in booked.items() if count and place not in rows)
    hidden = {*rows, others[0][1]} if len(rows) == 1 and others else rows
    shown = {}
    for measure, cells in counts.items():
        if not sum(cells.get(place, 0) for place in hidden):
            shown[measure] = _written(cells, {}, is_total_hidden=False)
            continue
        marks = dict.fromkeys(hidden & cells.keys(), Suppression.PROTECTING)
        shown[measure] = _written(
            cells, marks, is_total_hidden=len(hidden) == 1 or is_small(sum(cells.values()))
        )
    return shown


def _written(
    cells: Mapping[str, int], hidden: Mapping[str, Suppression], *, is_total_hidden: bool
) -> tuple[Cells, int | Suppression]:
    total = sum(cells.values())
    mark = Suppression.SMALL if is_small(total) else Suppression.PROTECTING
    written: Cells = {place: hidden.get(place, count) for place, count in cells.items()}
    return written, mark if is_total_hidden else total
