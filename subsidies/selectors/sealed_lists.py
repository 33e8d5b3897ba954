"""Who stands on a list for another office, and what has changed since the lists that were sealed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from households.models import ExaminationYear, Person
from offices.models import Division
from offices.sealing import Sealed
from subsidies.enums import GrantState, ListChange, ProgrammeKind
from subsidies.models import Grant, PolicyVersion, PriorityLetter, Programme, SealedList, SealedListEntry
from subsidies.selectors.parameters import has_value, value_on

POINTS = "points"


@dataclass(frozen=True, slots=True)
class ListRow:
    """Somebody with a right on the list of a year, by her grant or her letter."""

    person: Person
    grant_id: UUID | None
    letter_id: UUID | None
    points: int
    division_code: str


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry that a supplement needs; `before` is the entry that it replaces."""

    change: ListChange
    row: ListRow | None
    before: SealedListEntry | None


@dataclass(frozen=True, slots=True)
class Listed:
    """Everybody of a programme and year, and how many grants take part in no examination of the year."""

    rows: list[ListRow]
    without_examination: int = 0


def listed_in(programme: Programme, year: int) -> Listed:
    """Who belongs on the list of a year as things stand now, by township, village and name.

    Of points: grants in force in the year whose holder sits the examination of that year, each after
    its notices were heard (a grant is made after the last of them). Of priorities: families with a
    letter that holds in the year. Needs a context of the whole county.
    """
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    if programme.kind == ProgrammeKind.LETTER:
        return Listed(_with_letters(programme, first, last))
    grants = list(
        Grant.objects.filter(programme=programme, from_on__lte=last, state=GrantState.LIVE)
        .filter(Q(to_on=None) | Q(to_on__gt=first))
        .select_related("person", "policy_version")
        .order_by("division_code", "person__name_sort", "person_id")
    )
    sitting = set(
        ExaminationYear.objects.filter(
            Q(from_on=None) | Q(from_on__lte=last),
            Q(to_on=None) | Q(to_on__gt=first),
            year=year,
            person__in=[grant.person_id for grant in grants],
        ).values_list("person_id", flat=True)
    )
    rows = [
        ListRow(grant.person, grant.pk, None, _points(grant.policy_version, first), grant.division_code)
        for grant in grants
        if grant.person_id in sitting and not _has_died(grant.person, first)
    ]
    return Listed(rows, len(grants) - len(rows))


def _with_letters(programme: Programme, first: datetime.date, last: datetime.date) -> list[ListRow]:
    found: dict[UUID, ListRow] = {}
    letters = (
        PriorityLetter.objects.standing()
        .filter(programme=programme, issued_on__lte=last, last_day__gte=first)
        .select_related("person")
        .order_by("division_code", "person__name_sort", "person_id", "issued_on", "pk")
    )
    for letter in letters:
        found.setdefault(letter.person_id, ListRow(letter.person, None, letter.pk, 0, letter.division_code))
    return list(found.values())


def _points(version: PolicyVersion, day: datetime.date) -> int:
    return int(value_on(version, POINTS, day)) if has_value(version, POINTS, day) else 0


def _has_died(person: Person, day: datetime.date) -> bool:
    return person.died_on is not None and person.died_on < day


def standing_entries(first: SealedList) -> dict[UUID, SealedListEntry]:
    """By person, the entry that holds after the first list and all its sealed supplements."""
    standing: dict[UUID, SealedListEntry] = {}
    lists = [first.pk, *first.supplemented_by.sealed().values_list("pk", flat=True)]
    entries = (
        SealedListEntry.objects.filter(list__in=lists)
        .select_related("person", "list")
        .order_by("list__sealed_on", "list__number", "serial")
    )
    for entry in entries:
        # Of two records that became one, the entry goes with the record that stayed.
        person_id = entry.person.merged_into_id or entry.person_id
        if entry.change == ListChange.REMOVED:
            standing.pop(person_id, None)
        else:
            standing[person_id] = entry
    return standing


def differences(first: SealedList) -> list[Difference]:
    """What a supplement to a list has to say now: added, corrected, removed."""
    standing = standing_entries(first)
    found = []
    rows = listed_in(first.programme, first.year).rows
    for row in rows:
        before = standing.pop(row.person.pk, None)
        if before is None:
            found.append(Difference(ListChange.ADDED, row, None))
        elif not _agrees(row, before):
            found.append(Difference(ListChange.CORRECTED, row, before))
    found += [Difference(ListChange.REMOVED, None, entry) for entry in standing.values()]
    return found


def _agrees(row: ListRow, entry: SealedListEntry) -> bool:
    return (row.person.name, row.points) == (entry.name, entry.points) and _same(
        row.person.id_number, entry.id_number
    )


def _same(one: Sealed | None, other: Sealed | None) -> bool:
    return (one.reveal() if one else "") == (other.reveal() if other else "")


def is_as_frozen(sealed_list: SealedList) -> bool:
    """Whether a frozen list still says what it would say if it were frozen now."""
    entries = {entry.person_id: entry for entry in sealed_list.entries.select_related("person")}
    if sealed_list.supplements_id is None:
        rows = {row.person.pk: row for row in listed_in(sealed_list.programme, sealed_list.year).rows}
        return rows.keys() == entries.keys() and all(_agrees(rows[key], entries[key]) for key in rows)
    first = SealedList.objects.select_related("programme").get(pk=sealed_list.supplements_id)
    now = {
        (one.row.person.pk if one.row else one.before.person_id if one.before else None, one.change)
        for one in differences(first)
    }
    frozen = {(entry.person_id, entry.change) for entry in entries.values()}
    return {(key, str(change)) for key, change in now} == frozen


def names_of_places() -> Mapping[str, str]:
    """Every division's name by its code."""
    return dict(Division.objects.values_list("code", "name"))
