"""What the page of a change of divisions shows: its villages, what follows, what stays."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from households.models import DivisionChange, DivisionChangeLine, FormerPlace, Household
from households.succession import words_of_counted
from offices.enums import Role
from offices.models import Staff
from offices.selectors.divisions import name_on, names_on


@dataclass(frozen=True, slots=True)
class Way:
    """From one village to another, in words with their codes."""

    old_name: str
    old_code: str
    new_name: str
    new_code: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class CountedLine:
    """How many of a kind follow on each way of a change, in the order of its ways, and how many stay."""

    words: str | Promise
    counts: Sequence[int]
    total: int


@dataclass(frozen=True, slots=True)
class Renumbered:
    """A household that gets another number, and why: the old one is taken in the new village."""

    old_name: str
    old_number: str
    new_name: str
    new_number: str


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role that is granted on."""

    staff: str
    role: str | Promise
    old_name: str
    new_name: str


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What was counted when a change was prepared, or done."""

    counted_on: datetime.date | None
    ways: Sequence[Way]
    follows: Sequence[CountedLine]
    stays: Sequence[CountedLine]
    numbers: Sequence[Renumbered]
    roles: Sequence[RoleLine]


def preview_of(change: DivisionChange) -> ChangePreview:
    """The counts of a change in words."""
    lines = list(change.lines.all())
    ways = [
        Way(line.old_name, line.old_code, line.new_name, line.new_code, line.is_default) for line in lines
    ]
    old = {line.old_code: line.old_name for line in lines}
    new = {line.new_code: line.new_name for line in lines}
    said: dict[str, Any] = change.preview
    follows, stays = _counted(said.get("counted", []), ways)
    return ChangePreview(
        counted_on=datetime.date.fromisoformat(said["counted_on"]) if said.get("counted_on") else None,
        ways=ways,
        follows=follows,
        stays=stays,
        numbers=[
            Renumbered(
                old.get(one["old_code"], one["old_code"]),
                one["old_number"],
                new.get(one["new_code"], one["new_code"]),
                one["new_number"],
            )
            for one in said.get("numbers", [])
        ],
        roles=_roles(said.get("roles", []), old, new),
    )


def _counted(counted: Sequence[Any], ways: Sequence[Way]) -> tuple[list[CountedLine], list[CountedLine]]:
    follows: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    stays: dict[str, int] = defaultdict(int)
    for one in counted:
        if one["to"]:
            follows[one["kind"]][one["from"], one["to"]] += one["count"]
        else:
            stays[one["kind"]] += one["count"]
    order = [(way.old_code, way.new_code) for way in ways]
    return (
        [
            CountedLine(words_of_counted(kind), [counts[way] for way in order], sum(counts.values()))
            for kind, counts in follows.items()
        ],
        [CountedLine(words_of_counted(kind), (), count) for kind, count in stays.items()],
    )


def _roles(roles: Sequence[Any], old: dict[str, str], new: dict[str, str]) -> list[RoleLine]:
    names = {
        str(key): name
        for key, name in Staff.objects.filter(pk__in={one["staff"] for one in roles}).values_list(
            "pk", "name"
        )
    }
    return [
        RoleLine(
            names.get(one["staff"], ""),
            Role(one["role"]).label,
            old.get(one["old_code"], one["old_code"]),
            new.get(one["new_code"], one["new_code"]),
        )
        for one in roles
    ]


def ways_of(changes: Sequence[DivisionChange]) -> dict[UUID, list[DivisionChangeLine]]:
    """The lines of several changes, in one query."""
    lines: dict[UUID, list[DivisionChangeLine]] = {change.pk: [] for change in changes}
    for line in DivisionChangeLine.objects.filter(change__in=changes):
        lines[line.change_id].append(line)
    return lines


@dataclass(frozen=True, slots=True)
class FormerNumber:
    """A village and number that a household had, until a day."""

    village: str
    number: str
    until_on: datetime.date


def former_numbers(household: Household) -> list[FormerNumber]:
    """Where a household was before changes of divisions, the last place first."""
    places = list(FormerPlace.objects.filter(household=household))
    if not places:
        return []
    eve = datetime.timedelta(days=1)
    return [
        FormerNumber(name_on(place.place_code, place.until_on - eve), place.number, place.until_on)
        for place in places
    ]


def place_then(household: Household, on: datetime.date) -> tuple[str, str]:
    """The name of the village and the number that a household had on a day."""
    then = FormerPlace.objects.on(on).filter(household=household).first()
    code, number = (then.place_code, then.number) if then else (household.division_code, household.number)
    return names_on([code], on).get(code, code), number
