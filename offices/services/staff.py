"""Accounts, roles and the installation's own actor."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q

from offices import clock
from offices.actors import Actor
from offices.database.context import default_county
from offices.divisions import full_code
from offices.enums import Role
from offices.models import RoleGrant, Staff
from offices.services.acts import record_act

SYSTEM_USERNAME = "huimin"


def system_actor(county: str | None = None) -> Actor:
    """The installation itself: commands without --actor and scheduled work are recorded as it."""
    code = full_code(county or default_county())
    staff, created = Staff.objects.get_or_create(
        username=SYSTEM_USERNAME, defaults={"name": "惠民系统", "is_system": True}
    )
    if created:
        staff.set_unusable_password()
        staff.save(update_fields=["password"])
    return Actor(
        staff_id=staff.pk, username=staff.username, name=staff.name, role=Role.SYSTEM, division_code=code
    )


def actors_of(staff: Staff, *, on: datetime.date) -> list[Actor]:
    """Everybody a member of staff may act as on a day, her first role first."""
    if not staff.is_active:
        return []
    grants = (
        RoleGrant.objects.valid_on(on).filter(staff=staff).select_related("staff").order_by("from_on", "id")
    )
    return [grant.actor() for grant in grants]


@transaction.atomic
def grant_role(
    *, actor: Actor, staff: Staff, role: Role, division_code: str, from_on: datetime.date | None = None
) -> RoleGrant:
    """Grant a role for a division from a day on (default: today), once.

    Returns the grant that already holds when there is one.
    """
    from_on = from_on or clock.today()
    held = RoleGrant.objects.filter(
        Q(to_on=None) | Q(to_on__gt=from_on), staff=staff, role=role, division_id=division_code
    ).first()
    if held:
        return held
    grant = RoleGrant.objects.create(
        staff=staff, role=role, division_id=division_code, from_on=from_on, granted_by_id=actor.staff_id
    )
    record_act(
        actor=actor,
        verb="offices.grant_role",
        record=grant,
        division_code=division_code,
        role=role,
        from_on=from_on,
    )
    return grant
