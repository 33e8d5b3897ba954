"""Counts by place that give nobody away: no number from one to four, and none that can be worked out.

What is suppressed is not left blank beside a total, from which it could be computed: the rows with
a small number are put together into one, with as many further rows as it takes until nothing in it
is small either. Where the whole is small nothing is told but that it is. A nought is told: it is
about nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SMALL = 5
"""Fewer than so many are never told."""

Cells = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told: rows by place, the rest as one row of `merged` places, and the whole."""

    rows: Mapping[str, Cells]
    rest: Cells | None
    merged: int
    total: Cells


def is_small(cells: Cells) -> bool:
    """Whether any number of a row is from one to four."""
    return any(0 < number < SMALL for number in cells.values())


def summed(rows: Iterable[Cells]) -> dict[str, int]:
    """Rows added up, column by column."""
    total: dict[str, int] = {}
    for cells in rows:
        for column, number in cells.items():
            total[column] = total.get(column, 0) + number
    return total


def tell(rows: Mapping[str, Cells]) -> Told | None:
    """What may be told of rows with the same columns; None when even their sum is small.

    All columns of a row stay together: one is often another's difference.
    """
    total = summed(rows.values())
    if is_small(total):
        return None
    apart = {place for place, cells in rows.items() if is_small(cells)}
    others = sorted(set(rows) - apart, key=lambda place: (sum(rows[place].values()), place))
    while apart and (len(apart) < 2 or is_small(summed(rows[place] for place in apart))):
        apart.add(others.pop(0))
    return Told(
        rows={place: cells for place, cells in rows.items() if place not in apart},
        rest=summed(rows[place] for place in apart) if apart else None,
        merged=len(apart),
        total=total,
    )
