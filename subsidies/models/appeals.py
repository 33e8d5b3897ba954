from __future__ import annotations

import datetime
from decimal import Decimal
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import AppealKind, AppealResult, AppealState, AppealVia
from subsidies.models.batches import LIVE_PAYMENTS

OPEN_APPEALS = (AppealState.RECEIVED, AppealState.ACCEPTED, AppealState.SUSPENDED)
TRANSITIONS: dict[str, frozenset[str]] = {
    AppealState.RECEIVED: frozenset({AppealState.ACCEPTED, AppealState.NOT_ACCEPTED, AppealState.WITHDRAWN}),
    AppealState.ACCEPTED: frozenset({AppealState.SUSPENDED, AppealState.DECIDED, AppealState.WITHDRAWN}),
    AppealState.SUSPENDED: frozenset({AppealState.ACCEPTED, AppealState.WITHDRAWN}),
}


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Appeals by place, state and clock."""

    def visible_to(self, actor: Actor) -> AppealQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def open(self) -> AppealQuerySet:
        return self.filter(state__in=OPEN_APPEALS)

    def overdue_on(self, day: datetime.date) -> AppealQuerySet:
        """Those whose next answer was due before a day; a suspended one has no day."""
        return self.filter(state__in=[AppealState.RECEIVED, AppealState.ACCEPTED], due_on__lt=day)

    def to_carry_out(self) -> AppealQuerySet:
        """Successful ones whose correction has not been made yet."""
        return self.filter(
            state=AppealState.DECIDED,
            result__in=[AppealResult.CHANGED, AppealResult.SENT_BACK],
            carried_out_on=None,
        )


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class Appeal(models.Model):
    """An appeal against a letter of decision: taken in at any counter, accepted, decided, carried out.

    `letter` is the decision appealed against, `grounds` what the family says, in its own words. `due_on` is
    the last day for what comes next: acceptance first (working days), then the answer. It is put off once
    with a reason (`extension_reason`), and stands still while suspended. Who decides has not acted on the
    case, which the database holds. `remedy_from_on` and `remedy_amount` (yuan a year) say what a successful
    one brings; `carried_out_on` when it was done. Serves that decision; kept thirty years with the case.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    number = models.CharField(_("Number"), max_length=20, unique=True)
    kind = models.CharField(_("Kind"), max_length=16, choices=AppealKind)
    letter = models.ForeignKey("subsidies.DecisionLetter", on_delete=models.PROTECT, related_name="appeals")
    application = models.ForeignKey("subsidies.Application", on_delete=models.PROTECT, related_name="appeals")
    via = models.CharField(_("How it came"), max_length=10, choices=AppealVia)
    received_on = models.DateField(_("Received on"))
    received_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    grounds = models.TextField(_("What the family says"))
    is_late = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=AppealState, default=AppealState.RECEIVED)
    due_on = models.DateField(_("Due on"), null=True, blank=True)
    accepted_on = models.DateField(_("Accepted on"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    extended_on = models.DateField(_("Put off on"), null=True, blank=True)
    extension_reason = models.CharField(max_length=300, blank=True)
    suspended_on = models.DateField(_("Suspended on"), null=True, blank=True)
    suspension_reason = models.CharField(max_length=300, blank=True)
    resumed_on = models.DateField(_("Resumed on"), null=True, blank=True)
    decided_on = models.DateField(_("Decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    result = models.CharField(_("Result"), max_length=10, choices=AppealResult, blank=True)
    reasons = models.TextField(_("Reasons"), blank=True)
    document = models.CharField(_("Document of the deciding body"), max_length=120, blank=True)
    remedy_from_on = models.DateField(_("Granted from"), null=True, blank=True)
    remedy_amount = MoneyField(_("Yuan a year"), null=True, blank=True)
    carried_out_on = models.DateField(_("Carried out on"), null=True, blank=True)
    carried_out_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    division_code = DivisionCodeField(_("Village"))

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-number"]
        indexes = [models.Index(fields=["division_code", "state"], name="appeal_by_village")]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "kind"],
                condition=~Q(state__in=[AppealState.WITHDRAWN, AppealState.NOT_ACCEPTED]),
                name="one_appeal_of_a_kind_against_a_letter",
                violation_error_message=_(
                    "An appeal of this kind against the letter is on its way or decided."
                ),
            ),
            models.CheckConstraint(
                name="appeal_says_what_the_family_says",
                condition=~Q(grounds=""),
                violation_error_message=_("Write down what the family says."),
            ),
            models.CheckConstraint(
                name="decided_appeal_has_person_day_result_and_reasons",
                condition=(
                    Q(state=AppealState.DECIDED, decided_on__isnull=False, decided_by__isnull=False)
                    & ~Q(result="")
                    & ~Q(reasons="")
                )
                | (
                    Q(
                        state=AppealState.NOT_ACCEPTED,
                        decided_on__isnull=False,
                        decided_by__isnull=False,
                        result="",
                    )
                    & ~Q(reasons="")
                )
                | (
                    ~Q(state__in=[AppealState.DECIDED, AppealState.NOT_ACCEPTED])
                    & Q(decided_on=None, decided_by=None, result="", reasons="")
                ),
                violation_error_message=_(
                    "A decided appeal has its person, its day, its result and its reasons."
                ),
            ),
            models.CheckConstraint(
                name="appeal_is_decided_by_another_than_received_it",
                condition=Q(decided_by=None) | ~Q(decided_by=F("received_by")),
                violation_error_message=_("You took this appeal in. Somebody else must decide it."),
            ),
            models.CheckConstraint(
                name="appeal_is_carried_out_by_another_than_decided_it",
                condition=Q(carried_out_on=None, carried_out_by=None)
                | (
                    Q(carried_out_on__isnull=False, carried_out_by__isnull=False)
                    & ~Q(carried_out_by=F("decided_by"))
                ),
                violation_error_message=_("You decided this appeal. Somebody else must carry it out."),
            ),
            models.CheckConstraint(
                name="appeal_is_put_off_and_suspended_with_a_reason",
                condition=(
                    Q(extended_on=None, extension_reason="")
                    | Q(extended_on__isnull=False) & ~Q(extension_reason="")
                )
                & (
                    Q(suspended_on=None, suspension_reason="")
                    | Q(suspended_on__isnull=False) & ~Q(suspension_reason="")
                ),
                violation_error_message=_("An appeal is put off or suspended with a reason."),
            ),
            models.CheckConstraint(
                name="open_appeal_has_its_last_day",
                condition=Q(state__in=[AppealState.RECEIVED, AppealState.ACCEPTED], due_on__isnull=False)
                | Q(state=AppealState.SUSPENDED)
                | ~Q(state__in=OPEN_APPEALS),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def remedy(self) -> tuple[datetime.date, Decimal]:
        """From which day on and how many yuan a year a successful one brings."""
        if self.remedy_from_on is None or self.remedy_amount is None:
            raise ValueError("this appeal brings no amount of its own")
        return self.remedy_from_on, self.remedy_amount


class ArrearQuerySet(models.QuerySet["Arrear"]):
    """Arrears by place and whether they are paid."""

    def visible_to(self, actor: Actor) -> ArrearQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def waiting(self) -> ArrearQuerySet:
        """No line pays them, or the one that did has let them go, and their grant has not ended before."""
        due = Func(F("pk"), function="subsidies_arrear_due", output_field=MoneyField())
        return self.alias(due=due).filter(
            Q(payment=None) | ~Q(payment__state__in=LIVE_PAYMENTS), due__gt=Decimal()
        )


class Arrear(models.Model):
    """What a family still gets for a period that was paid too low: the next batch pays it.

    Of a period `[period_from_on, period_to_on)`, with what it rests on: the appeal that succeeded, or the
    decision on what became known late. `payment` is the line that took it up: the grant's own, or one for
    arrears alone. A line that the bank returns or that is discarded lets it go to the next. It is reckoned
    up to `ends_on`, the end of the grant as it was known; what a later finding of an earlier end leaves of it
    is the database's `subsidies_arrear_due`, and its amount once a line takes it up. Serves the
    payment; kept thirty years with it.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    grant = models.ForeignKey("subsidies.Grant", on_delete=models.PROTECT, related_name="arrears")
    appeal = models.ForeignKey(
        Appeal, on_delete=models.PROTECT, null=True, blank=True, related_name="arrears"
    )
    finding = models.ForeignKey(
        "subsidies.LateFinding", on_delete=models.PROTECT, null=True, blank=True, related_name="arrears"
    )
    period_from_on = models.DateField()
    period_to_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    amount = MoneyField()
    payment = models.ForeignKey(
        "subsidies.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="arrears"
    )
    division_code = DivisionCodeField()

    objects = ArrearQuerySet.as_manager()

    class Meta:
        ordering = ["period_from_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "period_from_on"], name="arrears_of_a_period_rest_once_on_an_appeal"
            ),
            models.UniqueConstraint(
                fields=["finding", "period_from_on"], name="arrears_of_a_period_rest_once_on_a_finding"
            ),
            models.CheckConstraint(
                name="arrears_rest_on_an_appeal_or_a_finding",
                condition=Q(appeal=None, finding__isnull=False) | Q(appeal__isnull=False, finding=None),
                violation_error_message=_("Name what the arrears rest on."),
            ),
            models.CheckConstraint(name="arrear_is_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
