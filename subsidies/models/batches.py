from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DigestField, DivisionCodeField, MoneyField, SealedField, id_field, link_of_the_past
from offices.sealing import Purpose
from subsidies.enums import BatchState, LeftOutReason, PaymentState, ReturnReason
from subsidies.models.banks import DEFAULT_BANK

TRANSITIONS: dict[str, frozenset[str]] = {
    BatchState.MADE: frozenset({BatchState.APPROVED, BatchState.DISCARDED}),
    BatchState.APPROVED: frozenset({BatchState.SENT, BatchState.DISCARDED}),
    BatchState.SENT: frozenset({BatchState.ANSWERED}),
    BatchState.ANSWERED: frozenset({BatchState.CLOSED}),
}
LIVE_PAYMENTS = (PaymentState.PLANNED, PaymentState.SENT, PaymentState.PAID)
_APPROVED = (BatchState.APPROVED, BatchState.SENT, BatchState.ANSWERED, BatchState.CLOSED)
_SENT = (BatchState.SENT, BatchState.ANSWERED, BatchState.CLOSED)


class BatchQuerySet(models.QuerySet["PaymentBatch"]):
    """Batches by place and state."""

    def visible_to(self, actor: Actor) -> BatchQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def unfinished(self) -> BatchQuerySet:
        return self.exclude(state__in=[BatchState.CLOSED, BatchState.DISCARDED])


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class PaymentBatch(models.Model):
    """A selection of grants paid together for a period: made, checked and sent by three people.

    `period` is a year (`2013`) or a month (`2014-01`), `budget_year` the year whose money pays.
    Count and total (yuan) are those of its lines. Serves the payment and its audit; kept thirty
    years.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    number = models.CharField(_("Batch"), max_length=40, unique=True)
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT)
    period = models.CharField(_("Period"), max_length=10)
    period_from_on = models.DateField()
    period_to_on = models.DateField()
    budget_year = models.PositiveSmallIntegerField(_("Budget of the year"))
    bank = models.ForeignKey(
        "subsidies.Bank", on_delete=models.PROTECT, default=DEFAULT_BANK, related_name="batches"
    )
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.MADE)
    count = models.PositiveIntegerField(default=0)
    total_amount = MoneyField(default=0)
    made_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()
    approved_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)
    sent_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    sent_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    division_code = DivisionCodeField()

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-made_on", "-number"]
        constraints = [
            models.CheckConstraint(
                name="batch_is_approved_by_another_person",
                condition=Q(approved_by=None) | ~Q(approved_by=F("made_by")),
                violation_error_message=_("You made this batch. Somebody else must approve it."),
            ),
            models.CheckConstraint(
                name="batch_is_sent_by_a_third_person",
                condition=Q(sent_by=None) | (~Q(sent_by=F("made_by")) & ~Q(sent_by=F("approved_by"))),
                violation_error_message=_("You made or approved this batch. Somebody else must send it."),
            ),
            models.CheckConstraint(
                name="batch_is_approved_when_it_has_its_checker",
                condition=Q(state__in=_APPROVED, approved_by__isnull=False, approved_on__isnull=False)
                | Q(state=BatchState.MADE, approved_by=None, approved_on=None)
                | Q(state=BatchState.DISCARDED),
            ),
            models.CheckConstraint(
                name="batch_is_sent_when_it_has_its_payer",
                condition=Q(state__in=_SENT, sent_by__isnull=False, sent_on__isnull=False)
                | (~Q(state__in=_SENT) & Q(sent_by=None, sent_on=None)),
            ),
            models.CheckConstraint(
                name="batch_is_closed_when_it_has_its_day",
                condition=Q(state=BatchState.CLOSED, closed_on__isnull=False)
                | (~Q(state=BatchState.CLOSED) & Q(closed_on=None)),
            ),
            models.CheckConstraint(
                name="batch_pays_somebody",
                condition=Q(count__gt=0, total_amount__gt=0),
                violation_error_message=_("A batch pays at least one person."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Payments by place and state."""

    def visible_to(self, actor: Actor) -> PaymentQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def live(self) -> PaymentQuerySet:
        return self.filter(state__in=LIVE_PAYMENTS)

    def of_periods(self) -> PaymentQuerySet:
        """Lines that pay a period; those for arrears alone do not."""
        return self.filter(period_from_on__lt=F("period_to_on"))

    def to_reissue(self) -> PaymentQuerySet:
        """Returned lines whose money has not gone out again; arrears may go with another line.

        An heir's arrears go out again as one line, which supersedes the one that came back last and brings all.
        """
        again = self.model._default_manager.filter(
            grant=OuterRef("grant"),
            share=OuterRef("share"),
            period_from_on=F("period_to_on"),
            pk__gt=OuterRef("pk"),
            supersedes__returned_on__gte=OuterRef("returned_on"),
        ).exclude(state=PaymentState.CANCELLED)
        return (
            self.filter(state=PaymentState.RETURNED)
            .exclude(superseded_by__state__in=[*LIVE_PAYMENTS, PaymentState.RETURNED])
            .exclude(period_from_on=F("period_to_on"), share=None, arrears=None)
            .exclude(Q(period_from_on=F("period_to_on"), share__isnull=False) & Exists(again))
        )


@pghistory.track(
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    context_field=None,
    attrs={  # the history of a line is found by the line alone
        "batch": link_of_the_past(PaymentBatch),
        "grant": link_of_the_past("subsidies.Grant"),
        "programme": link_of_the_past("subsidies.Programme"),
        "person": link_of_the_past("households.Person"),
        "representative": link_of_the_past("households.Representative", null=True, blank=True),
        "supersedes": link_of_the_past("subsidies.Payment", null=True, blank=True),
    },
)
class Payment(models.Model):
    """One line of a batch: a person, a programme, a period, an amount, and the payee as she was then.

    The payee is the person, or who stands for her (`representative`): agent, guardian, or one of her
    heirs, whose `share` (the heir's serial) is that part of the period which the document gives.
    A line for arrears alone takes up no day: its period is empty, `[to_on, to_on)` of the batch's; of heirs
    it brings the share of all arrears of the grant that has not come to that share before.
    The database refuses a second payment of a person, programme and period, a line added to a
    batch that is no longer being made or of another grant, person or programme, and a change of
    anything but the line's state. It checks batch, grant, person and programme for all lines of a
    statement together, by a trigger in place of foreign keys. A returned
    line stays; the re-issue supersedes it in a new batch. Kept thirty years.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    batch = models.ForeignKey(
        PaymentBatch, on_delete=models.PROTECT, related_name="payments", db_constraint=False, db_index=False
    )
    serial = models.PositiveIntegerField()
    grant = models.ForeignKey(
        "subsidies.Grant", on_delete=models.PROTECT, related_name="payments", db_constraint=False
    )
    programme = models.ForeignKey(
        "subsidies.Programme", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    person = models.ForeignKey(
        "households.Person", on_delete=models.PROTECT, related_name="payments", db_constraint=False
    )
    period_from_on = models.DateField()
    period_to_on = models.DateField()
    amount = MoneyField()
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.PLANNED)
    payee_name = models.CharField(max_length=60)
    payee_id_number = SealedField(purpose=Purpose.IDENTITY_NUMBER)
    payee_bank = models.CharField(max_length=80)
    payee_account = SealedField(purpose=Purpose.BANK_ACCOUNT)
    payee_account_digest = DigestField()
    representative = models.ForeignKey(
        "households.Representative",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        db_index=False,
    )
    share = models.PositiveSmallIntegerField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    returned_on = models.DateField(null=True, blank=True)
    return_reason = models.CharField(max_length=2, choices=ReturnReason, blank=True)
    supersedes = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        db_index=False,
    )
    division_code = DivisionCodeField()

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "serial"]
        indexes = [
            models.Index(fields=["division_code", "paid_on"], name="payment_by_village"),
            models.Index(
                fields=["representative"],
                name="payment_by_representative",
                condition=Q(representative__isnull=False),
            ),
            models.Index(
                fields=["supersedes"], name="payment_by_superseded", condition=Q(supersedes__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "serial"], name="payment_serial_is_unique_in_its_batch"),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=~Q(state=PaymentState.CANCELLED),
                name="a_returned_line_is_issued_again_once",
                violation_error_message=_("This returned line has already been issued again."),
            ),
            models.CheckConstraint(name="payment_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="a_share_is_paid_to_an_heir",
                condition=Q(share=None) | Q(representative__isnull=False, share__gte=1),
                violation_error_message=_("A share of a payment has its heir."),
            ),
            models.CheckConstraint(
                name="paid_payment_has_its_day",
                condition=Q(state=PaymentState.PAID, paid_on__isnull=False)
                | (~Q(state=PaymentState.PAID) & Q(paid_on=None)),
                violation_error_message=_("A paid line has the day the money arrived."),
            ),
            models.CheckConstraint(
                name="returned_payment_has_its_reason",
                condition=(Q(state=PaymentState.RETURNED, returned_on__isnull=False) & ~Q(return_reason=""))
                | (~Q(state=PaymentState.RETURNED) & Q(return_reason="", returned_on=None)),
                violation_error_message=_("A returned line has its day and the bank's reason."),
            ),
            ExclusionConstraint(
                name="nobody_is_paid_twice_for_a_period",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("programme"), RangeOperators.EQUAL),
                    (
                        Func(F("period_from_on"), F("period_to_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                    # No share is the whole: it overlaps with every share, and each share with itself.
                    (Func(F("share"), F("share") + 1, function="int4range"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=[PaymentState.PLANNED, PaymentState.SENT, PaymentState.PAID]),
                violation_error_message=_("This person is already being paid for that period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.serial}"

    @property
    def is_arrears_alone(self) -> bool:
        """Pays what earlier periods lack, and no period of its own."""
        return self.period_from_on == self.period_to_on


class LeftOut(models.Model):
    """A grant of the period that a batch could not take, and why: a debt of the office, never silent."""

    access: ClassVar[Access] = CASE

    id = id_field()
    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="left_out")
    grant = models.ForeignKey("subsidies.Grant", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=LeftOutReason)
    amount = MoneyField()
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["division_code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "grant"], name="a_grant_is_left_out_of_a_batch_once")
        ]

    def __str__(self) -> str:
        return self.reason
