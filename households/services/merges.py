"""Two records of one person made one, so that it can be undone exactly.

Everything a merge writes is one change set under its own key. What is evidence (acts, reads,
postings, the lines of an application) stays where it is and is shown with the record that stayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households import policies
from households.enums import MergeState, PairState
from households.merging import mergeables
from households.models import (
    AccountCorrection,
    AmbiguousRow,
    DisputedEntry,
    DuplicatePair,
    Household,
    LifeEvent,
    MaritalFact,
    Parentage,
    Person,
    PersonMerge,
    Representation,
    Visit,
)
from households.models.duplicates import MERGE_TRANSITIONS, PAIR_TRANSITIONS
from households.services.changes import ChangeSet, change_set, take_back
from households.services.duplicate_search import find_duplicates_of
from households.services.duplicates import merged_meanwhile
from households.services.head_tasks import check_heads, keep_tasks
from households.services.homes import bring_along, bring_back, serving_village
from households.services.merge_facts import write_facts
from households.services.merge_hindrances import take_identity
from households.services.merge_plan import (
    MergePlan,
    household_of_facts,
    plan_merge,
    repeated_events,
)
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed, Stale
from offices.ids import new_id
from offices.services.acts import record_act
from offices.services.states import locked, move

_REFERENCES: tuple[tuple[type[Any], str], ...] = (
    (Parentage, "parent"),
    (MaritalFact, "spouse"),
    (LifeEvent, "person"),
    (LifeEvent, "other"),
    (AccountCorrection, "person"),
    (AmbiguousRow, "chosen"),
    (DisputedEntry, "person"),
    (Representation, "person"),
    (Visit, "person"),
    (Person, "merged_into"),
)
"""Rows of the registry that name a person beside her own facts; each follows as it is."""
_NUMBER = ("id_number", "id_number_digest", "id_number_tail_digest")


@transaction.atomic
def preview_merge(
    *, actor: Actor, pair: DuplicatePair, keep: UUID, chosen: Mapping[str, str] | None = None
) -> MergePlan:
    """What a merge of a pair would change, writing nothing. Raises NotAllowed, DomainError as merge_people."""
    _check_right(actor, pair.division_code)
    with county_scope():
        survivor, absorbed = _sides(pair, keep)
        return plan_merge(actor=actor, pair=pair, survivor=survivor, absorbed=absorbed, chosen=chosen)


@transaction.atomic
def merge_people(*, actor: Actor, pair: DuplicatePair, keep: UUID, chosen: Mapping[str, str]) -> PersonMerge:
    """Make two records one: the one that is kept, and the other, which goes into it with everything.

    `keep` is the key of a record of the pair; `chosen` names for each contradiction the key of the
    record that is right. By the township within it, by the county where grants or payments move.
    Raises NotAllowed, Stale, DomainError `record_is_merged`, `choice_missing`, `merge_hindered`.
    """
    _check_right(actor, pair.division_code)
    with county_scope():
        current = locked(pair)
        if PairState.MERGED not in PAIR_TRANSITIONS.get(current.state, frozenset()):
            raise Stale("state_changed", _("Somebody has decided about this pair meanwhile. Open it again."))
        for part in mergeables():
            part.begin()
        # In the order of their keys, so that two merges that share a record wait and do not deadlock.
        people = Person.objects.select_for_update(of=("self",)).order_by("pk")
        list(people.filter(pk__in=[current.first_id, current.second_id]))
        survivor, absorbed = _sides(current, keep)
        plan = plan_merge(actor=actor, pair=current, survivor=survivor, absorbed=absorbed, chosen=chosen)
        _check_plan(actor, plan, chosen)
        try:
            with transaction.atomic():
                merge = _write(actor, plan)
        except IntegrityError as error:
            raise Stale(
                "entered_meanwhile",
                _(
                    "Something was entered for one of the two meanwhile. Open the preview again and look at it."
                ),
            ) from error
        _settle([survivor.pk, absorbed.pk])
        children = Parentage.objects.filter(parent=survivor).values_list("person_id", flat=True)
        find_duplicates_of(people=[survivor.pk, *children])
    return merge


@transaction.atomic
def undo_merge(*, actor: Actor, merge: PersonMerge) -> PersonMerge:
    """Restore both records, and every row that moved, exactly as they were before the merge.

    By whoever may merge the pair. Raises NotAllowed, Stale, DomainError `later_merge` when the record
    has gone on into another, `merge_built_upon` when money was paid on what moved, and
    `changed_since` when something was entered since.
    """
    _check_right(actor, merge.division_code)
    with county_scope():
        current = locked(merge)
        if current.state != MergeState.DONE:
            raise Stale("state_changed", _("This merge has been undone already."))
        if current.moved_amount and not policies.may_merge_money(actor):
            raise _money_is_the_county_s()
        if current.survivor.merged_into_id or current.absorbed.merged_into_id != current.survivor_id:
            raise DomainError(
                "later_merge",
                _("The record that stayed was later merged into a third one. Undo that merge first."),
            )
        for part in mergeables():
            for words in part.keeps(current.pk):
                raise DomainError("merge_built_upon", words)
        take_back(set_id=current.pk)
        bring_back(set_id=current.pk)
        check_heads(set_id=current.pk)
        undone = move(
            record=current,
            to=MergeState.UNDONE,
            transitions=MERGE_TRANSITIONS,
            actor=actor,
            verb="households.undo_merge",
            undone_by_id=actor.staff_id,
            undone_on=clock.today(),
        )
        for person in (current.survivor, current.absorbed):
            record_act(actor=actor, verb="households.undo_merge", record=person, merge=current.pk)
        _settle([current.survivor_id, current.absorbed_id])
    return undone


def _check_right(actor: Actor, division_code: str) -> None:
    if not policies.may_decide_duplicates(actor) or not actor.covers(division_code):
        raise NotAllowed()


def _sides(pair: DuplicatePair, keep: UUID) -> tuple[Person, Person]:
    """The record that stays and the one that goes, as they are now."""
    people = Person.objects.in_bulk([pair.first_id, pair.second_id])
    if keep not in people:
        raise DomainError("no_such_side", _("Choose which of the two records stays."))
    if any(person.merged_into_id for person in people.values()):
        raise merged_meanwhile()
    (other,) = set(people) - {keep}
    return people[keep], people[other]


def _check_plan(actor: Actor, plan: MergePlan, chosen: Mapping[str, str]) -> None:
    if plan.hindrances:
        raise DomainError("merge_hindered", plan.hindrances[0])
    if plan.moves_money and not policies.may_merge_money(actor):
        raise _money_is_the_county_s()
    keys = {str(plan.survivor.pk), str(plan.absorbed.pk)}
    for choice in plan.choices:
        if chosen.get(choice.code) not in keys:
            raise DomainError(
                "choice_missing",
                _("The two records contradict each other in “%(what)s”. Choose which of them is right."),
                what=choice.label,
            )


def _money_is_the_county_s() -> NotAllowed:
    return NotAllowed(
        "merge_moves_money",
        _(
            "Applications, grants or payments would move with this merge. The county office does it: ask there."
        ),
    )


def _write(actor: Actor, plan: MergePlan) -> PersonMerge:
    survivor, absorbed = plan.survivor, plan.absorbed
    key = new_id()
    with change_set(key) as changes:
        changes.touch(plan.pair, survivor, absorbed)
        households = household_of_facts(plan)
        # First of all: rows of other apps change their person only between records that belong together.
        Person.objects.filter(pk=absorbed.pk).update(merged_into=survivor)
        _write_identity(plan)
        write_facts(changes, plan.facts, survivor=survivor)
        _follow(changes, survivor, absorbed)
        survivor.division_code = serving_village(survivor) or survivor.division_code
        survivor.save(update_fields=["division_code"])
        bring_along(changes, survivor)
        for part in mergeables():
            part.move(changes, absorbed, survivor)
        for household in Household.objects.filter(pk__in=households):
            keep_tasks(changes, household)
        move(
            record=plan.pair,
            to=PairState.MERGED,
            transitions=PAIR_TRANSITIONS,
            actor=actor,
            verb="households.merge_people",
        )
    merge = PersonMerge.objects.create(
        id=key,
        pair=plan.pair,
        survivor=survivor,
        absorbed=absorbed,
        chosen=dict(plan.chosen),
        moved_rows=len(plan.rows),
        moved_amount=plan.paid_amount,
        merged_by_id=actor.staff_id,
        merged_on=clock.today(),
        division_code=plan.pair.division_code,
    )
    for person in (survivor, absorbed):
        record_act(
            actor=actor,
            verb="households.merge_people",
            record=person,
            merge=merge.pk,
            into=survivor.pk,
            rows=merge.moved_rows,
            paid=merge.moved_amount,
        )
    return merge


def _write_identity(plan: MergePlan) -> None:
    survivor, absorbed = plan.survivor, plan.absorbed
    survivor.row_digest = None
    survivor.row_as_of = max(filter(None, (survivor.row_as_of, absorbed.row_as_of)), default=None)
    if plan.takes_from_absorbed("home"):
        survivor.division_code = absorbed.division_code
    take_identity(survivor, absorbed, plan.chosen)
    if plan.takes_from_absorbed("number"):
        # The former number stays with the record that went, so that a card or file with it leads here.
        own = {name: getattr(survivor, name) for name in _NUMBER}
        taken = {name: getattr(absorbed, name) for name in _NUMBER}
        Person.objects.filter(pk=absorbed.pk).update(**dict.fromkeys(_NUMBER))
        for name, value in taken.items():
            setattr(survivor, name, value)
        survivor.save()
        Person.objects.filter(pk=absorbed.pk).update(**own)
    else:
        survivor.save()


def _follow(changes: ChangeSet, survivor: Person, absorbed: Person) -> None:
    """Kin, events and entries that name the record that goes name the one that stays."""
    repeated = list(repeated_events(survivor=survivor, absorbed=absorbed))
    for model, name in _REFERENCES:
        column = model._meta.get_field(name).column
        kept = repeated if (model, name) == (LifeEvent, "person") else []
        if changes.touch_rows(model, f"t.{column} = %s AND t.id <> ALL(%s)", [absorbed.pk, kept]):
            named = model._default_manager.filter(**{name: absorbed}).exclude(pk__in=kept)
            named.update(**{name: survivor})


def _settle(people: list[UUID]) -> None:
    for part in mergeables():
        part.settle(people)
