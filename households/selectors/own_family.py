"""Whether a person is of somebody's own family: asked of the database, which refuses by the same rule."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from households.models import StaffIdentity
from offices.enums import Role
from offices.models import RoleGrant, Staff

MEETS_FAMILIES = (
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.FINANCE,
    Role.CASHIER,
)
"""Who decides on families or on their money."""


def is_own_family(*, staff: UUID, person: UUID, on: datetime.date) -> bool:
    """Whether a person is the member of staff herself, her kin, or lives in a household with them on a day.

    Kin: spouse, and the parents, children, brothers and sisters of both. Looks over the whole county and
    tells nothing but yes or no. False where nobody has recorded who stands behind the account.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT households_is_own_family(%s, %s, %s)", [staff, person, on])
        (answer,) = cursor.fetchone()
    return bool(answer)


def own_family_among(*, staff: UUID, people: Collection[UUID], on: datetime.date) -> set[UUID]:
    """Those of some people of whom `is_own_family` says yes."""
    if not people or not StaffIdentity.objects.filter(staff=staff).exists():
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person FROM unnest(%s::uuid[]) person WHERE households_is_own_family(%s, person, %s)",
            [list(people), staff, on],
        )
        return {person for (person,) in cursor.fetchall()}


def staff_without_identity(*, on: datetime.date) -> QuerySet[Staff]:
    """Accounts that decide on families today and whose family the registry does not know."""
    holds = RoleGrant.objects.valid_on(on).filter(staff=OuterRef("pk"), role__in=MEETS_FAMILIES)
    known = StaffIdentity.objects.filter(staff=OuterRef("pk"))
    return Staff.objects.filter(Exists(holds), ~Exists(known), is_system=False, is_active=True)
