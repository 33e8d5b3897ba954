"""Makers of what tests need, with defaults that are lawful and complete."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings

from households.enums import HukouType, Relation, Sex
from households.models import Household, Hukou, Membership, Person, Residence
from offices.actors import Actor
from offices.database.context import keep_context, open_context
from offices.divisions import full_code
from offices.enums import Role
from offices.models import RoleGrant, Staff
from offices.pinyin import sort_key
from offices.sealing import Purpose, digest

TOWNSHIP = "370406101000"
VILLAGE = "370406101200"
OTHER_TOWNSHIP = "370406102000"
OTHER_VILLAGE = "370406102200"
DIVISION_OF_ROLE = {Role.VILLAGE: VILLAGE, Role.TOWNSHIP: TOWNSHIP, Role.TOWNSHIP_REVIEWER: TOWNSHIP}


_kept: dict[str, Actor] = {}


def keep_everybody() -> None:
    """Commit whom most tests ask for, once for all of them; a village has no specialist but hers."""
    from tests.subsidies.money import STEPS

    actors = [make_actor(role) for role in Role if role is not Role.SYSTEM]
    actors += [make_actor(role, OTHER_TOWNSHIP) for role in (Role.TOWNSHIP, Role.TOWNSHIP_REVIEWER)]
    actors += [make_actor(role, name=f"{step}") for step, role in STEPS if role is not Role.VILLAGE]
    _kept.update({actor.username: actor for actor in actors})


def make_actor(role: Role, division: str | None = None, *, name: str = "") -> Actor:
    """A member of staff in a role for a division; the same arguments give the same person."""
    code = full_code(division) if division else DIVISION_OF_ROLE.get(role, full_code(settings.HUIMIN_COUNTY))
    username = f"{role}-{code}{name}"
    if username in _kept:
        return _kept[username]
    with keep_context():
        held = RoleGrant.objects.select_related("staff")
        grant = held.filter(staff__username=username, role=role, division_id=code).first()
        if grant is None:
            staff, _created = Staff.objects.get_or_create(
                username=username, defaults={"name": name or f"{role.label}"}
            )
            grant = RoleGrant.objects.create(
                staff=staff, role=role, division_id=code, from_on=datetime.date(2000, 1, 1)
            )
        return grant.actor()


def make_person(
    *,
    village: str = VILLAGE,
    name: str = "王秀英",
    born: str = "1953-02-01",
    sex: str = Sex.FEMALE,
    number: str | None = None,
    hukou: str = HukouType.RURAL,
    **fields: Any,
) -> Person:
    """A resident of a village with hukou and residence there since birth."""
    person = Person(
        name=name,
        name_sort=sort_key(name),
        sex=sex,
        birth_date=datetime.date.fromisoformat(born),
        division_code=village,
        **fields,
    )
    if number:
        person.id_number = number
        person.id_number_digest = digest(number, Purpose.IDENTITY_NUMBER)
        person.id_number_tail_digest = digest(number[-4:], Purpose.IDENTITY_NUMBER_TAIL)
    person.save()
    person.refresh_from_db()
    Hukou.objects.create(person=person, hukou_type=hukou, place_code=village, division_code=village)
    Residence.objects.create(person=person, place_code=village, division_code=village)
    return person


def make_household(head: Person, *members: tuple[Person, str], number: str | None = None) -> Household:
    """A household of a head and further members with their relations."""
    household = Household.objects.create(
        number=number or str(head.pk)[-12:], division_code=head.division_code
    )
    for person, relation in ((head, Relation.HEAD), *members):
        Membership.objects.create(
            person=person, household=household, relation=relation, division_code=person.division_code
        )
    return household


__all__ = ["make_actor", "make_household", "make_person", "open_context"]
