"""Small counts are not written down, nor anything from which they could be computed.

A count of one to four points to persons. Where the total of a row of cells is published, hiding
one cell is not enough: the total less the others is the hidden one. So further cells are hidden
until, for each small count, at least two values remain possible. Zero is nobody and is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from reports.enums import Suppression

LEAST = 5


def is_small(count: int) -> bool:
    """Whether a count points to persons."""
    return 0 < count < LEAST


def hidden_cells(cells: Mapping[str, int]) -> tuple[dict[str, Suppression], bool]:
    """Which cells of a published total are hidden and how, and whether the total must be hidden too.

    A small total is hidden.
    """
    hidden = {name: Suppression.SMALL for name, count in cells.items() if is_small(count)}
    if is_small(sum(cells.values())):
        return hidden, True
    spare = sorted(
        (name for name in cells if name not in hidden and cells[name]), key=lambda n: (cells[n], n)
    )
    while not _are_protected(cells, hidden):
        if not spare:
            return hidden, True
        hidden[spare.pop(0)] = Suppression.PROTECTING
    return hidden, False


def _are_protected(cells: Mapping[str, int], hidden: Mapping[str, Suppression]) -> bool:
    """Whether the visible cells and the total leave at least two values for each small count."""
    small = [name for name, mark in hidden.items() if mark is Suppression.SMALL]
    protecting = len(hidden) - len(small)
    rest = sum(cells[name] for name in hidden)
    for _name in small:
        others = len(small) - 1
        most = min(LEAST - 1, rest - others - LEAST * protecting)
        least = 1 if protecting else max(1, rest - (LEAST - 1) * others)
        if most <= least:
            return False
    return True


def hides_reasons(places: Mapping[str, Mapping[str, int]]) -> tuple[bool, bool]:
    """Whether the reasons of exits are hidden in all places, and whether in their total too.

    `places` has a count by reason for each place; the number of exits of each place is published.
    A single small count hides the reasons of every place, since row and column totals would give
    it away. The total keeps its reasons when none is small and more than one occurs: with a single
    reason every place's exits would be known to be of it.
    """
    if not any(is_small(count) for reasons in places.values() for count in reasons.values()):
        return False, False
    totals: dict[str, int] = {}
    for reasons in places.values():
        for reason, count in reasons.items():
            totals[reason] = totals.get(reason, 0) + count
    occurring = [count for count in totals.values() if count]
    return True, len(occurring) < 2 or any(is_small(count) for count in occurring)
