"""Lines of the register when two records of one person become one, or one leaves the registry.

They stay where they are as evidence: the assessment that follows the merge clears those of the record
that goes, opens those of the one that stays, and respects what was declined under either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from households.merging import Mergeable, MovingRow
from households.models import Person
from subsidies.models import Debt


def _nothing() -> None:
    return None


def _no_rows(_absorbed: Person, _survivor: Person) -> Sequence[MovingRow]:
    return ()


def _no_hindrance(_absorbed: Person, _survivor: Person) -> Sequence[str | Promise]:
    return ()


def _leave(_changes: Any, _absorbed: Person, _survivor: Person) -> None:
    return None


def _keeps(_merge: UUID) -> Sequence[str | Promise]:
    return ()


def _settled_by_assessment(_people: Sequence[UUID]) -> None:
    return None


def drop_lines_of_leavers(people: Iterable[UUID]) -> None:
    """What nobody has acted upon goes with somebody whose entry into the registry is taken back."""
    Debt.objects.filter(person__in=list(people), acts=None).delete()


DEBTS_MERGEABLE = Mergeable(
    references=((Debt, "person"),),
    begin=_nothing,
    moving=_no_rows,
    hindrances=_no_hindrance,
    move=_leave,
    keeps=_keeps,
    settle=_settled_by_assessment,
)
