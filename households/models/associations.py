from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.enums import AssociationKind, AssociationServiceKind
from offices.actors import Actor
from offices.database.access import REFERENCE, STAFF, Access
from offices.fields import DivisionCodeField, SealedField, id_field
from offices.sealing import Purpose


class AssociationQuerySet(models.QuerySet["Association"]):
    """Associations by their agreement."""

    def visible_to(self, _actor: Actor) -> AssociationQuerySet:
        """All: they are partners of the whole county."""
        return self.all()

    def agreed_on(self, day: datetime.date) -> AssociationQuerySet:
        """Those whose agreement holds on a day."""
        return self.filter(agreement_from__lte=day).filter(Q(agreement_to=None) | Q(agreement_to__gt=day))

    def ending_before(self, day: datetime.date, *, on: datetime.date) -> AssociationQuerySet:
        """Those whose agreement holds on a day and ends before another."""
        return self.agreed_on(on).filter(agreement_to__lt=day)


class Association(models.Model):
    """An association for migrants or a chamber of commerce that serves people of the county elsewhere.

    A partner of the whole county, so every office sees it. The contact's name and phone serve to
    reach it and are kept as long as it stands here.
    """

    access: ClassVar[Access] = REFERENCE

    id = id_field()
    kind = models.CharField(_("Kind"), max_length=10, choices=AssociationKind)
    name = models.CharField(_("Name of the association"), max_length=100, unique=True)
    place_code = DivisionCodeField(_("Place"))
    place_name = models.CharField(_("Area"), max_length=100)
    agreement_from = models.DateField(_("Agreement from"), null=True, blank=True)
    agreement_to = models.DateField(_("Agreement until"), null=True, blank=True)
    agreement_document = models.CharField(_("Agreement"), max_length=120, blank=True)
    contact_name = models.CharField(_("Contact"), max_length=60, blank=True)
    phone = SealedField(_("Phone"), purpose=Purpose.PHONE)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = AssociationQuerySet.as_manager()

    class Meta:
        ordering = ["place_code", "name"]
        constraints = [
            models.CheckConstraint(
                name="agreement_has_its_day_and_its_document",
                condition=Q(agreement_from=None, agreement_to=None, agreement_document="")
                | (Q(agreement_from__isnull=False) & ~Q(agreement_document="")),
                violation_error_message=_("An agreement has the day it begins and its document."),
            ),
            models.CheckConstraint(
                name="agreement_ends_after_it_begins",
                condition=Q(agreement_to=None) | Q(agreement_to__gt=F("agreement_from")),
                violation_error_message=_("An agreement ends after the day it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AssociationCount(models.Model):
    """How often an association did something in a month: a number, and no person.

    Holds no personal data; kept as long as the figures that rest on it.
    """

    access: ClassVar[Access] = STAFF

    id = id_field()
    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="counts")
    month = models.DateField(_("Month"))
    kind = models.CharField(_("Service"), max_length=14, choices=AssociationServiceKind)
    number = models.PositiveIntegerField(_("Number"))

    class Meta:
        ordering = ["-month", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["association", "month", "kind"],
                name="one_count_of_a_service_in_a_month",
                violation_error_message=_("This service is already counted for the month."),
            ),
            models.CheckConstraint(
                name="a_month_is_named_by_its_first_day",
                condition=Q(month__day=1),
                violation_error_message=_("A month is named by its first day."),
            ),
            models.CheckConstraint(
                name="what_is_counted_happened",
                condition=Q(number__gte=1),
                violation_error_message=_("Only what happened is counted."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.month:%Y-%m}"
