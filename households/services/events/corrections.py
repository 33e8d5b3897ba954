"""What the registry says of a person herself is put right, by her papers.

A correction holds as if it had always been so. What other rows say because of the wrong entry follows
in the same change set, so that all of it is taken back together.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.enums import EventKind, MaritalState, ParentageKind, ParentRole, Relation, Sex
from households.models import LifeEvent, MaritalFact, Membership, Parentage, Person
from households.models.facts import of_sort
from households.services.events.checks import check_name, check_number, check_parent, membership_on
from households.services.events.deaths import check_nothing_later
from households.services.events.recording import Recording, Report, finish, recording
from households.services.events.waiting_kin import NAMED, link_waiting_kin
from households.services.homes import FACTS
from households.services.own_family import check_not_own_family
from households.services.units import read_phone
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError
from offices.identifiers import clean_phone
from offices.pinyin import sort_key
from offices.sealing import Purpose, digest

_OLDEST_BIRTH = datetime.date(1850, 1, 1)
_NAMES = {
    "name": "name",
    "sex": "sex",
    "birth_date": "born",
    "died_on": "death",
    "id_number_digest": "number",
    "phone_digest": "phone",
}
"""How the event names what was corrected, by the column that tells that it was."""
_OF_THE_OTHER_SEX = {
    Relation.SON: Relation.DAUGHTER,
    Relation.DAUGHTER: Relation.SON,
    Relation.FATHER: Relation.MOTHER,
    Relation.MOTHER: Relation.FATHER,
    Relation.GRANDSON: Relation.GRANDDAUGHTER,
    Relation.GRANDDAUGHTER: Relation.GRANDSON,
}


@dataclass(frozen=True, slots=True)
class Right:
    """How an entry should read. None: it stays. Number or phone empty: what is on record is not hers.

    `is_alive`: the death was recorded wrongly; `died_on`: it was another day.
    """

    name: str | None = None
    sex: Sex | None = None
    born_on: datetime.date | None = None
    number: str | None = None
    phone: str | None = None
    died_on: datetime.date | None = None
    is_alive: bool = False


def correct_entry(*, actor: Actor, person: Person, report: Report, right: Right) -> LifeEvent:
    """Put right what the registry says of a person; `happened_on` is the day of the document.

    The counter that serves her does it, never for its own family. What decides benefits or who she is
    needs its document. Relations, kinship by role and by number, and a survivor's state for the rules
    follow. Raises NotAllowed, DomainError `own_family`, `nothing_changes`, `document_needed`,
    `born_day`, `not_dead`, `event_after_death`, `other_parent`, `parent_*`, `survivor_later`, of name,
    number and phone, and the constraints' own.
    """
    with recording(
        actor=actor,
        kind=EventKind.CORRECTION,
        report=report,
        place=person.division_code,
        people=[person],
    ) as current:
        check_not_own_family(actor=actor, person=person.pk)
        values = _differing(person, _values(person, right))
        corrected = [word for column, word in _NAMES.items() if column in values]
        if not corrected:
            raise DomainError(
                "nothing_changes",
                _("The registry says all of this already. Change what is wrong, then record it."),
            )
        if corrected != ["phone"] and not report.document.strip():
            raise DomainError(
                "document_needed",
                _("Name the document by which the entry is corrected, such as the identity card."),
            )
        former = {name: getattr(person, name) for name in values}
        current.change(person, **values)
        current.detail = {"corrected": corrected}
        if since := _holds_since(person, former, values):
            current.detail["since"] = since.isoformat()
        if "died_on" in former:
            current.detail["former_death"] = former["died_on"].isoformat()
        _let_follow(current, person, former)
        return finish(current, person)


def _values(person: Person, right: Right) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if right.name is not None:
        written = check_name(right.name)
        values |= {"name": written, "name_sort": sort_key(written)}
    if right.sex is not None:
        values["sex"] = right.sex
    if right.born_on is not None:
        if not _OLDEST_BIRTH <= right.born_on <= clock.today():
            raise DomainError(
                "born_day", _("The birth date lies in the future or too long ago. Correct the date.")
            )
        values["birth_date"] = right.born_on
    if right.is_alive or right.died_on is not None:
        if person.died_on is None:
            raise DomainError("not_dead", _("No death is on record. Record the death itself."))
        if right.died_on:
            check_nothing_later(person, right.died_on)
        values["died_on"] = None if right.is_alive else right.died_on
        _check_has_come(values["died_on"])
    return values | _number(person, right) | _phone(right)


def _check_has_come(day: datetime.date | None) -> None:
    if day and day > clock.today():
        raise DomainError(
            "death_to_come", _("This day is still to come. Enter the day on which the person died.")
        )


def _number(person: Person, right: Right) -> dict[str, Any]:
    """The number as it should be; what is on record must agree with a corrected sex and birth too."""
    if right.number is not None and not right.number.strip():
        return dict.fromkeys(("id_number", "id_number_digest", "id_number_tail_digest"))
    known = person.id_number.reveal() if person.id_number else ""
    if right.number is None and right.sex is None and right.born_on is None:
        return {}
    citizen = check_number(
        known if right.number is None else right.number,
        sex=right.sex or person.sex,
        born_on=right.born_on or person.birth_date,
    )
    if citizen is None or right.number is None:
        return {}
    return {
        "id_number": citizen.number,
        "id_number_digest": digest(citizen.number, Purpose.IDENTITY_NUMBER),
        "id_number_tail_digest": digest(citizen.number[-4:], Purpose.IDENTITY_NUMBER_TAIL),
    }


def _phone(right: Right) -> dict[str, Any]:
    if right.phone is None:
        return {}
    if not (phone := read_phone(clean_phone(right.phone))):
        return dict.fromkeys(("phone", "phone_digest", "phone_tail_digest"))
    return {
        "phone": phone,
        "phone_digest": digest(phone, Purpose.PHONE),
        "phone_tail_digest": digest(phone[-4:], Purpose.PHONE_TAIL),
    }


def _differing(person: Person, values: dict[str, Any]) -> dict[str, Any]:
    """Without what is on record already; of a sealed value its digest tells."""
    told_by = {"id_number": "id_number_digest", "id_number_tail_digest": "id_number_digest",
               "phone": "phone_digest", "phone_tail_digest": "phone_digest", "name_sort": "name"}  # fmt: skip
    return {
        name: value
        for name, value in values.items()
        if not _is_alike(getattr(person, told_by.get(name, name)), values[told_by.get(name, name)])
    }


def _is_alike(known: Any, said: Any) -> bool:
    if isinstance(known, bytes | memoryview) and isinstance(said, bytes | memoryview):
        return bytes(known) == bytes(said)
    return bool(known == said)


def _holds_since(person: Person, former: dict[str, Any], values: dict[str, Any]) -> datetime.date | None:
    """From which day on the registry says something else of her; of a phone it is the day of the report."""
    days: list[datetime.date] = []
    if "birth_date" in values:
        days.append(former["birth_date"])
    if values.keys() & {"birth_date", "sex", "name", "id_number_digest"}:
        days.append(person.birth_date)
    if "died_on" in values:
        days.append(values["died_on"] or former["died_on"])
    return min(days, default=None)


def _let_follow(current: Recording, person: Person, former: dict[str, Any]) -> None:
    if "sex" in former:
        _follow_sex(current, person)
    if "birth_date" in former:
        _follow_birth(current, person, former["birth_date"])
    if "id_number_digest" in former:
        _follow_number(current, person)
    if "died_on" in former:
        _follow_death(current, person, former["died_on"])
    if former.keys() & {"sex", "birth_date", "died_on"}:
        _check_kin(person)


def _follow_sex(current: Recording, person: Person) -> None:
    """A mother becomes a father, a son a daughter, in all that was said of her."""
    role = ParentRole.FATHER if person.sex == Sex.MALE else ParentRole.MOTHER
    for row in Parentage.objects.filter(parent=person).exclude(role=role).select_related("person"):
        beside = of_sort(ParentageKind(row.kind))
        if Parentage.objects.filter(beside, person=row.person, role=role).exists():
            raise DomainError(
                "other_parent",
                _(
                    "%(child)s has another %(role)s on record. Put right first who the parents of %(child)s are."
                ),
                child=row.person.name,
                role=role.label,
            )
        current.involve(row.person)
        _put(current, row, role=role)
    for member in Membership.objects.filter(person=person, relation__in=_OF_THE_OTHER_SEX):
        _put(current, member, relation=_OF_THE_OTHER_SEX[Relation(member.relation)])


def _follow_birth(current: Recording, person: Person, former: datetime.date) -> None:
    """What held from a birth that was entered too late holds from the earlier day."""
    if person.birth_date > former:
        return
    for model in FACTS:
        for row in model._default_manager.filter(person=person, from_on=former):
            _put(current, row, from_on=person.birth_date)


def _follow_number(current: Recording, person: Person) -> None:
    """Whoever named her by the former number names her by the right one; and who did by it already."""
    for model, name in NAMED:
        for row in model._default_manager.filter(**{name: person}).select_related("person"):
            current.involve(row.person)
            _put(current, row, **{f"{name}_digest": person.id_number_digest})
    link_waiting_kin(current, person)


def _follow_death(current: Recording, person: Person, former: datetime.date) -> None:
    """A survivor is one from the right day on, or not at all; heads are counted again."""
    if membership := membership_on(person, clock.today()):
        current.households[membership.household_id] = membership.household
    survived = MaritalFact.objects.filter(spouse=person, state=MaritalState.WIDOWED, from_on=former)
    for row in survived.select_related("person"):
        current.involve(row.person)
        day = person.died_on
        if day is None:
            _put(current, row, state=MaritalState.MARRIED)
            continue
        before = MaritalFact.objects.filter(person=row.person, to_on=former).first()
        if (before and before.from_on and before.from_on >= day) or (row.to_on and row.to_on <= day):
            raise DomainError(
                "survivor_later",
                _(
                    "What is on record of %(name)s, who survives, does not fit this day. Take back first what was entered of her since."
                ),
                name=row.person.name,
            )
        if before and day < former:
            _put(current, before, to_on=day)
        _put(current, row, from_on=day)
        if before and day > former:
            _put(current, before, to_on=day)


def _check_kin(person: Person) -> None:
    """Parents and children fit what is on record now."""
    for row in Parentage.objects.filter(person=person, parent__isnull=False).select_related("parent"):
        if row.parent:
            _check_parent(row, row.parent, person)
    for row in Parentage.objects.filter(parent=person).select_related("person"):
        _check_parent(row, person, row.person)


def _check_parent(row: Parentage, parent: Person, child: Person) -> None:
    check_parent(
        parent, role=ParentRole(row.role), kind=ParentageKind(row.kind), child_born_on=child.birth_date
    )


def _put(current: Recording, row: Any, **values: Any) -> None:
    current.changes.touch(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
