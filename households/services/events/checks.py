"""What must be true before an event is recorded; each refusal says what to look at."""

from __future__ import annotations

import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from households.enums import EventKind, ParentageKind, ParentRole, Relation, Sex
from households.models import Household, LifeEvent, MaritalFact, Membership, Parentage, Person
from households.rows.dates import on_birthday
from households.rows.identity import read_name
from households.rows.notes import Notes
from households.selectors.search import find_person_by_number
from offices import clock
from offices.database.context import current_context
from offices.divisions import full_code, level_of
from offices.enums import DivisionLevel
from offices.errors import DomainError
from offices.identifiers import CitizenNumber, clean_number, read_citizen_number
from offices.models import Division, DivisionSuccession
from offices.selectors.divisions import successors

YOUNGEST_PARENT = 12
_LATEST_AFTER_FATHER = datetime.timedelta(days=300)
"""Civil law's longest time between a father's death and the birth of his child."""


def check_lived(person: Person, on: datetime.date) -> None:
    """Events happen to people between birth and death. Raises DomainError `before_birth`, `after_death`."""
    if on < person.birth_date:
        raise DomainError(
            "before_birth",
            _("%(name)s was born on %(born)s; this day is before it. Correct the day."),
            name=person.name,
            born=_day(person.birth_date),
        )
    if person.died_on and on > person.died_on:
        raise DomainError(
            "after_death",
            _("%(name)s died on %(died)s; this day is after it. Correct the day, or take back the death."),
            name=person.name,
            died=_day(person.died_on),
        )


def check_not_recorded(person: Person, kind: EventKind, on: datetime.date) -> None:
    """The same event twice is a slip. Raises DomainError `recorded_already`."""
    if LifeEvent.objects.standing().filter(person=person, kind=kind, happened_on=on).exists():
        raise DomainError(
            "recorded_already",
            _("This was already recorded for %(name)s on %(day)s. Open the person to see it."),
            name=person.name,
            day=_day(on),
        )


def check_parent(
    parent: Person, *, role: ParentRole, kind: ParentageKind, child_born_on: datetime.date
) -> None:
    """A parent is of the role's sex, old enough and was living.

    Raises DomainError `parent_sex`, `parent_too_young`, `parent_younger`, `parent_dead`.
    """
    if parent.sex != (Sex.MALE if role is ParentRole.FATHER else Sex.FEMALE):
        raise DomainError(
            "parent_sex",
            _(
                "%(name)s cannot be the %(role)s: the registry says the other sex. Exchange the two, or choose another person."
            ),
            name=parent.name,
            role=role.label,
        )
    if kind is not ParentageKind.BIRTH:
        if parent.birth_date >= child_born_on:
            raise DomainError(
                "parent_younger",
                _("%(name)s is not older than the child. Compare both birth dates with the cards."),
                name=parent.name,
            )
        return
    if on_birthday(parent.birth_date, YOUNGEST_PARENT) > child_born_on:
        raise DomainError(
            "parent_too_young",
            _(
                "%(name)s is not even %(years)s years older than the child. Compare both birth dates with the cards."
            ),
            name=parent.name,
            years=YOUNGEST_PARENT,
        )
    if parent.died_on and child_born_on > latest_birth(role, parent.died_on):
        raise DomainError(
            "parent_dead",
            _("%(name)s died on %(died)s, too long before this birth. Correct one of the two days."),
            name=parent.name,
            died=_day(parent.died_on),
        )


def latest_birth(role: ParentRole, died_on: datetime.date) -> datetime.date:
    """The last day on which a child of somebody who died can be born; a father's while civil law says so."""
    return died_on + _LATEST_AFTER_FATHER if role is ParentRole.FATHER else died_on


def check_no_circle(*, child: Person, parent: Person) -> None:
    """Nobody is her own ancestor, on any day. Raises DomainError `kinship_circle`."""
    table = Parentage._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE above(id) AS (
                SELECT %s::uuid
                UNION
                SELECT p.parent_id FROM {table} p JOIN above ON p.person_id = above.id
                 WHERE p.parent_id IS NOT NULL AND (p.from_on IS NULL OR p.to_on IS NULL OR p.from_on < p.to_on)
            ) SELECT EXISTS (SELECT FROM above WHERE id = %s)
            """,
            [parent.pk, child.pk],
        )
        is_circle = cursor.fetchone()[0]
    if is_circle:
        raise DomainError(
            "kinship_circle",
            _(
                "%(parent)s descends from %(child)s, so she cannot be a parent of hers. Look at both persons' parents and children."
            ),
            parent=parent.name,
            child=child.name,
        )


def check_no_couple(*, child: Person, parent: Person) -> None:
    """Nobody is the spouse of her own parent, on any day. Raises DomainError `parent_is_spouse`."""
    couple = Q(person=child, spouse=parent) | Q(person=parent, spouse=child)
    if MaritalFact.objects.filter(couple).exists():
        raise DomainError(
            "parent_is_spouse",
            _("The two are recorded as a couple. Compare the number with the card."),
        )


def check_number(number: str, *, sex: str, born_on: datetime.date) -> CitizenNumber | None:
    """An identity number that agrees with sex and birth, or none.

    Raises DomainError of its reader, `number_sex`, `number_birth`.
    """
    if not number.strip():
        return None
    citizen = read_citizen_number(number)
    if citizen.sex != sex:
        raise DomainError(
            "number_sex", _("The identity number says the other sex. Compare both with the card.")
        )
    if citizen.born_on != born_on:
        raise DomainError(
            "number_birth", _("The identity number says another birth date. Compare both with the card.")
        )
    return citizen


def check_name(text: str) -> str:
    """A name as the registry keeps it. Raises DomainError as the resident file's reader."""
    notes = Notes()
    name = read_name(text, notes)
    for error in notes.errors:
        raise DomainError(error.code, error.message, **error.params)
    return name


def person_of_number(number: str) -> Person:
    """Who has an identity number, anywhere in the county. Raises DomainError of its reader, `number_nowhere`."""
    person = find_person_by_number(number)
    if person is None:
        raise DomainError(
            "nobody_has_number",
            _(
                "Nobody in the county has this identity number. Compare it with the card; somebody from outside is recorded as an arrival first."
            ),
        )
    return person


def check_village(code: str, on: datetime.date) -> str:
    """A village of the county that there was on the day.

    Raises DomainError `division_form`, `division_not_village`, `division_unknown`, `division_not_then`.
    """
    place = check_place(code, on)
    if not place.startswith(current_context().county):
        raise DomainError(
            "division_elsewhere",
            _("This is the code of another county. Record that the person left the county instead."),
        )
    return place


def check_place(code: str, on: datetime.date) -> str:
    """A place in twelve digits: a village if it is in the county, any division elsewhere."""
    cleaned = clean_number(code)
    try:
        place = full_code(cleaned)
    except ValueError as error:
        raise DomainError(
            "division_form",
            _("A division code has 6, 9 or 12 digits. Look the code up in the list of divisions."),
        ) from error
    if not place.startswith(current_context().county):
        return place
    if level_of(place) is not DivisionLevel.VILLAGE:
        raise DomainError(
            "division_not_village",
            _("This is the code of a township or of the county. Enter the code of the village."),
        )
    division = Division.objects.filter(pk=place).first()
    if division is None:
        raise DomainError(
            "division_unknown",
            _("The county has no village with this code. Look the code up in the list of divisions."),
        )
    if division.to_on and on < division.to_on <= clock.today():
        return _followed(division)
    if division.from_on and on < division.from_on and _follows(division):
        # The families of the village that it followed were there, and the day's village is gone.
        return place
    if (division.from_on and on < division.from_on) or (division.to_on and on >= division.to_on):
        raise DomainError(
            "division_not_then",
            _("%(name)s was not a village on %(day)s. Choose the village of that day."),
            name=division.name,
            day=_day(on),
        )
    return place


def _followed(division: Division) -> str:
    """The village that is there today in the place of one that has ended since the day."""
    following = successors(current_context().county, clock.today()).unique(division.pk)
    if not following:
        raise DomainError(
            "division_was_split",
            _("%(name)s has been split. Choose the village of today to which the family belongs."),
            name=division.name,
        )
    return following


def _follows(division: Division) -> bool:
    return DivisionSuccession.objects.filter(new_code=division.pk).exclude(old_code=division.pk).exists()


def membership_on(person: Person, on: datetime.date) -> Membership | None:
    """To which household somebody belonged on a day."""
    return Membership.objects.on(on).filter(person=person).select_related("household").first()


def living_members(household: Household, on: datetime.date) -> list[Membership]:
    """Who belonged to a household and was living on a day, the head first."""
    rows = Membership.objects.on(on).filter(household=household, person__in=Person.objects.living_on(on))
    return sorted(
        rows.select_related("person"),
        key=lambda row: (row.relation != Relation.HEAD, row.person.birth_date, row.person_id),
    )


def spouse_on(person: Person, on: datetime.date) -> Person | None:
    """The spouse who is in the registry, on a day, whichever of the two records says so."""
    own = MaritalFact.objects.on(on).filter(person=person).select_related("spouse").first()
    if own and own.state not in (None, "married"):
        return None
    if own and own.spouse:
        return own.spouse
    other = MaritalFact.objects.on(on).filter(spouse=person).exclude(state__in=["divorced", "widowed"])
    found = other.select_related("person").first()
    return found.person if found else None


def relation_to(head: Person, person: Person, on: datetime.date) -> Relation:
    """How somebody is related to a head by the recorded kin of a day; else `other`."""
    if head.pk == person.pk:
        return Relation.HEAD
    male = person.sex == Sex.MALE
    spouse = spouse_on(head, on)
    if spouse and spouse.pk == person.pk:
        return Relation.SPOUSE
    parents = _parents([person.pk], on)
    if head.pk in parents or (spouse and spouse.pk in parents):
        return Relation.SON if male else Relation.DAUGHTER
    if head.pk in _parents(list(parents), on):
        return Relation.GRANDSON if male else Relation.GRANDDAUGHTER
    if person.pk in _parents([head.pk], on):
        return Relation.FATHER if male else Relation.MOTHER
    return Relation.OTHER


def _parents(people: list[UUID], on: datetime.date) -> set[UUID]:
    rows = Parentage.objects.on(on).filter(person__in=people, parent__isnull=False)
    return set(rows.values_list("parent_id", flat=True))


def _day(day: datetime.date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""
