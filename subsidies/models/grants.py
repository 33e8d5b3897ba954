from __future__ import annotations

import datetime
from typing import ClassVar

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import GrantState, StopReason
from subsidies.models.grant_amounts import GrantAmount

TRANSITIONS: dict[str, frozenset[str]] = {
    GrantState.LIVE: frozenset({GrantState.SUSPENDED, GrantState.STOPPED}),
    GrantState.SUSPENDED: frozenset({GrantState.LIVE, GrantState.STOPPED}),
}
AFTER_APPEAL: dict[str, frozenset[str]] = {GrantState.STOPPED: frozenset({GrantState.LIVE})}
"""A stopped grant runs again only by a successful appeal, which the database holds."""


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants by place and day."""

    def visible_to(self, actor: Actor) -> GrantQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def covering(self, day: datetime.date) -> GrantQuerySet:
        return self.not_over_on(day).filter(from_on__lte=day)

    def not_over_on(self, day: datetime.date) -> GrantQuerySet:
        """Those that cover the day or begin later."""
        return self.filter(Q(to_on=None) | Q(to_on__gt=day))

    def with_amount_on(self, day: datetime.date) -> GrantQuerySet:
        """Each with `amount_on_day`: what it brings a year by the amount of a day."""
        raised = GrantAmount.objects.filter(grant=OuterRef("pk"), from_on__lte=day).order_by("-from_on")
        return self.annotate(
            amount_on_day=Coalesce(Subquery(raised.values("annual_amount")[:1]), F("annual_amount"))
        )


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class Grant(models.Model):
    """A confirmed right to a benefit for `[from_on, to_on)`: what payments rest on.

    Serves the payment; kept thirty years. `annual_amount` is what a year brings (twelve months of
    a monthly programme) as it was granted; what it brings since it was raised is a GrantAmount.
    `confirmed_on` is the day of the decision. Of a stopped grant `event_on`
    is the day its reason arose, `stopped_on` the business day that was written, and `to_on`
    follows from the programme's stop rule.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    application = models.OneToOneField(
        "subsidies.Application", on_delete=models.PROTECT, related_name="grant"
    )
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT, db_index=False)
    policy_version = models.ForeignKey("subsidies.PolicyVersion", on_delete=models.PROTECT)
    person = models.ForeignKey(
        "households.Person", on_delete=models.PROTECT, related_name="grants", db_index=False
    )
    state = models.CharField(max_length=10, choices=GrantState, default=GrantState.LIVE)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    annual_amount = MoneyField()
    confirmed_on = models.DateField()
    stop_reason = models.CharField(max_length=20, choices=StopReason, blank=True)
    event_on = models.DateField(null=True, blank=True)
    stopped_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField()

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["from_on", "id"]
        indexes = [
            models.Index(fields=["division_code", "programme", "from_on"], name="grant_by_village"),
            # The one to look a person up by: without statistics one of the programme looks as good, and reads thousands.
            models.Index(fields=["person", "programme"], name="grant_by_person"),
        ]
        constraints = [
            models.CheckConstraint(name="grant_amount_is_not_negative", condition=Q(annual_amount__gte=0)),
            models.CheckConstraint(
                name="grant_does_not_end_before_it_begins",
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                violation_error_message=_("A grant does not end before it begins."),
            ),
            models.CheckConstraint(
                name="stopped_grant_has_end_day_and_reason",
                condition=Q(state=GrantState.STOPPED, to_on__isnull=False, stopped_on__isnull=False)
                & ~Q(stop_reason="")
                | (~Q(state=GrantState.STOPPED) & Q(stop_reason="", stopped_on=None)),
                violation_error_message=_("A stopped grant has its end, its day and its reason."),
            ),
            ExclusionConstraint(
                name="one_grant_of_a_programme_at_a_time",
                # A grant without a day overlaps none; and people are looked up by their own index, not in this one.
                condition=~Q(from_on=F("to_on")),
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("programme"), RangeOperators.EQUAL),
                    (
                        Func(F("from_on"), F("to_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This person already has a grant of the programme in that period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.from_on}"
