from __future__ import annotations

from typing import ClassVar

from django.db import models

from offices.actors import Actor
from offices.database.access import DERIVED, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import Outcome, Standing


class Sweep(models.Model):
    """The assessment of everybody for a day; assessing the day again replaces what it held.

    Holds counts alone. Of past days the last of each month is kept, of the others a month's worth.
    """

    access: ClassVar[Access] = DERIVED

    id = id_field()
    as_of = models.DateField()
    swept_at = models.DateTimeField(auto_now=True)
    swept_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    persons = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["-as_of"]
        constraints = [models.UniqueConstraint(fields=["as_of"], name="one_sweep_of_a_day")]

    def __str__(self) -> str:
        return self.as_of.isoformat()


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Assessments by place."""

    def visible_to(self, actor: Actor) -> AssessmentQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class Assessment(models.Model):
    """What a sweep found for a person and programme: everybody entitled, unknown or to review.

    `reasons` maps each registry clause to true, false or null, so that no second pass is needed.
    `amount` is that of one period of the programme on the day (a year or a month), `annual_amount`
    what a grant pays for the year of the day. Serves the finding of benefits owed; recomputable,
    kept as long as its sweep. Programme, policy and person are those it was found by, in the same
    transaction; looking each of them up again for every row took longer than deciding.
    """

    access: ClassVar[Access] = DERIVED

    id = id_field()
    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="assessments", db_index=False)
    programme = models.ForeignKey(
        "subsidies.Programme", on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    policy_version = models.ForeignKey(
        "subsidies.PolicyVersion", on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    person = models.ForeignKey(
        "households.Person", on_delete=models.PROTECT, related_name="assessments", db_constraint=False
    )
    outcome = models.CharField(max_length=12, choices=Outcome)
    standing = models.CharField(max_length=10, choices=Standing)
    amount = MoneyField(null=True, blank=True)
    annual_amount = MoneyField(null=True, blank=True)
    reasons = models.JSONField(default=dict)
    division_code = DivisionCodeField()

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sweep", "programme", "person"], name="one_assessment_in_a_sweep")
        ]
        indexes = [
            models.Index(
                fields=["sweep", "division_code", "programme", "standing"], name="assessment_by_village"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.outcome}"
