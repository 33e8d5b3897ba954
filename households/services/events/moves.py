"""Moves: to another home, into the county, out of it, and back."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from households.enums import EventKind, FactSource, HukouType, Relation, Sex
from households.models import Absence, Household, Hukou, LifeEvent, Person, Residence
from households.services.events.births import new_person
from households.services.events.checks import (
    check_lived,
    check_not_recorded,
    check_place,
    check_village,
    living_members,
    membership_on,
    relation_to,
)
from households.services.events.families import new_household
from households.services.events.recording import Recording, Report, finish, recording
from households.services.events.waiting_kin import link_waiting_kin
from offices import clock
from offices.actors import Actor
from offices.database.context import current_context
from offices.errors import DomainError

_NUMBER_FROM_AGE = 6


@transaction.atomic
def record_moves(
    *,
    actor: Actor,
    people: Sequence[Person],
    report: Report,
    to_place: str,
    home_moves: bool = True,
    hukou_moves: bool = False,
    household_number: str = "",
) -> list[LifeEvent]:
    """People move: home, hukou, or both, within the village, the county, or to work beyond it.

    They stay members of their household unless a `household_number` of the village they move to
    is given: a household that is there is joined, else the first of them sets it up. Raises
    NotAllowed, DomainError `nobody_chosen`, `nothing_moves`, `is_away`, `lives_there_already`,
    `division_*`, `before_birth`, `after_death`, `recorded_already`.
    """
    if not people:
        raise DomainError("nobody_chosen", _("Choose who moves."))
    if not (home_moves or hukou_moves):
        raise DomainError("nothing_moves", _("Say what moves: the home, the hukou, or both."))
    number = household_number.strip()
    place = (check_village if number else check_place)(to_place, report.happened_on)
    return [_move(actor, person, report, place, home_moves, hukou_moves, number) for person in people]


def _move(
    actor: Actor,
    person: Person,
    report: Report,
    place: str,
    home_moves: bool,
    hukou_moves: bool,
    number: str,
) -> LifeEvent:
    with recording(
        actor=actor, kind=EventKind.MOVE, report=report, place=person.division_code, people=[person]
    ) as current:
        check_lived(person, current.on)
        moved = "both" if home_moves and hukou_moves else "hukou" if hukou_moves else "home"
        _check_not_moved_already(person, current, moved)
        membership = membership_on(person, current.on)
        if membership is None:
            raise DomainError(
                "is_away",
                _("%(name)s belonged to no household of the county on that day. Record that she came back."),
                name=person.name,
            )
        current.household = membership.household
        current.detail = {"from": _home(person, current), "to": place, "moved": moved}
        if not _moves_anything(current, person, place, home_moves, hukou_moves) and not number:
            raise DomainError(
                "lives_there_already",
                _("%(name)s is recorded there already on that day. Compare place and day."),
                name=person.name,
            )
        if number:
            _move_household(current, person, place, number)
        return finish(current, person)


def _check_not_moved_already(person: Person, current: Recording, moved: str) -> None:
    """A home and a hukou may move on one day by two reports: the family's, and the police's."""
    moves = LifeEvent.objects.standing().filter(person=person, kind=EventKind.MOVE, happened_on=current.on)
    said = {event.detail.get("moved", "both") for event in moves}
    if moved == "both" or said & {moved, "both"}:
        check_not_recorded(person, EventKind.MOVE, current.on)


def _moves_anything(
    current: Recording, person: Person, place: str, home_moves: bool, hukou_moves: bool
) -> bool:
    has_moved = False
    if home_moves and _home(person, current) != place:
        current.put(Residence, person, {"place_code": place})
        current.move_out(person, unless_to=place)
        has_moved = True
    hukou = Hukou.objects.on(current.on).filter(person=person).first()
    if hukou_moves and (hukou is None or hukou.place_code != place):
        _register(current, person, place)
        has_moved = True
    return has_moved


def _move_household(current: Recording, person: Person, place: str, number: str) -> None:
    household = Household.objects.filter(division_code=place, number=number).first()
    if household is None:
        household = new_household(current, number, place)
    current.settle_in(person, household, _relation_in(household, person, current))
    current.detail["into"] = str(household.pk)


@transaction.atomic
def record_departures(
    *,
    actor: Actor,
    people: Sequence[Person],
    report: Report,
    to_place: str = "",
    hukou_moves: bool = False,
) -> list[LifeEvent]:
    """People leave the county for good: they belong to no household of it until they come back.

    `to_place` may be unknown. Who only works elsewhere moves and stays a member. Raises NotAllowed,
    DomainError `nobody_chosen`, `away_already`, `moved_later`, `place_in_county`, `division_form`,
    `before_birth`, `after_death`, `recorded_already`.
    """
    if not people:
        raise DomainError("nobody_chosen", _("Choose who leaves."))
    place = check_place(to_place, report.happened_on) if to_place.strip() else ""
    events = []
    for person in people:
        with recording(
            actor=actor,
            kind=EventKind.DEPARTURE,
            report=report,
            place=person.division_code,
            people=[person],
        ) as current:
            check_lived(person, current.on)
            check_not_recorded(person, EventKind.DEPARTURE, current.on)
            _check_outside(place)
            membership = membership_on(person, current.on)
            if membership is None:
                raise DomainError(
                    "away_already",
                    _("%(name)s belonged to no household of the county on that day already."),
                    name=person.name,
                )
            _check_stays_away(person, current, membership.to_on)
            current.household = membership.household
            current.detail = {"from": _home(person, current), "to": place}
            current.leave(person, place)
            current.put(Residence, person, {"place_code": place} if place else None)
            current.move_out(person)
            if hukou_moves:
                _register(current, person, place)
            events.append(finish(current, person))
    return events


def _check_stays_away(person: Person, current: Recording, until: datetime.date | None) -> None:
    """Nobody moves into a village of the county while she is away from it; a file may know no better."""
    homes = Residence.objects.exclude(source=FactSource.FILE).order_by("from_on")
    later = homes.filter(
        person=person, from_on__gt=current.on, place_code__startswith=current_context().county
    )
    home = later.filter(from_on__lt=until).first() if until else later.first()
    if home and home.from_on:
        raise DomainError(
            "moved_later",
            _(
                "%(name)s lives in a village of the county from %(day)s on, after this day. Compare the days; if that entry is wrong, take it back first."
            ),
            name=person.name,
            day=home.from_on.isoformat(),
        )


def record_return(
    *,
    actor: Actor,
    person: Person,
    report: Report,
    village: str,
    household_number: str,
    hukou_moves: bool = False,
) -> LifeEvent:
    """Somebody who had left the county belongs to one of its households again and lives in its village.

    A household of the village is joined by its number, else she sets it up as its head. The counter of
    that village records it. Raises NotAllowed, DomainError `not_away`, `household_number_missing`,
    `division_*`, `before_birth`, `after_death`, `recorded_already`.
    """
    place = check_village(village, report.happened_on)
    number = _household_number(household_number)
    with recording(
        actor=actor, kind=EventKind.RETURN, report=report, place=place, people=[person]
    ) as current:
        check_lived(person, current.on)
        check_not_recorded(person, EventKind.RETURN, current.on)
        if not Absence.objects.on(current.on).filter(person=person).exists():
            raise DomainError(
                "not_away",
                _(
                    "%(name)s had not left the county on that day. Record a move or that she joined the household."
                ),
                name=person.name,
            )
        current.detail = {"from": _home(person, current), "to": place}
        household = _household(current, place, number)
        _take_in(current, person, household)
        if hukou_moves:
            _register(current, person, place)
        current.household = household
        return finish(current, person)


def record_arrival(
    *,
    actor: Actor,
    report: Report,
    village: str,
    household_number: str,
    name: str,
    sex: Sex,
    born_on: datetime.date,
    hukou_type: HukouType,
    hukou_place: str = "",
    number: str = "",
) -> LifeEvent:
    """Somebody from outside, whom the registry does not know, comes to live in a village.

    A household of the village is joined by its number, else she sets it up as its head. Before the
    day she was away. The hukou stays where it was (`hukou_place`) or comes along. Kin who named her by
    her number name her record from now on. Raises
    NotAllowed, DomainError `born_after_arrival`, `household_number_missing`, `number_needed`,
    `is_registered`, `was_here`, `division_*`, of name and number.
    """
    place = check_village(village, report.happened_on)
    entered = _household_number(household_number)
    with recording(actor=actor, kind=EventKind.ARRIVAL, report=report, place=place) as current:
        if born_on > current.on:
            raise DomainError(
                "born_after_arrival", _("The birth date is after the day of arrival. Correct one of the two.")
            )
        person = new_person(name=name, sex=sex, born_on=born_on, number=number, village=place)
        _check_is_new(person)
        if not number.strip() and person.age_on(current.on) >= _NUMBER_FROM_AGE:
            raise DomainError(
                "number_needed",
                _("Only children under six may be without an identity number. Enter it from the card."),
            )
        person.save()
        current.made(person)
        link_waiting_kin(current, person)
        current.made(Absence.objects.create(person=person, to_on=current.on, division_code=place))
        household = _household(current, place, entered)
        _take_in(current, person, household)
        registered = check_place(hukou_place, current.on) if hukou_place.strip() else place
        current.put(Hukou, person, {"hukou_type": hukou_type, "place_code": registered})
        current.household = household
        current.detail = {"to": place}
        return finish(current, person)


def _household_number(text: str) -> str:
    if not text.strip():
        raise DomainError("household_number_missing", _("Give the number of the household in the village."))
    return text.strip()


def _household(current: Recording, village: str, number: str) -> Household:
    """The household of a village by its number, else a new one."""
    known = Household.objects.filter(division_code=village, number=number).first()
    return known or new_household(current, number, village)


def children_who_left(*, name: str, sex: Sex, born_on: datetime.date) -> QuerySet[Person]:
    """Who of this name, sex and birth is away without having an identity number; at county scope."""
    away = Absence.objects.on(clock.today()).filter(person=OuterRef("pk"), from_on__isnull=False)
    return (
        Person.objects.standing()
        .filter(Exists(away), id_number_digest=None, name=name, sex=sex, birth_date=born_on)
        .order_by("pk")
    )


def _check_is_new(person: Person) -> None:
    """Nobody is entered twice: neither by her number nor a child without one that had left the county."""
    number = person.id_number_digest
    if number and Person.objects.filter(id_number_digest=number).exists():
        raise DomainError(
            "is_registered",
            _(
                "Somebody with this identity number is in the registry and had not left the county on that day. "
                "Compare number and day. If she moves here, it is no arrival: look for the number in the whole "
                "county, and ask the township that serves her to record her move to this village and household."
            ),
        )
    alike = children_who_left(name=person.name, sex=Sex(person.sex), born_on=person.birth_date)
    if not number and alike.exists():
        raise DomainError(
            "was_here",
            _(
                "A child %(name)s, born on this day, had left the county. If it is this child, say that it "
                "comes back; if it is another child, enter its identity number."
            ),
            name=person.name,
        )


def _take_in(current: Recording, person: Person, household: Household) -> None:
    current.settle_in(person, household, _relation_in(household, person, current))
    current.put(Residence, person, {"place_code": household.division_code})


def _relation_in(household: Household, person: Person, current: Recording) -> Relation:
    """Who comes is the head where nobody lives, and never by coming where others do: the family is asked."""
    members = living_members(household, current.on)
    head = next((row.person for row in members if row.relation == Relation.HEAD), None)
    if head:
        return relation_to(head, person, current.on)
    return Relation.OTHER if members else Relation.HEAD


def _register(current: Recording, person: Person, place: str) -> None:
    """The hukou goes along, its kind unchanged; to a place that nobody knows it ends."""
    former = Hukou.objects.on(current.on).filter(person=person).first()
    if not place:
        current.put(Hukou, person, None)
    else:
        kind = former.hukou_type if former else HukouType.RESIDENT
        current.put(Hukou, person, {"hukou_type": kind, "place_code": place})


def _home(person: Person, current: Recording) -> str:
    home = Residence.objects.on(current.on).filter(person=person).first()
    return home.place_code if home else ""


def _check_outside(place: str) -> None:
    if place and place.startswith(current_context().county):
        raise DomainError(
            "place_in_county",
            _("This place lies in the county. Record a move within the county instead."),
        )
