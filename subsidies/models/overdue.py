from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, id_field
from subsidies.enums import RaisedTo, Step
from subsidies.models.appeals import OPEN_APPEALS
from subsidies.models.applications import CLOSED_STATES, Application, Objection


class OverdueQuerySet(models.QuerySet["Overdue"]):
    """What was raised, by place and whether it still waits."""

    def visible_to(self, actor: Actor) -> OverdueQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def steps(self) -> OverdueQuerySet:
        """Steps that are still not taken: the application stands where it stood."""
        return self.filter(objection=None, appeal=None, application__due_on=F("due_on")).exclude(
            application__state__in=CLOSED_STATES
        )

    def objections(self) -> OverdueQuerySet:
        """Answers that are still owed."""
        return self.filter(objection__isnull=False, objection__answered_on=None)

    def appeals(self) -> OverdueQuerySet:
        """Answers to appeals that are still owed: the appeal's day is the one that passed."""
        return self.filter(appeal__due_on=F("due_on"), appeal__state__in=OPEN_APPEALS)


class Overdue(models.Model):
    """A step, or the answer to an objection or an appeal, that was not done in time and went up a level.

    Serves the family, whose case somebody else now presses; kept thirty years with the case. Written by
    the night's work, once for each level. That it is settled shows in the case itself.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="overdue")
    objection = models.ForeignKey(
        Objection, on_delete=models.PROTECT, null=True, blank=True, related_name="overdue"
    )
    appeal = models.ForeignKey(
        "subsidies.Appeal", on_delete=models.PROTECT, null=True, blank=True, related_name="overdue"
    )
    step = models.CharField(max_length=20, choices=Step, blank=True)
    level = models.CharField(_("Raised to"), max_length=10, choices=RaisedTo)
    due_on = models.DateField(_("Was due on"))
    raised_on = models.DateField(_("Raised on"))
    division_code = DivisionCodeField()

    objects = OverdueQuerySet.as_manager()

    class Meta:
        ordering = ["raised_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "step", "due_on", "level"],
                condition=Q(objection=None, appeal=None),
                name="overdue_step_is_raised_once_to_a_level",
                violation_error_message=_("This step was raised to that level already."),
            ),
            models.UniqueConstraint(
                fields=["objection", "level"],
                condition=Q(objection__isnull=False),
                name="overdue_answer_is_raised_once_to_a_level",
                violation_error_message=_("This answer was raised to that level already."),
            ),
            models.UniqueConstraint(
                fields=["appeal", "level", "due_on"],
                condition=Q(appeal__isnull=False),
                name="overdue_appeal_is_raised_once_to_a_level",
                violation_error_message=_("This appeal was raised to that level already."),
            ),
            models.CheckConstraint(
                name="overdue_is_a_step_or_an_answer",
                condition=Q(objection=None, appeal=None) & ~Q(step="")
                | Q(objection__isnull=False, appeal=None, step="")
                | Q(objection=None, appeal__isnull=False, step=""),
                violation_error_message=_(
                    "What is overdue is a step, or the answer to an objection or an appeal."
                ),
            ),
            models.CheckConstraint(
                name="overdue_is_raised_after_it_was_due",
                condition=Q(raised_on__gt=F("due_on")),
                violation_error_message=_("Nothing is raised before it is overdue."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step or self.objection_id or self.appeal_id} {self.level}"
