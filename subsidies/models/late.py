from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import LateCause, LateDecision, LateState

TRANSITIONS: dict[str, frozenset[str]] = {
    LateState.OPEN: frozenset({LateState.DECIDED, LateState.DROPPED}),
    LateState.DROPPED: frozenset({LateState.OPEN}),
}


class LateFindingQuerySet(models.QuerySet["LateFinding"]):
    """Findings by place and whether they wait."""

    def visible_to(self, actor: Actor) -> LateFindingQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def undecided(self) -> LateFindingQuerySet:
        return self.filter(state=LateState.OPEN)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class LateFinding(models.Model):
    """A grant touched by something that became known after it happened: what was paid, what would be right.

    The cause is an event reported late, a fact that a file brought, or a policy version published
    with a first day in the past. `periods` are the payments concerned, each `{"payment", "from",
    "to", "paid", "right"}`; amounts are yuan as text. `right_until` is the first day no longer paid
    by the stop rule, if the right ended. A person decides, with what the decision rests on; nothing
    happens to money by itself, and lawful payments are never taken back by the system. Serves that
    decision and its audit; kept thirty years with the payments.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    grant = models.ForeignKey("subsidies.Grant", on_delete=models.PROTECT, related_name="late_findings")
    cause = models.CharField(max_length=6, choices=LateCause)
    event = models.ForeignKey(
        "households.LifeEvent", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    policy_version = models.ForeignKey(
        "subsidies.PolicyVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    happened_on = models.DateField(_("Happened on"))
    known_on = models.DateField(_("Known on"))
    right_until = models.DateField(null=True, blank=True)
    periods = models.JSONField(default=list)
    paid_amount = MoneyField(default=0)
    right_amount = MoneyField(default=0)
    state = models.CharField(max_length=8, choices=LateState, default=LateState.OPEN)
    decision = models.CharField(_("Decision"), max_length=8, choices=LateDecision, blank=True)
    basis = models.CharField(_("What the decision rests on"), max_length=120, blank=True)
    decided_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField(_("Village"))

    objects = LateFindingQuerySet.as_manager()

    class Meta:
        ordering = ["-known_on", "-id"]
        indexes = [models.Index(fields=["division_code", "state"], name="late_finding_by_village")]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "event"],
                condition=Q(cause=LateCause.EVENT),
                name="an_event_is_found_late_once_for_a_grant",
            ),
            models.UniqueConstraint(
                fields=["grant", "policy_version"],
                condition=Q(cause=LateCause.POLICY) & ~Q(state=LateState.DECIDED),
                name="a_policy_is_found_late_once_for_a_grant",
            ),
            models.UniqueConstraint(
                fields=["grant", "happened_on"],
                condition=Q(cause=LateCause.FILE),
                name="a_file_is_found_late_once_for_a_grant",
            ),
            models.CheckConstraint(
                name="late_finding_names_its_cause",
                condition=Q(cause=LateCause.EVENT, event__isnull=False, policy_version=None)
                | Q(cause=LateCause.POLICY, event=None, policy_version__isnull=False)
                | Q(cause=LateCause.FILE, event=None, policy_version=None),
                violation_error_message=_("Name what became known late."),
            ),
            models.CheckConstraint(
                name="late_is_known_after_it_happened",
                # What was paid on the first day of a policy may lack what it brings, and is found that night.
                condition=Q(known_on__gt=F("happened_on"))
                | Q(cause=LateCause.POLICY, known_on=F("happened_on")),
                violation_error_message=_("Only what was known after it happened is late."),
            ),
            models.CheckConstraint(
                name="late_decision_has_person_day_and_basis",
                condition=(
                    Q(state=LateState.DECIDED, decided_by__isnull=False, decided_on__isnull=False)
                    & ~Q(decision="")
                    & ~Q(basis="")
                )
                | (~Q(state=LateState.DECIDED) & Q(decided_by=None, decided_on=None, decision="", basis="")),
                violation_error_message=_("A decision has its person, its day and what it rests on."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_cause_display()

    @property
    def reckoning(self) -> str:
        """The sums and the end that were found, in one word: so who decides can say which she saw."""
        return f"{self.paid_amount}|{self.right_amount}|{self.right_until or ''}"

    @property
    def difference(self) -> Decimal:
        """What would be right less what was paid, in yuan: above nothing, the family lacks it."""
        return self.right_amount - self.paid_amount
