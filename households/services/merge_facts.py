"""The dated facts of two records as one timeline without overlap.

Of each kind one record's facts are kept where the two hold for the same days, the other's fill
what is left open. A fact for which nothing is left holds for no day any more: it stays where it is,
its period empty, and what it said is in the history and in the change set.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.enums import ParentageKind
from households.models import (
    Absence,
    BankAccount,
    Disability,
    Employment,
    ExaminationYear,
    Hukou,
    InsuranceElsewhere,
    Lodging,
    MaritalFact,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Person,
    Residence,
)
from households.models.facts import DatedFact
from households.services.merge_words import fact_words
from offices.actors import Actor
from offices.ids import new_id

Period = tuple[datetime.date | None, datetime.date | None]

_UNCOMPARED = {"id", "person", "from_on", "to_on", "source", "document", "recorded_at", "division_code"}


@dataclass(frozen=True, slots=True)
class FactKind:
    """Facts that are kept together from one record; of `is_hidden` ones a page says only that they are."""

    code: str
    label: str | Promise
    models: tuple[type[DatedFact], ...]
    is_hidden: bool = False


FACT_KINDS = (
    FactKind("home", _("Household and home"), (Membership, Absence, Residence)),
    FactKind("hukou", _("Hukou"), (Hukou,)),
    FactKind("parents", _("Parents"), (Parentage,)),
    FactKind("certificate", _("Only-child certificate"), (OnlyChildCertificate,)),
    FactKind("employment", _("Employment"), (Employment,)),
    FactKind("lodging", _("Compound"), (Lodging,)),
    FactKind("examination", _("Examination year"), (ExaminationYear,)),
    FactKind("insurance", _("Insured elsewhere"), (InsuranceElsewhere,)),
    FactKind("account", _("Bank account"), (BankAccount,)),
    FactKind("for_rules", _("What rules alone read"), (MaritalFact, Disability), is_hidden=True),
)


@dataclass(slots=True)
class Placed:
    """Where a fact goes: to the record that stays or not, and for which parts of its period.

    `is_repeated`: the other record says nothing else for those days.
    """

    row: DatedFact
    parts: list[Period]
    has_moved: bool
    is_repeated: bool = False

    @property
    def is_changed(self) -> bool:
        return self.has_moved or self.parts != [(self.row.from_on, self.row.to_on)]


@dataclass(frozen=True, slots=True)
class KindPlan:
    """One kind of fact of two records: where each row goes, and whether the two contradict each other."""

    kind: FactKind
    placed: Sequence[Placed]
    is_conflict: bool


def plan_facts(*, survivor: Person, absorbed: Person, chosen: dict[str, str]) -> list[KindPlan]:
    """What each kind of fact comes to, by whose facts are kept (`chosen`: code → key of a record)."""
    plans = []
    for kind in FACT_KINDS:
        own = [row for model in kind.models for row in _facts_of(model, survivor)]
        gone = [row for model in kind.models for row in _facts_of(model, absorbed)]
        is_gone_kept = chosen.get(kind.code) == str(absorbed.pk)
        kept, other = (gone, own) if is_gone_kept else (own, gone)
        placed = [Placed(row, [(row.from_on, row.to_on)], is_gone_kept) for row in kept]
        for row in other:
            parts = without((row.from_on, row.to_on), [_period(one) for one in kept if _excludes(one, row)])
            placed.append(
                Placed(
                    row,
                    parts,
                    has_moved=bool(parts) and not is_gone_kept,
                    is_repeated=not _contradict(kept, [row]),
                )
            )
        plans.append(KindPlan(kind, placed, is_conflict=_contradict(own, gone)))
    return plans


def write_facts(changes: Any, plans: Iterable[KindPlan], *, survivor: Person) -> None:
    """Write the plans: first what shrinks, then what moves, then what is left of a fact in two parts."""
    placed = [one for plan in plans for one in plan.placed if one.is_changed]
    changes.touch(*(one.row for one in placed))
    for one in sorted(placed, key=lambda one: one.has_moved):
        row, first = one.row, (one.parts or [_nothing(one.row)])[0]
        row.from_on, row.to_on = first
        if one.has_moved:
            row.person = survivor
            row.division_code = survivor.division_code
        row.save(update_fields=["from_on", "to_on", "person", "division_code"])
    for one in placed:
        for part in one.parts[1:]:
            changes.made(_copied(one.row, part))


def without(period: Period, taken: Iterable[Period]) -> list[Period]:
    """What of a period `[from, to)` is left open by others; an empty end is open."""
    parts = [] if _is_empty(period) else [period]
    for other in taken:
        if not _is_empty(other):
            parts = [left for part in parts for left in _cut(part, other)]
    return parts


def _cut(part: Period, other: Period) -> list[Period]:
    start, end = part
    from_on, to_on = other
    if not overlap(part, other):
        return [part]
    left: list[Period] = []
    if from_on is not None and (start is None or start < from_on):
        left.append((start, from_on))
    if to_on is not None and (end is None or to_on < end):
        left.append((to_on, end))
    return left


def overlap(one: Period, other: Period) -> bool:
    """Whether two periods share a day."""
    if _is_empty(one) or _is_empty(other):
        return False
    return (one[1] is None or other[0] is None or other[0] < one[1]) and (
        other[1] is None or one[0] is None or one[0] < other[1]
    )


def _is_empty(period: Period) -> bool:
    return period[0] is not None and period[1] is not None and period[1] <= period[0]


def _nothing(row: DatedFact) -> Period:
    """A period without a day, at the place where the fact began."""
    day = row.from_on or row.to_on or row.person.birth_date
    return day, day


def _period(row: DatedFact) -> Period:
    return row.from_on, row.to_on


def _facts_of(model: type[DatedFact], person: Person) -> list[Any]:
    return list(
        model._default_manager.select_related("person").filter(person=person).order_by("from_on", "id")
    )


def _excludes(one: Any, other: Any) -> bool:
    """Whether two facts cannot both hold on a day: one of a kind, one parent of a role and sort, home or away."""
    if isinstance(one, Parentage) and isinstance(other, Parentage):
        is_of_sort = (one.kind == ParentageKind.STEP) == (other.kind == ParentageKind.STEP)
        is_same = one.parent_id is not None and one.parent_id == other.parent_id
        return bool(one.role == other.role and (is_of_sort or is_same))
    return type(one) is type(other) or {type(one), type(other)} == {Membership, Absence}


def _contradict(own: Sequence[Any], gone: Sequence[Any]) -> bool:
    return any(
        _excludes(one, other) and overlap(_period(one), _period(other)) and _said(one) != _said(other)
        for one in own
        for other in gone
    )


def _said(row: Any) -> tuple[Any, ...]:
    """What a fact says; a sealed value is compared by its digest."""
    return (
        type(row),
        *(
            getattr(row, entry.attname)
            for entry in row._meta.fields
            if entry.name not in _UNCOMPARED and entry.get_internal_type() != "BinaryField"
        ),
        getattr(row, "account_digest", None),
    )


def _copied(row: Any, part: Period) -> DatedFact:
    copy = type(row)(**{entry.attname: getattr(row, entry.attname) for entry in row._meta.fields})
    copy.pk = new_id()
    copy.from_on, copy.to_on = part
    copy.save(force_insert=True)
    return copy


def facts_side_by_side(
    *, actor: Actor, first: Person, second: Person, on: datetime.date
) -> list[tuple[str | Promise, str, str]]:
    """What two records say on a day, kind by kind; what rules alone read is left out. At county scope."""
    lines = []
    for kind in FACT_KINDS:
        for model in kind.models:
            if kind.is_hidden or model is Parentage:
                continue
            said = [
                "；".join(
                    fact_words(actor=actor, row=row)
                    for row in model._default_manager.on(on).filter(person=person)
                )
                for person in (first, second)
            ]
            label = str(model._meta.verbose_name) if len(kind.models) > 1 else kind.label
            lines.append((label, said[0], said[1]))
    return lines
