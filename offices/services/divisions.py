"""The division tree: the list it begins with, and what became of its divisions since."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from offices.actors import Actor
from offices.divisions import level_of
from offices.enums import SuccessionKind
from offices.models import Division, DivisionSuccession

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


def load_divisions(*, actor: Actor, county: str) -> int:
    """Insert or update the divisions of a county from its list; returns how many there are.

    Source: the statistics bureau's list of 2023. What a change of divisions has made of one since
    stands: the list is older than the change.
    """
    with (REFERENCE / f"divisions-{county}.csv").open(encoding="utf-8", newline="") as lines:
        divisions = [
            Division(
                code=row["code"], name=row["name"], level=row["level"], parent_id=row["parent_code"] or None
            )
            for row in csv.DictReader(lines)
        ]
    known = {division.code for division in divisions}
    for division in divisions:
        if division.parent_id not in known:
            division.parent_id = None
    divisions.sort(key=lambda division: division.code)
    changed = {
        code
        for pair in DivisionSuccession.objects.values_list("old_code", "new_code").order_by()
        for code in pair
    }
    Division.objects.bulk_create(
        [division for division in divisions if division.code not in changed],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "parent"],
    )
    return len(divisions)


@dataclass(frozen=True, slots=True)
class Succession:
    """One old division and one that follows it; `is_default`: where goes what nobody chose otherwise."""

    old_code: str
    new_code: str
    new_name: str
    is_default: bool = True


def succeed(
    *,
    change: UUID,
    kind: SuccessionKind,
    effective_on: datetime.date,
    document: str,
    lines: Sequence[Succession],
) -> None:
    """Have divisions end, begin, go on or be renamed from a day; part of the act that decided it.

    A division that is among the old and not among the new ones ends. A new one gets the township
    of its code as its parent. What there was of it stays as it was: rows name it as long as they like.
    """
    old = Division.objects.in_bulk({line.old_code for line in lines})
    DivisionSuccession.objects.bulk_create(
        DivisionSuccession(
            change=change,
            kind=kind,
            effective_on=effective_on,
            document=document,
            old_code=line.old_code,
            old_name=old[line.old_code].name,
            new_code=line.new_code,
            new_name=line.new_name,
            is_default=line.is_default,
        )
        for line in lines
    )
    names = {line.new_code: line.new_name for line in lines}
    for code, name in names.items():
        if code in old:
            Division.objects.filter(pk=code).update(name=name)
            continue
        Division.objects.create(
            code=code,
            name=name,
            level=level_of(code),
            parent_id=f"{code[:9]}000",
            from_on=effective_on,
        )
    Division.objects.filter(pk__in=set(old) - set(names)).update(to_on=effective_on)
