from __future__ import annotations

import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import REFERENCE, STAFF, Access
from offices.enums import Role
from offices.fields import id_field


class StaffManager(BaseUserManager["Staff"]):
    """Accounts by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> Staff:
        return self.get(username=username)


class Staff(AbstractBaseUser):
    """A member of staff of the county, and the installation's own account.

    Name and user name serve sign-in and the audit trail; kept as long as acts refer to them.
    """

    access: ClassVar[Access] = STAFF

    USERNAME_FIELD = "username"

    id = id_field()
    username = models.CharField(_("User name"), max_length=60, unique=True)
    name = models.CharField(_("Name"), max_length=60)
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = StaffManager()

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    """Roles by the day they hold."""

    def valid_on(self, day: datetime.date) -> RoleGrantQuerySet:
        return self.filter(Q(to_on=None) | Q(to_on__gt=day), from_on__lte=day)


class RoleGrant(models.Model):
    """A role of a member of staff for a division and a period `[from, to)`."""

    access: ClassVar[Access] = REFERENCE

    id = id_field()
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    division = models.ForeignKey("offices.Division", on_delete=models.PROTECT, verbose_name=_("Division"))
    from_on = models.DateField(_("From"))
    to_on = models.DateField(_("Until"), null=True, blank=True)
    granted_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["from_on", "role"]
        constraints = [
            models.CheckConstraint(
                name="role_grant_ends_after_it_begins",
                condition=Q(to_on=None) | Q(to_on__gt=F("from_on")),
                violation_error_message=_("A role ends after the day it begins."),
            ),
            ExclusionConstraint(
                name="one_grant_of_a_role_at_a_time",
                expressions=[
                    (F("staff"), RangeOperators.EQUAL),
                    (F("role"), RangeOperators.EQUAL),
                    (F("division"), RangeOperators.EQUAL),
                    (
                        Func(F("from_on"), F("to_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_(
                    "This person already holds the role for this division in that period."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} · {self.get_role_display()} · {self.division}"

    def actor(self) -> Actor:
        """The actor who this grant makes of its member of staff."""
        return Actor(
            staff_id=self.staff_id,
            username=self.staff.username,
            name=self.staff.name,
            role=Role(self.role),
            division_code=self.division_id,
        )
