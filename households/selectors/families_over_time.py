"""A family on a day, as it is known today or as it was known before a later entry.

What holds on a day is read from the dated facts; what was known at an instant from row history: of
each row the oldest version that was replaced after the instant, else the row itself, and no row
that was written after it. Read at county scope, because people move on; whoever is served by
another township now is not named.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from households.enums import FactSource, Relation, Sex
from households.models import Absence, Household, LifeEvent, Membership, Person, Residence, RowChange
from households.selectors.places import names_of_places_on
from offices.actors import Actor
from offices.database.context import county_scope

MOST_INSTANTS = 20


@dataclass(frozen=True, slots=True)
class MemberThen:
    """A member on a day; `person_id` and what follows it are empty beyond the reader's scope."""

    relation: Relation
    sex: Sex
    birth_year: int
    is_living: bool
    person_id: UUID | None = None
    name: str = ""
    birth_date: datetime.date | None = None
    age: int | None = None
    died_on: datetime.date | None = None
    home: str = ""


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment at which something about the family was written, and what is known of the why."""

    at: datetime.datetime
    kind: str

    @property
    def key(self) -> str:
        return self.at.astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%S.%f")


def members_then(
    *, household: Household, actor: Actor, on: datetime.date, before: datetime.datetime | None = None
) -> list[MemberThen]:
    """Who belonged to a household on a day; `before`: as it was known just before an instant."""
    with county_scope():
        memberships = [
            row
            for row in _versions(Membership, "household_id = %s", [household.pk], before)
            if row["household_id"] == household.pk and _holds(row, on)
        ]
        keys = [row["person_id"] for row in memberships]
        people = {row["id"]: row for row in _versions(Person, "id = ANY(%s)", [keys], before)}
        homes = {
            row["person_id"]: row["place_code"]
            for row in _versions(Residence, "person_id = ANY(%s)", [keys], before)
            if _holds(row, on)
        }
        seen = set(Person.objects.within(actor).filter(pk__in=keys).values_list("pk", flat=True))
    places = names_of_places_on((home for key, home in homes.items() if key in seen), on)
    order = {relation: place for place, relation in enumerate(Relation.values)}
    known = [
        (row["relation"], people[row["person_id"]])
        for row in memberships
        if row["person_id"] in people and people[row["person_id"]]["birth_date"] <= on
    ]
    known.sort(key=lambda one: (order[one[0]], one[1]["birth_date"], one[1]["id"]))
    return [
        _seen_member(
            relation, person, on, places.get(homes.get(person["id"], ""), homes.get(person["id"], ""))
        )
        if person["id"] in seen
        else MemberThen(**_seen_by_all(relation, person, on))
        for relation, person in known
    ]


def _seen_member(relation: str, person: dict[str, Any], on: datetime.date, home: str) -> MemberThen:
    record = Person(birth_date=person["birth_date"], died_on=person["died_on"])
    return MemberThen(
        **_seen_by_all(relation, person, on),
        person_id=person["id"],
        name=person["name"],
        birth_date=person["birth_date"],
        age=record.age_shown_on(on),
        died_on=record.died_by(on),
        home=home,
    )


def _seen_by_all(relation: str, person: dict[str, Any], on: datetime.date) -> dict[str, Any]:
    """What a household tells of each of its members to whoever serves the household."""
    return {
        "relation": Relation(relation),
        "sex": Sex(person["sex"]),
        "birth_year": person["birth_date"].year,
        "is_living": person["died_on"] is None or person["died_on"] > on,
    }


def _holds(row: dict[str, Any], on: datetime.date) -> bool:
    begun = row["from_on"] is None or row["from_on"] <= on
    return begun and (row["to_on"] is None or row["to_on"] > on)


def _versions(
    model: type[Any], condition: str, parameters: Sequence[Any], before: datetime.datetime | None
) -> Iterator[dict[str, Any]]:
    """The rows that now or ever fulfilled a condition, as they were known before an instant."""
    table = model._meta.db_table
    event_table = model.pgh_event_model._meta.db_table
    names = ", ".join(
        entry.column for entry in model._meta.concrete_fields if entry.get_internal_type() != "BinaryField"
    )
    if before is None:
        statement, values = f"SELECT {names} FROM {table} WHERE {condition}", list(parameters)
    else:
        statement = f"""
            WITH meant AS (SELECT id FROM {table} WHERE {condition}
                           UNION SELECT id FROM {event_table} WHERE {condition})
            SELECT DISTINCT ON (id) {names} FROM (
                SELECT {names}, pgh_created_at AS until, pgh_id AS turn FROM {event_table}
                 WHERE id IN (SELECT id FROM meant) AND pgh_created_at >= %s
                 UNION ALL
                SELECT {names}, 'infinity', 0 FROM {table} WHERE id IN (SELECT id FROM meant)
            ) version
             WHERE recorded_at < %s ORDER BY id, until, turn"""
        values = [*parameters, *parameters, before, before]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        columns = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            yield dict(zip(columns, row, strict=True))


def instants_of(*, household: Household) -> list[Instant]:
    """When something about a family was written, newest first: events, files and other changes."""
    with county_scope():
        people = set(
            Membership.objects.filter(household=household).values_list("person_id", flat=True)
        ) | set(_former(Membership).filter(household=household).values_list("person_id", flat=True))
        kinds = _events_at(household, people)
        moments = set(kinds) | set(_changes_of(people)) | set(_files_of(people))
    first = min(moments, default=None)
    return [
        Instant(at, kinds.get(at, ""))
        for at in sorted(moments, reverse=True)[:MOST_INSTANTS]
        if at != first or kinds.get(at)
    ]


def _events_at(household: Household, people: set[UUID]) -> dict[datetime.datetime, str]:
    events = dict(
        LifeEvent.objects.filter(Q(person__in=people) | Q(household=household)).values_list("pk", "kind")
    )
    rows = RowChange.objects.filter(change_set__in=events).values_list("change_set", "recorded_at")
    return {at: events[key] for key, at in rows.distinct()}


def _changes_of(people: set[UUID]) -> Iterator[datetime.datetime]:
    for model in (Membership, Absence, Residence):
        yield from _former(model).filter(person__in=people).values_list("pgh_created_at", flat=True)
    yield from _former(Person).filter(pgh_obj__in=people).values_list("pgh_created_at", flat=True)


def _former(model: Any) -> Any:
    """The former versions of a model's rows."""
    return model.pgh_event_model._default_manager


def _files_of(people: set[UUID]) -> Iterator[datetime.datetime]:
    yield from Membership.objects.filter(person__in=people, source=FactSource.FILE).values_list(
        "recorded_at", flat=True
    )
