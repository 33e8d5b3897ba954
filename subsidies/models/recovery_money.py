from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.actors import Actor
from offices.database.access import CASE, LOG, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import WaiverState
from subsidies.models.recoveries import Recovery

WAIVER_TRANSITIONS: dict[str, frozenset[str]] = {
    WaiverState.PROPOSED: frozenset({WaiverState.CONFIRMED, WaiverState.REJECTED}),
}


class RecoveryPlanQuerySet(models.QuerySet["RecoveryPlan"]):
    """Plans that hold."""

    def visible_to(self, actor: Actor) -> RecoveryPlanQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def current(self) -> RecoveryPlanQuerySet:
        """The one of each recovery that no newer one has taken the place of."""
        return self.filter(ended_on=None)


class RecoveryPlan(models.Model):
    """The instalments of a recovery, as agreed with the family; changed only by a new plan.

    `total_amount` is what was outstanding on that day, and the sum of its instalments. Serves the family,
    which knows what is due when; kept with the recovery.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="plans")
    total_amount = MoneyField()
    document = models.CharField(_("Document of the agreement"), max_length=120)
    agreed_on = models.DateField(_("Agreed on"))
    agreed_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField()

    objects = RecoveryPlanQuerySet.as_manager()

    class Meta:
        ordering = ["agreed_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recovery"],
                condition=Q(ended_on=None),
                name="a_recovery_has_one_plan_at_a_time",
                violation_error_message=_("Another plan was agreed just now. Look at it first."),
            ),
            models.CheckConstraint(
                name="recovery_plan_has_its_document", condition=Q(total_amount__gt=0) & ~Q(document="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total_amount}"


class RecoveryInstalment(models.Model):
    """One instalment of a plan: until when, how much. Overdue, it is a reminder and nothing else."""

    access: ClassVar[Access] = CASE

    id = id_field()
    plan = models.ForeignKey(RecoveryPlan, on_delete=models.PROTECT, related_name="instalments")
    serial = models.PositiveSmallIntegerField()
    due_on = models.DateField(pgettext_lazy("recovery", "Due on"))
    amount = MoneyField()
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "serial"], name="instalments_of_a_plan_are_numbered_once"
            ),
            models.CheckConstraint(name="instalment_is_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.amount}"


class RecoveryReceipt(models.Model):
    """Money that came back from a payee, by the bank's slip; booked by `entry`.

    `is_voluntary`: she paid of her own will before she must. Serves the ledger and its audit; append-only,
    kept thirty years.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="receipts")
    amount = MoneyField(_("Amount"))
    received_on = models.DateField(_("Received on"))
    document = models.CharField(_("Bank slip"), max_length=120)
    is_voluntary = models.BooleanField(default=False)
    entry = models.OneToOneField(
        "subsidies.LedgerEntry", on_delete=models.PROTECT, related_name="recovery_receipt"
    )
    recorded_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField()
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["received_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recovery", "document"],
                name="a_bank_slip_is_recorded_once",
                violation_error_message=_("This bank slip is recorded already."),
            ),
            models.CheckConstraint(
                name="recovery_receipt_has_amount_and_slip",
                condition=Q(amount__gt=0, received_on__lte=F("recorded_on")) & ~Q(document=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class RecoveryRefund(models.Model):
    """Money paid back to who had paid too much by a decision that an appeal changed; booked by `entry`.

    Serves the ledger and its audit; append-only, kept thirty years.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="refunds")
    amount = MoneyField(_("Amount"))
    refunded_on = models.DateField(_("Paid back on"))
    document = models.CharField(_("Bank slip"), max_length=120)
    entry = models.OneToOneField(
        "subsidies.LedgerEntry", on_delete=models.PROTECT, related_name="recovery_refund"
    )
    recorded_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField()
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["refunded_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recovery", "document"],
                name="a_refund_slip_is_recorded_once",
                violation_error_message=_("This bank slip is recorded already."),
            ),
            models.CheckConstraint(
                name="recovery_refund_has_amount_and_slip",
                condition=Q(amount__gt=0, refunded_on__lte=F("recorded_on")) & ~Q(document=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class RecoveryWaiverQuerySet(models.QuerySet["RecoveryWaiver"]):
    """Waivers by whether they wait."""

    def visible_to(self, actor: Actor) -> RecoveryWaiverQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def waiting(self) -> RecoveryWaiverQuerySet:
        return self.filter(state=WaiverState.PROPOSED)


class RecoveryWaiver(models.Model):
    """The rest of a recovery waived for hardship: proposed by one person of the county, confirmed by another.

    `amount` is what was outstanding when it was confirmed. Serves the family; kept with the recovery.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="waivers")
    amount = MoneyField(_("Amount"))
    reason = models.CharField(_("Hardship"), max_length=300)
    document = models.CharField(_("Document"), max_length=120)
    state = models.CharField(max_length=10, choices=WaiverState, default=WaiverState.PROPOSED)
    proposed_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    decided_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField()

    objects = RecoveryWaiverQuerySet.as_manager()

    class Meta:
        ordering = ["proposed_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recovery"],
                condition=Q(state=WaiverState.PROPOSED),
                name="one_waiver_of_a_recovery_waits_at_a_time",
                violation_error_message=_("A waiver already waits to be confirmed."),
            ),
            models.CheckConstraint(
                name="recovery_waiver_has_reason_and_document",
                condition=Q(amount__gt=0) & ~Q(reason="") & ~Q(document=""),
                violation_error_message=_("A waiver has its reason and its document."),
            ),
            models.CheckConstraint(
                name="recovery_waiver_is_confirmed_by_another_person",
                condition=~Q(state=WaiverState.CONFIRMED) | ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("You proposed this waiver. Somebody else must confirm it."),
            ),
            models.CheckConstraint(
                name="decided_recovery_waiver_has_its_person",
                condition=Q(state=WaiverState.PROPOSED, decided_by=None, decided_on=None)
                | (~Q(state=WaiverState.PROPOSED) & Q(decided_by__isnull=False, decided_on__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
