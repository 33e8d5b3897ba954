"""Whom an ambiguous row may mean."""

from __future__ import annotations

from households.models import AmbiguousRow, Membership, Person


def candidates_of(row: AmbiguousRow) -> list[Person]:
    """The people who are or were in the row's household with its name, birth date and sex."""
    members = Membership.objects.filter(household=row.task.household).values("person_id")
    people = Person.objects.filter(pk__in=members, name=row.name, birth_date=row.birth_date, sex=row.sex)
    return list(people.order_by("id"))
