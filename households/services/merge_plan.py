"""What a merge would change, row by row and yuan by yuan, before anybody says yes.

The same plan is shown and then carried out. It is made at county scope: a row that the reader may
not see is counted and named by its kind alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from households.alike import is_temporary
from households.enums import EventState
from households.merging import MOVES, MovingRow, mergeables
from households.models import (
    AccountCorrection,
    AmbiguousRow,
    DisputedEntry,
    DuplicatePair,
    LifeEvent,
    MaritalFact,
    Membership,
    Parentage,
    Person,
    Representation,
    Visit,
)
from households.models.events import MOVED, SEVERAL_A_DAY
from households.selectors.life_events import words_of
from households.services.merge_facts import FactKind, KindPlan, Placed, plan_facts
from households.services.merge_hindrances import hindrances_of
from households.services.merge_words import fact_words
from offices.actors import Actor

SHORTENED = _("holds only where the other record says nothing")
DROPPED = _("no longer holds: the other record's is kept")
REPEATED = _("the other record says the same")
_IDENTITY_LABELS: dict[str, str | Promise] = {
    "name": _("Name"),
    "number": _("Identity number, birth date and sex"),
    "death": _("Died on"),
    "phone": _("Phone"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something in which the two records contradict each other; `preset` is the key of one of them."""

    code: str
    label: str | Promise
    survivor_words: str | Promise
    absorbed_words: str | Promise
    preset: str


@dataclass(frozen=True, slots=True)
class MergePlan:
    """A merge before it is done: what must be chosen, what moves, and what stands in the way."""

    pair: DuplicatePair
    survivor: Person
    absorbed: Person
    choices: Sequence[Choice]
    chosen: Mapping[str, str]
    facts: Sequence[KindPlan]
    rows: Sequence[MovingRow]
    hindrances: Sequence[str | Promise] = field(default=())

    @property
    def paid_amount(self) -> Decimal:
        return sum((row.amount for row in self.rows if row.is_paid and row.amount), Decimal())

    @property
    def moves_money(self) -> bool:
        return any(row.is_money for row in self.rows)

    def takes_from_absorbed(self, code: str) -> bool:
        """Whether the record that goes has the word in this kind of fact."""
        return self.chosen.get(code) == str(self.absorbed.pk)


def plan_merge(
    *,
    actor: Actor,
    pair: DuplicatePair,
    survivor: Person,
    absorbed: Person,
    chosen: Mapping[str, str] | None = None,
) -> MergePlan:
    """What making two records one would change, by whose facts are kept; needs the county's scope.

    `chosen` maps codes of contradictions to the key of the record whose facts are kept; what it
    leaves out is as preset.
    """
    choices = [*_identity_choices(survivor, absorbed), *_fact_choices(actor, survivor, absorbed)]
    keys = {str(survivor.pk), str(absorbed.pk)}
    taken = {choice.code: choice.preset for choice in choices}
    taken |= {code: key for code, key in (chosen or {}).items() if code in taken and key in keys}
    # Where nothing contradicts, the only value there is is kept.
    taken |= {
        code: str(absorbed.pk) for code in _only_known_to_absorbed(survivor, absorbed) if code not in taken
    }
    facts = plan_facts(survivor=survivor, absorbed=absorbed, chosen=taken)
    rows = [
        *_identity_rows(survivor, absorbed, taken),
        *_fact_rows(actor, facts),
        *_kin_rows(actor, absorbed),
        *_entry_rows(actor, survivor, absorbed),
        *(row for part in mergeables() for row in part.moving(absorbed, survivor)),
    ]
    return MergePlan(
        pair=pair,
        survivor=survivor,
        absorbed=absorbed,
        choices=choices,
        chosen=taken,
        facts=facts,
        rows=rows,
        hindrances=[
            *hindrances_of(survivor, absorbed, taken),
            *(words for part in mergeables() for words in part.hindrances(absorbed, survivor)),
        ],
    )


def _identity_choices(survivor: Person, absorbed: Person) -> list[Choice]:
    choices = []
    for code, (own, other) in _identity_words(survivor, absorbed).items():
        if own != other and ((own and other) or code == "death"):
            preset = absorbed if _prefers_absorbed(code, survivor, absorbed) else survivor
            choices.append(
                Choice(
                    code,
                    _IDENTITY_LABELS[code],
                    own or _("no death recorded"),
                    other or _("no death recorded"),
                    str(preset.pk),
                )
            )
    return choices


def _identity_words(survivor: Person, absorbed: Person) -> dict[str, tuple[str, str]]:
    def number(person: Person) -> str:
        if person.id_number is None:
            return ""
        return f"{person.id_number.masked} · {person.birth_date:%Y-%m-%d} · {person.get_sex_display()}"

    words: dict[str, tuple[str, str]] = {
        "name": (survivor.name, absorbed.name),
        "death": (_iso(survivor.died_on), _iso(absorbed.died_on)),
    }
    if survivor.id_number_digest != absorbed.id_number_digest:
        words["number"] = (number(survivor), number(absorbed))
    if survivor.phone_digest != absorbed.phone_digest:
        words["phone"] = tuple(one.phone.masked if one.phone else "" for one in (survivor, absorbed))  # type: ignore[assignment] # two of them
    return words


def _prefers_absorbed(code: str, survivor: Person, absorbed: Person) -> bool:
    if code == "death":
        return survivor.died_on is None
    if code == "number":
        own, other = (one.id_number.reveal() if one.id_number else "" for one in (survivor, absorbed))
        return is_temporary(own) and not is_temporary(other)
    return False


def _only_known_to_absorbed(survivor: Person, absorbed: Person) -> list[str]:
    return [code for code, (own, other) in _identity_words(survivor, absorbed).items() if other and not own]


def _fact_choices(actor: Actor, survivor: Person, absorbed: Person) -> list[Choice]:
    return [
        Choice(
            plan.kind.code,
            plan.kind.label,
            _side_words(actor, plan, survivor),
            _side_words(actor, plan, absorbed),
            str(survivor.pk),
        )
        for plan in plan_facts(survivor=survivor, absorbed=absorbed, chosen={})
        if plan.is_conflict
    ]


def _side_words(actor: Actor, plan: KindPlan, person: Person) -> str:
    rows = [one.row for one in plan.placed if one.row.person_id == person.pk]
    if plan.kind.is_hidden:
        return _hidden_words(len(rows))
    return "；".join(f"{fact_words(actor=actor, row=row)}{_span(row)}" for row in rows)


def _hidden_words(count: int) -> str:
    return ngettext("%(count)s entry that no page shows", "%(count)s entries that no page shows", count) % {
        "count": count
    }


def _identity_rows(survivor: Person, absorbed: Person, taken: Mapping[str, str]) -> list[MovingRow]:
    words = _identity_words(survivor, absorbed)
    return [
        MovingRow(_IDENTITY_LABELS[code], words[code][1] or _("no death recorded"))
        for code in _IDENTITY_LABELS
        if code in words and taken.get(code) == str(absorbed.pk)
    ]


def _fact_rows(actor: Actor, facts: Sequence[KindPlan]) -> list[MovingRow]:
    rows = []
    for plan in facts:
        changed = [one for one in plan.placed if one.is_changed]
        if plan.kind.is_hidden:
            if changed:
                rows.append(MovingRow(plan.kind.label, _hidden_words(len(changed)), outcome=MOVES))
            continue
        rows += [_fact_row(actor, plan.kind, one) for one in changed]
    return rows


def _fact_row(actor: Actor, kind: FactKind, placed: Placed) -> MovingRow:
    row = placed.row
    outcome: str | Promise = MOVES
    if not placed.parts:
        outcome = REPEATED if placed.is_repeated else DROPPED
    elif placed.parts != [(row.from_on, row.to_on)]:
        outcome = SHORTENED
    label = row._meta.verbose_name if len(kind.models) > 1 else kind.label
    return MovingRow(str(label), fact_words(actor=actor, row=row), day=row.from_on, outcome=outcome)


def _kin_rows(actor: Actor, absorbed: Person) -> list[MovingRow]:
    """Children and others who name the record that goes."""
    rows = [
        MovingRow(
            _("Child of the record that goes"),
            row.person.name if actor.covers(row.person.division_code) else _("Served by another township"),
            day=row.person.birth_date,
        )
        for row in Parentage.objects.filter(parent=absorbed)
        .select_related("person")
        .order_by("from_on", "id")
    ]
    if count := MaritalFact.objects.filter(spouse=absorbed).count():
        rows.append(MovingRow(_("What rules alone read"), _hidden_words(count)))
    return rows


def repeated_events(*, survivor: Person, absorbed: Person) -> set[UUID]:
    """Events of the record that goes that the other has as well: they say nothing more and stay there.

    Of corrections and kinship there may be several a day, and each says something of its own.
    """
    own = LifeEvent.objects.alias(moved=MOVED).filter(
        person=survivor,
        kind=OuterRef("kind"),
        happened_on=OuterRef("happened_on"),
        moved=OuterRef("moved"),
        state=EventState.RECORDED,
    )
    repeated = (
        LifeEvent.objects.standing()
        .alias(moved=MOVED)
        .filter(Exists(own), person=absorbed)
        .exclude(kind__in=SEVERAL_A_DAY)
    )
    return set(repeated.values_list("pk", flat=True))


def _entry_rows(actor: Actor, survivor: Person, absorbed: Person) -> list[MovingRow]:
    repeated = repeated_events(survivor=survivor, absorbed=absorbed)
    rows = [
        MovingRow(
            _("Event"),
            words_of(event),
            day=event.happened_on,
            outcome=REPEATED if event.pk in repeated else MOVES,
        )
        for event in LifeEvent.objects.filter(Q(person=absorbed) | Q(other=absorbed))
    ]
    rows += [
        MovingRow(_("Visit"), visit.get_purpose_display(), day=visit.visited_on)
        for visit in Visit.objects.filter(person=absorbed)
    ]
    rows += [
        MovingRow(
            _("Account entered"),
            f"{entry.bank} {entry.account.masked} · {entry.get_state_display()}",
            day=entry.proposed_on,
        )
        for entry in AccountCorrection.objects.filter(person=absorbed)
    ]
    rows += [
        MovingRow(
            entry.get_kind_display(),
            f"{entry.document} · {entry.get_state_display()}",
            day=entry.entered_on,
            is_money=entry.is_paid,
        )
        for entry in Representation.objects.filter(person=absorbed)
    ]
    rows += [
        MovingRow(
            _("Row of a file that means the record"),
            f"{row.brought.file_name} · {row.line}",
            day=row.brought.as_of,
        )
        for row in AmbiguousRow.objects.filter(chosen=absorbed).select_related("brought")
    ]
    rows += [
        MovingRow(
            _("A file says otherwise than what was put right"),
            f"{entry.get_word_display()} · {entry.brought.file_name} · {entry.line}",
            day=entry.brought.as_of,
        )
        for entry in DisputedEntry.objects.filter(person=absorbed).select_related("brought")
    ]
    rows += [
        MovingRow(
            _("Record merged into it earlier"),
            earlier.name if actor.covers(earlier.division_code) else _("Served by another township"),
            day=earlier.birth_date,
        )
        for earlier in Person.objects.filter(merged_into=absorbed).order_by("pk")
    ]
    return rows


def _iso(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""


def _span(row: Any) -> str:
    """The period behind a fact, unless it is open at both ends."""
    if row.from_on is None and row.to_on is None:
        return ""
    return f" ({_iso(row.from_on) or '…'} – {_iso(row.to_on) or '…'})"


def household_of_facts(plan: MergePlan) -> set[Any]:
    """The households that either record belonged to: their heads may have changed."""
    both = [plan.survivor.pk, plan.absorbed.pk]
    return set(Membership.objects.filter(person__in=both).values_list("household_id", flat=True))
