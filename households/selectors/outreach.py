"""Counts of outreach by place; never an order of places, and never by who came."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.db.models.functions import Substr

from households.enums import OutreachKind
from households.models import OutreachEvent
from offices import clock
from offices.actors import Actor
from offices.enums import DivisionLevel
from offices.models import Division
from offices.selectors.divisions import former_name

KINDS: tuple[OutreachKind, ...] = tuple(OutreachKind)


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """How often each kind was held in a place; `numbers` in the order of KINDS, then their sum."""

    name: str
    numbers: Sequence[int]


def counts_by_place(*, actor: Actor, from_on: datetime.date, to_on: datetime.date) -> list[PlaceCounts]:
    """What was held in `[from_on, to_on)`: by township for the county, by village below it.

    Every place of the next level has its row, in the order of the division list, a former one only
    where something was held; what was held for the actor's whole division stands first. The last row is the sum.
    """
    digits, level = (9, DivisionLevel.TOWNSHIP) if len(actor.scope) == 6 else (12, DivisionLevel.VILLAGE)
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    held = OutreachEvent.objects.visible_to(actor).standing().held_within(from_on, to_on)
    for row in (
        held.annotate(place=Substr("division_code", 1, digits))
        .values("place", "kind")
        .annotate(sum=Sum("times"))
        .order_by("place", "kind")
    ):
        counted[row["place"].ljust(12, "0")][row["kind"]] = row["sum"]
    places = Division.objects.within(actor.scope).filter(level=level).exclude(pk=actor.division_code)
    own = Division.objects.filter(pk=actor.division_code)
    today = clock.today()
    rows = [
        _row(place.name if place.is_valid_on(today) else former_name(place.name), counted.pop(place.code, {}))
        for place in [*own, *places.order_by("code")]
        if place.is_valid_on(today) or place.code in counted
    ]
    # A place that the list no longer has keeps its counts in the sum.
    rows += [_row(code, numbers) for code, numbers in sorted(counted.items())]
    total = [sum(column) for column in zip(*(row.numbers for row in rows), strict=True)]
    return [*rows, PlaceCounts("", total)]


def _row(name: str, numbers: dict[str, int]) -> PlaceCounts:
    by_kind = [numbers.get(kind, 0) for kind in KINDS]
    return PlaceCounts(name, [*by_kind, sum(by_kind)])
