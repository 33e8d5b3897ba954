"""What of the registry itself forbids that two records become one; each sentence says what to do first."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from itertools import combinations
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.enums import CorrectionState, ParentageKind, ParentRole
from households.models import AccountCorrection, MaritalFact, Parentage, Person, Representation
from households.models.representations import OPEN_STATES
from households.services.events.checks import check_no_circle, check_parent
from households.services.events.deaths import check_nothing_later
from households.services.merge_facts import overlap
from offices.errors import DomainError

_TAKEN: dict[str, tuple[str, ...]] = {
    "name": ("name", "name_sort"),
    "death": ("died_on",),
    "phone": ("phone", "phone_digest", "phone_tail_digest"),
    "number": ("birth_date", "sex"),
}


def take_identity(survivor: Person, absorbed: Person, chosen: Mapping[str, str]) -> None:
    """Give the survivor what is chosen of the absorbed record but its number, which no two rows have at a time."""
    for code, names in _TAKEN.items():
        if chosen.get(code) == str(absorbed.pk):
            for name in names:
                setattr(survivor, name, getattr(absorbed, name))


def hindrances_of(
    survivor: Person, absorbed: Person, chosen: Mapping[str, str] | None = None
) -> list[str | Promise]:
    """What of the registry itself forbids that the two are one; `chosen`: whose facts are kept (see plan_merge)."""
    both = [survivor.pk, absorbed.pk]
    found: list[str | Promise] = []
    is_parent = Parentage.objects.filter(person__in=both, parent__in=both).exists()
    if is_parent or MaritalFact.objects.filter(person__in=both, spouse__in=both).exists():
        found.append(
            _(
                "Each record names the other as kin, and nobody is her own kin. "
                "Correct that entry first, or decide that they are two persons."
            )
        )
    elif _is_in_line(survivor, absorbed):
        found.append(
            _(
                "By the parents on record one of the two descends from the other, and nobody is her own "
                "ancestor. Correct that entry first, or decide that they are two persons."
            )
        )
    if _would_be_spouse_of_kin(both):
        found.append(
            _(
                "As one record the two would be the spouse of their own parent or child. "
                "Correct that entry first, or decide that they are two persons."
            )
        )
    one = copy.copy(survivor)
    take_identity(one, absorbed, chosen or {})
    found += dict.fromkeys(_kin_that_would_not_fit(one, survivor, absorbed))
    found += _events_after_death(one, survivor, absorbed)
    if _are_parent_and_step_parent(both):
        found.append(
            _(
                "One is on record as the parent and the other as the step-parent of the same child. "
                "Correct that entry first, or decide that they are two persons."
            )
        )
    waiting = AccountCorrection.objects.filter(person__in=both, state=CorrectionState.PROPOSED)
    if waiting.count() > 1:
        found.append(
            _(
                "An account waits to be confirmed for each of the two. Have one of them confirmed or rejected first."
            )
        )
    standing = Representation.objects.filter(person__in=both, state__in=OPEN_STATES)
    if standing.values("person").distinct().count() > 1:
        found.append(
            _(
                "Somebody stands for each of the two as agent, guardian or heir. End or reject one of them first."
            )
        )
    return found


def _would_be_spouse_of_kin(both: list[UUID]) -> bool:
    """Whether somebody is on record as spouse of one of the two and as parent or child of the other."""
    named = MaritalFact.objects.filter(person__in=both, spouse__isnull=False).values_list("spouse_id")
    naming = MaritalFact.objects.filter(spouse__in=both).values_list("person_id")
    spouses = {key for (key,) in named.union(naming)} - set(both)
    return Parentage.objects.filter(
        Q(person__in=both, parent__in=spouses) | Q(parent__in=both, person__in=spouses)
    ).exists()


def _kin_that_would_not_fit(one: Person, survivor: Person, absorbed: Person) -> Iterator[str]:
    """What the rule of parents says of the two as one, where it said nothing of the record that named the kin."""
    records = {survivor.pk: survivor, absorbed.pk: absorbed}
    rows = Parentage.objects.filter(Q(person__in=records) | Q(parent__in=records), parent__isnull=False)
    for row in rows.select_related("person", "parent").order_by("pk"):
        child, parent = row.person, row.parent
        if parent is None or (child.pk in records and parent.pk in records):
            continue
        before = _words_of_parent(
            row, parent=records.get(parent.pk, parent), child=records.get(child.pk, child)
        )
        after = _words_of_parent(
            row, parent=one if parent.pk in records else parent, child=one if child.pk in records else child
        )
        if after and not before:
            yield after


def _events_after_death(one: Person, *records: Person) -> Iterator[str]:
    """What is recorded of either after the death that is chosen, where its own record knew of no such death."""
    for record in records:
        if one.died_on and one.died_on != record.died_on:
            try:
                check_nothing_later(record, one.died_on)
            except DomainError as error:
                yield str(error)


def _words_of_parent(row: Parentage, *, parent: Person, child: Person) -> str:
    try:
        check_parent(
            parent, role=ParentRole(row.role), kind=ParentageKind(row.kind), child_born_on=child.birth_date
        )
    except DomainError as error:
        return str(error)
    return ""


def _are_parent_and_step_parent(both: list[UUID]) -> bool:
    """As one record they would be both to a child at a time, who then counted twice."""
    children: dict[UUID, list[Parentage]] = {}
    for row in Parentage.objects.filter(parent__in=both):
        children.setdefault(row.person_id, []).append(row)
    return any(
        (one.kind == ParentageKind.STEP) != (other.kind == ParentageKind.STEP)
        and overlap((one.from_on, one.to_on), (other.from_on, other.to_on))
        for rows in children.values()
        for one, other in combinations(rows, 2)
    )


def _is_in_line(survivor: Person, absorbed: Person) -> bool:
    """Whether one is an ancestor of the other, however far: as one record they would close a circle."""
    try:
        check_no_circle(child=survivor, parent=absorbed)
        check_no_circle(child=absorbed, parent=survivor)
    except DomainError:
        return True
    return False
