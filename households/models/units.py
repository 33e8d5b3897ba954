from __future__ import annotations

import datetime
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.enums import UnitKind
from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, SealedField, id_field
from offices.sealing import Purpose


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units by place and day."""

    def visible_to(self, actor: Actor) -> UnitQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def on(self, day: datetime.date) -> UnitQuerySet:
        """Units that exist on a day."""
        return self.filter(Q(from_on=None) | Q(from_on__lte=day), Q(to_on=None) | Q(to_on__gt=day))


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), context_field=None)
class Unit(models.Model):
    """An institution, an enterprise or a compound that employs or houses people of the county.

    Serves the programmes that an employer pays. Whom it employs is each person's own dated fact
    (`Employment.employer_code`), whom a compound houses another (`Lodging`). The contact's name and
    phone serve to reach the unit and are kept as long as it stands here.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    kind = models.CharField(_("Kind"), max_length=12, choices=UnitKind)
    name = models.CharField(_("Name of the unit"), max_length=100)
    credit_code = models.CharField(_("Credit code"), max_length=18, blank=True, db_collation="C")
    is_payer = models.BooleanField(_("Pays what an employer pays"), default=False)
    contact_name = models.CharField(_("Contact"), max_length=60, blank=True)
    phone = SealedField(_("Phone"), purpose=Purpose.PHONE)
    from_on = models.DateField(_("From"), null=True, blank=True)
    to_on = models.DateField(_("Until"), null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    division_code = DivisionCodeField(_("Village"))

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["division_code", "name"]
        indexes = [models.Index(fields=["division_code", "name"], name="unit_by_place_and_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="credit_code_belongs_to_one_unit",
                violation_error_message=_("A unit with this credit code is already recorded."),
            ),
            models.CheckConstraint(
                name="who_employs_or_pays_has_a_credit_code",
                condition=~Q(credit_code="") | Q(kind=UnitKind.COMPOUND, is_payer=False),
                violation_error_message=_("Who employs or pays is named by its credit code."),
            ),
            models.CheckConstraint(
                name="unit_ends_after_it_begins",
                condition=Q(from_on=None) | Q(to_on=None) | Q(to_on__gt=F("from_on")),
                violation_error_message=_("A unit ends after the day it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
