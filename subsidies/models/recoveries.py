from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import DeliveryMethod, RecoveryGround, RecoveryState

TRANSITIONS: dict[str, frozenset[str]] = {
    RecoveryState.PROPOSED: frozenset({RecoveryState.NOTIFIED, RecoveryState.DROPPED}),
    RecoveryState.NOTIFIED: frozenset({RecoveryState.HEARD, RecoveryState.DROPPED}),
    RecoveryState.HEARD: frozenset({RecoveryState.DECIDED, RecoveryState.DROPPED}),
    RecoveryState.DECIDED: frozenset({RecoveryState.SETTLED, RecoveryState.WITHDRAWN}),
    RecoveryState.SETTLED: frozenset({RecoveryState.WITHDRAWN}),
}
OVER = (RecoveryState.DROPPED, RecoveryState.WITHDRAWN)
"""What is over takes nothing of a payment any more: another recovery may be proposed of it."""
OWED_STATES = (RecoveryState.DECIDED, RecoveryState.SETTLED)
_AFTER_NOTICE = (RecoveryState.NOTIFIED, RecoveryState.HEARD, *OWED_STATES, RecoveryState.WITHDRAWN)
_AFTER_HEARING = (RecoveryState.HEARD, *OWED_STATES, RecoveryState.WITHDRAWN)
_AFTER_DECISION = (*OWED_STATES, RecoveryState.WITHDRAWN)


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    """Recoveries by place, state and what is outstanding."""

    def visible_to(self, actor: Actor) -> RecoveryQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def live(self) -> RecoveryQuerySet:
        """Those that take something of what was paid."""
        return self.exclude(state__in=OVER)

    def to_refund(self) -> RecoveryQuerySet:
        """Those of which more came in than is owed since an appeal."""
        kept = F("received_amount") - F("refunded_amount")
        return self.alias(kept=kept).filter(
            Q(state=RecoveryState.WITHDRAWN, kept__gt=0) | Q(state__in=OWED_STATES, kept__gt=F("amount"))
        )


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class Recovery(models.Model):
    """What was paid on false documents or twice, and is to come back by a decision that can be appealed (追回).

    The debtor is the payee of its lines: the person of the grant, or who took the money for her
    (`representative`). She is heard first: told on `notified_on`, may speak until `heard_until`; then her
    `statement`, or that she stayed silent. Decided by another person than proposed, with a letter; asked for
    from `in_force_on` on, when the letter has reached her and her time to appeal is over or the appeal is
    decided. `amount` is the sum of its lines; an appeal alone lowers it. What came in, went back and was
    waived is kept by triggers. Nothing of it ever touches what is paid to her. Serves that decision and its
    audit; kept thirty years with the payments.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    number = models.CharField(_("Number"), max_length=20, unique=True)
    grant = models.ForeignKey("subsidies.Grant", on_delete=models.PROTECT, related_name="recoveries")
    late_finding = models.ForeignKey(
        "subsidies.LateFinding", on_delete=models.PROTECT, null=True, blank=True, related_name="recoveries"
    )
    representative = models.ForeignKey(
        "households.Representative", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    debtor_name = models.CharField(_("Who was paid"), max_length=60)
    ground = models.CharField(_("Ground"), max_length=8, choices=RecoveryGround)
    facts = models.TextField(_("Facts"))
    document = models.CharField(_("Document it rests on"), max_length=160)
    document_on = models.DateField(_("Day of the document"))
    amount = MoneyField(_("To be paid back"))
    state = models.CharField(max_length=10, choices=RecoveryState, default=RecoveryState.PROPOSED)
    proposed_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField(_("Proposed on"))
    notified_on = models.DateField(_("Told on"), null=True, blank=True)
    notified_how = models.CharField(_("How"), max_length=10, choices=DeliveryMethod, blank=True)
    notified_to = models.CharField(_("Who signed, or the postal number"), max_length=120, blank=True)
    notified_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    heard_until = models.DateField(_("May speak until"), null=True, blank=True)
    statement = models.TextField(pgettext_lazy("recovery", "What the family says"), blank=True)
    is_silent = models.BooleanField(default=False)
    heard_on = models.DateField(_("Heard on"), null=True, blank=True)
    heard_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reasons = models.TextField(_("Reasons"), blank=True)
    decided_on = models.DateField(_("Decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    in_force_on = models.DateField(_("In force since"), null=True, blank=True)
    dropped_on = models.DateField(null=True, blank=True)
    dropped_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    drop_reason = models.CharField(max_length=300, blank=True)
    received_amount = MoneyField(default=0, editable=False)
    refunded_amount = MoneyField(default=0, editable=False)
    waived_amount = MoneyField(default=0, editable=False)
    division_code = DivisionCodeField(_("Village"))

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_on", "-number"]
        indexes = [models.Index(fields=["division_code", "state"], name="recovery_by_village")]
        constraints = [
            models.UniqueConstraint(
                fields=["late_finding"],
                condition=~Q(state__in=OVER),
                name="a_late_finding_is_recovered_once",
                violation_error_message=_("A recovery is already proposed from this finding."),
            ),
            models.CheckConstraint(
                name="recovery_has_facts_and_document",
                condition=~Q(facts="") & ~Q(document="") & Q(document_on__lte=F("proposed_on")),
                violation_error_message=_("A recovery has its facts and the document that it rests on."),
            ),
            models.CheckConstraint(
                name="recovery_ground_is_one_of_two",
                condition=Q(ground__in=RecoveryGround.values),
                violation_error_message=_("Only false documents or a double payment are recovered."),
            ),
            models.CheckConstraint(name="recovery_is_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="recovery_tells_the_family_first",
                condition=(
                    Q(
                        state__in=_AFTER_NOTICE,
                        notified_on__isnull=False,
                        notified_by__isnull=False,
                        heard_until__gt=F("notified_on"),
                    )
                    & ~Q(notified_how="")
                    & ~Q(notified_to="")
                )
                | Q(state=RecoveryState.PROPOSED, notified_on=None, notified_by=None, heard_until=None)
                | Q(state=RecoveryState.DROPPED),
                violation_error_message=_("The family is told first, with the days in which it may speak."),
            ),
            models.CheckConstraint(
                name="recovery_hears_the_family_first",
                condition=(
                    Q(state__in=_AFTER_HEARING, heard_on__isnull=False, heard_by__isnull=False)
                    & (
                        (Q(is_silent=False) & ~Q(statement=""))
                        | Q(is_silent=True, statement="", heard_on__gt=F("heard_until"))
                    )
                )
                | Q(
                    state__in=[RecoveryState.PROPOSED, RecoveryState.NOTIFIED],
                    heard_on=None,
                    heard_by=None,
                    statement="",
                    is_silent=False,
                )
                | Q(state=RecoveryState.DROPPED),
                violation_error_message=_(
                    "Nothing is decided before the family has spoken, or its days to speak are over."
                ),
            ),
            models.CheckConstraint(
                name="decided_recovery_has_person_day_and_reasons",
                condition=(
                    Q(state__in=_AFTER_DECISION, decided_on__isnull=False, decided_by__isnull=False)
                    & ~Q(reasons="")
                )
                | (
                    ~Q(state__in=_AFTER_DECISION)
                    & Q(decided_on=None, decided_by=None, reasons="", in_force_on=None)
                ),
                violation_error_message=_("A decided recovery has its person, its day and its reasons."),
            ),
            models.CheckConstraint(
                name="recovery_is_decided_by_another_than_proposed_it",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("You proposed this recovery. Somebody else must decide it."),
            ),
            models.CheckConstraint(
                name="dropped_recovery_has_person_day_and_reason",
                condition=(
                    Q(state=RecoveryState.DROPPED, dropped_on__isnull=False, dropped_by__isnull=False)
                    & ~Q(drop_reason="")
                )
                | (~Q(state=RecoveryState.DROPPED) & Q(dropped_on=None, dropped_by=None, drop_reason="")),
                violation_error_message=_("A recovery is dropped with its reason."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def due_amount(self) -> Decimal:
        """Yuan that the decision asks for as it stands; nothing before it and after its withdrawal."""
        return self.amount if self.state in OWED_STATES else Decimal()

    @property
    def kept_amount(self) -> Decimal:
        """Yuan that came in and did not go back."""
        return self.received_amount - self.refunded_amount

    @property
    def outstanding_amount(self) -> Decimal:
        """Yuan still to come."""
        return max(self.due_amount - self.waived_amount - self.kept_amount, Decimal())

    @property
    def excess_amount(self) -> Decimal:
        """Yuan that came in too much since an appeal, and go back."""
        return max(self.kept_amount - self.due_amount, Decimal())


class RecoveryLineQuerySet(models.QuerySet["RecoveryLine"]):
    """Lines of recoveries that take something of a payment."""

    def visible_to(self, actor: Actor) -> RecoveryLineQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def live(self) -> RecoveryLineQuerySet:
        return self.exclude(recovery__state__in=OVER)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class RecoveryLine(models.Model):
    """How much of one paid line is recovered; all live recoveries together never more than was paid.

    `first_amount` is what was proposed, `amount` what is left of it since an appeal. Kept with its recovery.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="lines")
    payment = models.ForeignKey("subsidies.Payment", on_delete=models.PROTECT, related_name="recovery_lines")
    first_amount = MoneyField()
    amount = MoneyField()
    division_code = DivisionCodeField()

    objects = RecoveryLineQuerySet.as_manager()

    class Meta:
        ordering = ["payment__period_from_on", "payment__serial", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recovery", "payment"], name="a_payment_stands_once_in_a_recovery"
            ),
            models.CheckConstraint(
                name="recovery_line_takes_something",
                condition=Q(first_amount__gt=0, amount__gte=0, amount__lte=F("first_amount")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
