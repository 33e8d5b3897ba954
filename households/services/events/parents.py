"""Whose child somebody is, where no birth or adoption was entered here: kin of who came from outside."""

from __future__ import annotations

import dataclasses

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.enums import EventKind, ParentageKind, ParentRole, Relation, Sex
from households.models import LifeEvent, Membership, Parentage, Person
from households.models.facts import of_sort
from households.services.events.births import end_step
from households.services.events.checks import (
    check_lived,
    check_no_circle,
    check_no_couple,
    check_parent,
    living_members,
    relation_to,
)
from households.services.events.recording import Recording, Report, finish, recording
from households.services.own_family import check_not_own_family
from offices.actors import Actor
from offices.errors import DomainError


def record_parent_of(
    *,
    actor: Actor,
    child: Person,
    parent: Person,
    report: Report,
    kind: ParentageKind,
    place: str = "",
    is_former_wrong: bool = False,
) -> LifeEvent:
    """Somebody is another's parent: by birth from the birth on, adopted or step from the day of the report.

    `place` is the village whose counter records it: the child's, or the parent's. Another father or
    mother on record gives way to an adoption, by birth only if that one `is_former_wrong`; a
    step-parent stands beside them, and gives way to another one and to an adoption. A relation
    “other” in a household follows. Raises NotAllowed, DomainError
    `own_family`, `parent_is_self`, `parent_is_spouse`, `has_parent`, `parent_*`, `kinship_circle`,
    `nothing_changes`, `before_birth`, `after_death`.
    """
    if parent.pk == child.pk:
        raise DomainError("parent_is_self", _("A person cannot be her own parent."))
    if kind is ParentageKind.BIRTH:
        report = dataclasses.replace(report, happened_on=child.birth_date)
    role = ParentRole.FATHER if parent.sex == Sex.MALE else ParentRole.MOTHER
    with recording(
        actor=actor,
        kind=EventKind.PARENTAGE,
        report=report,
        place=place or child.division_code,
        people=[child, parent],
    ) as current:
        for one in (child, parent):
            check_not_own_family(actor=actor, person=one.pk)
            if kind is not ParentageKind.BIRTH:
                check_lived(one, current.on)
        check_parent(parent, role=role, kind=kind, child_born_on=child.birth_date)
        check_no_circle(child=child, parent=parent)
        check_no_couple(child=child, parent=parent)
        _check_place_is_free(current, child, parent, role, kind, is_former_wrong=is_former_wrong)
        _end_other_sort(current, child, parent, role, kind)
        values = {"parent_id": parent.pk, "parent_digest": parent.id_number_digest, "kind": kind}
        current.put(Parentage, child, values, beside=of_sort(kind), role=role)
        current.involve(child, parent)
        for one in (child, parent):
            _relate(current, one)
        current.other = parent
        current.detail = {"kin": kind}
        return finish(current, child)


def _check_place_is_free(
    current: Recording,
    child: Person,
    parent: Person,
    role: ParentRole,
    kind: ParentageKind,
    *,
    is_former_wrong: bool,
) -> None:
    former = Parentage.objects.on(current.on).filter(of_sort(kind), person=child, role=role).first()
    if former is None:
        return
    is_same = former.parent_id == parent.pk or (
        former.parent_id is None
        and parent.id_number_digest is not None
        and former.parent_digest == parent.id_number_digest
    )
    if is_same and former.kind == kind and former.parent_id:
        raise DomainError(
            "nothing_changes",
            _("The registry says this for that day already. Compare it with the document."),
        )
    if is_same or is_former_wrong or kind is not ParentageKind.BIRTH:
        return
    raise DomainError(
        "has_parent",
        _("%(child)s has another %(role)s on record. If that is wrong, say so below and name the document."),
        child=child.name,
        role=role.label,
    )


def _end_other_sort(
    current: Recording, child: Person, parent: Person, role: ParentRole, kind: ParentageKind
) -> None:
    """Nobody is a child's parent and step-parent at a time, and no step-parent stays after an adoption."""
    if kind is not ParentageKind.STEP:
        end_step(current, child, parent, role)
    is_before = {
        ParentageKind.STEP: Q(parent=parent) & of_sort(ParentageKind.BIRTH),
        ParentageKind.ADOPTED: of_sort(ParentageKind.STEP),
    }.get(kind)
    if is_before is not None:
        current.put(Parentage, child, None, beside=is_before, role=role)


def _relate(current: Recording, person: Person) -> None:
    """Who is “other” to the head of her household is now what the kin on record says."""
    rows = Membership.objects.filter(person=person, relation=Relation.OTHER).filter(
        Q(to_on=None) | Q(to_on__gt=current.on)
    )
    for row in rows.select_related("household"):
        day = max(current.on, row.from_on or current.on)
        members = living_members(row.household, day)
        head = next((one.person for one in members if one.relation == Relation.HEAD), None)
        relation = relation_to(head, person, day) if head else Relation.OTHER
        if relation in (Relation.OTHER, Relation.HEAD):
            continue
        if row.from_on is None or row.from_on < day:
            current.settle_in(person, row.household, relation)
        else:
            current.involve(person)
            current.changes.touch(row)
            row.relation = relation
            row.save(update_fields=["relation"])
