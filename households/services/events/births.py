"""A child comes into a family: by birth or by adoption."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.enums import EventKind, HukouType, ParentageKind, ParentRole, Relation, Sex
from households.models import Household, Hukou, LifeEvent, Parentage, Person, Residence
from households.models.facts import of_sort
from households.services.events.checks import (
    check_lived,
    check_name,
    check_no_circle,
    check_no_couple,
    check_not_recorded,
    check_number,
    check_parent,
    living_members,
    relation_to,
    spouse_on,
)
from households.services.events.recording import Recording, Report, finish, recording
from offices.actors import Actor
from offices.errors import DomainError
from offices.pinyin import sort_key
from offices.sealing import Purpose, digest


def record_birth(
    *,
    actor: Actor,
    household: Household,
    report: Report,
    name: str,
    sex: Sex,
    mother: Person | None,
    father: Person | None,
    hukou_type: HukouType,
    number: str = "",
) -> LifeEvent:
    """Enter a newborn: child, kin, household, hukou and home hold from the day of birth.

    The child lives where the mother lived on that day, else the father. A number may follow until
    the child is six. Raises NotAllowed, DomainError `day_to_come`, `no_parent`, `parent_*`,
    `household_empty`, `recorded_already`, of the name and the number.
    """
    if mother is None and father is None:
        raise DomainError("no_parent", _("Name the mother or the father, or both."))
    born_on = report.happened_on
    parents = [parent for parent in (mother, father) if parent]
    with recording(
        actor=actor, kind=EventKind.BIRTH, report=report, place=household.division_code, people=parents
    ) as current:
        child = new_person(
            name=name, sex=sex, born_on=born_on, number=number, village=household.division_code
        )
        for parent, role in ((mother, ParentRole.MOTHER), (father, ParentRole.FATHER)):
            if parent:
                check_parent(parent, role=role, kind=ParentageKind.BIRTH, child_born_on=born_on)
        _check_new_child(child, parents)
        members = living_members(household, born_on)
        if not members:
            raise DomainError(
                "household_empty",
                _("Nobody lived in this household on that day. Choose the household of that day."),
            )
        child.save()
        current.made(child)
        place = _home_of(parents, current) or household.division_code
        current.put(Hukou, child, {"hukou_type": hukou_type, "place_code": household.division_code})
        current.put(Residence, child, {"place_code": place})
        for parent, role in ((mother, ParentRole.MOTHER), (father, ParentRole.FATHER)):
            if parent:
                _give_parent(current, child, parent, role, ParentageKind.BIRTH)
        head = next((row.person for row in members if row.relation == Relation.HEAD), None)
        relation = relation_to(head, child, born_on) if head else Relation.OTHER
        current.settle_in(child, household, relation)
        current.involve(*parents)
        current.household = household
        current.other = mother or father
        return finish(current, child)


def record_adoption(
    *,
    actor: Actor,
    household: Household,
    report: Report,
    child: Person,
    mother: Person | None,
    father: Person | None,
) -> LifeEvent:
    """A child of the registry is adopted into a household: new parents and home hold from the day.

    Former parents and step-parents end, but for one who is married to the adopting parent. Raises NotAllowed,
    DomainError `no_parent`, `parent_sex`, `parent_younger`, `parent_is_spouse`, `kinship_circle`,
    `recorded_already`.
    """
    if mother is None and father is None:
        raise DomainError("no_parent", _("Name the mother or the father, or both."))
    parents = [parent for parent in (mother, father) if parent]
    with recording(
        actor=actor,
        kind=EventKind.ADOPTION,
        report=report,
        place=household.division_code,
        people=[child, *parents],
    ) as current:
        check_lived(child, current.on)
        check_not_recorded(child, EventKind.ADOPTION, current.on)
        for parent, role in ((mother, ParentRole.MOTHER), (father, ParentRole.FATHER)):
            if parent:
                check_lived(parent, current.on)
                check_parent(parent, role=role, kind=ParentageKind.ADOPTED, child_born_on=child.birth_date)
                check_no_circle(child=child, parent=parent)
                check_no_couple(child=child, parent=parent)
        for parent, role in ((mother, ParentRole.MOTHER), (father, ParentRole.FATHER)):
            if parent:
                end_step(current, child, parent, role)
                _give_parent(current, child, parent, role, ParentageKind.ADOPTED)
        _end_former_parents(current, child, parents)
        if place := _home_of(parents, current):
            current.put(Residence, child, {"place_code": place})
        members = living_members(household, current.on)
        head = next((row.person for row in members if row.relation == Relation.HEAD), None)
        current.settle_in(child, household, relation_to(head, child, current.on) if head else Relation.OTHER)
        current.involve(*parents)
        current.household = household
        current.other = mother or father
        return finish(current, child)


def new_person(*, name: str, sex: Sex, born_on: datetime.date, number: str, village: str) -> Person:
    """Somebody who is not in the registry yet, not saved. Raises DomainError of name and number."""
    written = check_name(name)
    citizen = check_number(number, sex=sex, born_on=born_on)
    person = Person(
        name=written, name_sort=sort_key(written), sex=sex, birth_date=born_on, division_code=village
    )
    if citizen:
        person.id_number = citizen.number
        person.id_number_digest = digest(citizen.number, Purpose.IDENTITY_NUMBER)
        person.id_number_tail_digest = digest(citizen.number[-4:], Purpose.IDENTITY_NUMBER_TAIL)
    return person


def _check_new_child(child: Person, parents: list[Person]) -> None:
    alike = Parentage.objects.filter(
        parent__in=parents,
        person__birth_date=child.birth_date,
        person__name=child.name,
        person__sex=child.sex,
    )
    if alike.exists():
        raise DomainError(
            "recorded_already",
            _("A child %(name)s of these parents, born on this day, is in the registry already."),
            name=child.name,
        )


def _end_former_parents(current: Recording, child: Person, parents: list[Person]) -> None:
    """Whoever was father, mother or step-parent and is married to none of the new parents."""
    stay = {parent.pk for parent in parents}
    stay |= {spouse.pk for parent in parents if (spouse := spouse_on(parent, current.on))}
    for former in Parentage.objects.on(current.on).filter(person=child):
        if former.parent_id not in stay:
            kind = ParentageKind(former.kind)
            current.put(Parentage, child, None, beside=of_sort(kind), role=former.role)


def end_step(current: Recording, child: Person, parent: Person, role: ParentRole) -> None:
    """Who becomes father or mother is a step-parent no more: the entry ends, or never began if it is later."""
    rows = Parentage.objects.filter(person=child, parent=parent, role=role, kind=ParentageKind.STEP)
    for row in rows.filter(Q(to_on=None) | Q(to_on__gt=current.on)):
        current.changes.touch(row)
        row.to_on = max(row.from_on, current.on) if row.from_on else current.on
        row.save(update_fields=["to_on"])


def _give_parent(
    current: Recording, child: Person, parent: Person, role: ParentRole, kind: ParentageKind
) -> None:
    values = {"parent_id": parent.pk, "parent_digest": parent.id_number_digest, "kind": kind}
    current.put(Parentage, child, values, beside=of_sort(kind), role=role)


def _home_of(parents: list[Person], current: Recording) -> str:
    """Where the first parent with a known home lived on the day."""
    for parent in parents:
        home = Residence.objects.on(current.on).filter(person=parent).first()
        if home:
            return home.place_code
    return ""
