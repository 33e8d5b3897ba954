from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, LOG, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import BookPeriodKind, SuspenseEnd, SuspenseOrigin, SuspenseState

SUSPENSE_TRANSITIONS: dict[str, frozenset[str]] = {
    SuspenseState.OPEN: frozenset({SuspenseState.CLEARED}),
}


class ClosedPeriod(models.Model):
    """A month or a budget year whose books are closed: the database books nothing in it any more.

    `last_day` is its last. `entries` and `turnover` (yuan, one side) are what was booked in it,
    `digest` is over them, so that anything that changed afterwards is found. Append-only, kept
    thirty years; holds no person but the staff.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    kind = models.CharField(max_length=6, choices=BookPeriodKind)
    label = models.CharField(max_length=7)
    first_day = models.DateField()
    last_day = models.DateField()
    entries = models.PositiveIntegerField()
    turnover = MoneyField()
    digest = models.CharField(max_length=64)
    closed_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField()
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["-last_day", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "label"],
                name="a_period_is_closed_once",
                violation_error_message=_("This period is closed already."),
            ),
            models.CheckConstraint(
                name="only_a_period_that_is_over_is_closed", condition=Q(closed_on__gt=F("last_day"))
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def next_day(self) -> datetime.date:
        """The first day after it."""
        return self.last_day + datetime.timedelta(days=1)


class SuspenseItemQuerySet(models.QuerySet["SuspenseItem"]):
    """Money in suspense by place."""

    def visible_to(self, actor: Actor) -> SuspenseItemQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class SuspenseItem(models.Model):
    """Money that matches no line, until somebody finds out where it belongs.

    It stands on the budget line that it touches; a second person clears it by a second entry,
    with a document. `batch` is named where the money came back from one. Kept thirty years with
    the ledger; holds no person but the staff.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    number = models.CharField(_("Number"), max_length=20, unique=True)
    line = models.ForeignKey("subsidies.BudgetLine", on_delete=models.PROTECT, related_name="suspense")
    batch = models.ForeignKey(
        "subsidies.PaymentBatch", on_delete=models.PROTECT, null=True, blank=True, related_name="suspense"
    )
    origin = models.CharField(_("Where it came from"), max_length=8, choices=SuspenseOrigin)
    amount = MoneyField(_("Amount"))
    received_on = models.DateField(_("Received on"))
    document = models.CharField(_("Document"), max_length=120)
    state = models.CharField(max_length=8, choices=SuspenseState, default=SuspenseState.OPEN)
    recorded_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField()
    end = models.CharField(_("Where it belongs"), max_length=8, choices=SuspenseEnd, blank=True)
    clearing_document = models.CharField(_("Document"), max_length=120, blank=True)
    cleared_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cleared_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField()

    objects = SuspenseItemQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-number"]
        constraints = [
            models.CheckConstraint(name="suspense_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="cleared_suspense_has_its_document",
                condition=Q(
                    state=SuspenseState.OPEN, end="", clearing_document="", cleared_by=None, cleared_on=None
                )
                | (
                    Q(state=SuspenseState.CLEARED, cleared_by__isnull=False, cleared_on__isnull=False)
                    & ~Q(end="")
                    & ~Q(clearing_document="")
                ),
                violation_error_message=_("Money in suspense is cleared with its document."),
            ),
            models.CheckConstraint(
                name="suspense_is_cleared_by_another_person",
                condition=Q(cleared_by=None) | ~Q(cleared_by=F("recorded_by")),
                violation_error_message=_("You recorded this money. Somebody else must clear it."),
            ),
        ]

    def __str__(self) -> str:
        return self.number
