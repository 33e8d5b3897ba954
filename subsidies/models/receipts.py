from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.models import Person
from offices.actors import Actor
from offices.database.access import LOG, Access
from offices.fields import DivisionCodeField, id_field
from subsidies.enums import Outcome


class Occasion(models.TextChoices):
    """On what occasion an explanation was given."""

    PRINTED = "printed", pgettext_lazy("explanation", "Printed")
    DECIDED = "decided", pgettext_lazy("explanation", "With a decision")
    ASKED = "asked", pgettext_lazy("explanation", "Kept when asked for")


class ExplanationReceiptQuerySet(models.QuerySet["ExplanationReceipt"]):
    """Receipts by place and person."""

    def visible_to(self, actor: Actor) -> ExplanationReceiptQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def about(self, person: Person) -> ExplanationReceiptQuerySet:
        """Those of a person, also of a record that was merged into hers."""
        return self.filter(Q(person=person) | Q(person__merged_into=person))


class ExplanationReceipt(models.Model):
    """An explanation as it was given: printed for a family, or part of a decision; never changed.

    `content` is its text to the byte (JSON), `digest` the text's SHA-256; `known_at` is the moment
    whose knowledge it says, `as_of` the day it is about. Serves the family's right to learn how a
    decision was reached, and its objection. Kept as long as the application or, without one, as
    long as the person's record. It stays with the office that gave it, also when she moves.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    code = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT, related_name="+")
    policy_version = models.ForeignKey("subsidies.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey(
        "subsidies.Application", on_delete=models.PROTECT, null=True, blank=True, related_name="explanations"
    )
    as_of = models.DateField()
    known_at = models.DateTimeField()
    occasion = models.CharField(max_length=8, choices=Occasion)
    outcome = models.CharField(max_length=12, choices=Outcome)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    given_on = models.DateField()
    given_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    division_code = DivisionCodeField()

    objects = ExplanationReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["-known_at", "-id"]
        indexes = [models.Index(fields=["person", "programme"], name="receipt_by_person")]
        constraints = [
            models.CheckConstraint(
                name="receipt_of_a_decision_names_its_case",
                condition=~Q(occasion=Occasion.DECIDED) | Q(application__isnull=False),
                violation_error_message=_("The explanation of a decision belongs to an application."),
            ),
            models.CheckConstraint(
                name="receipt_has_its_digest",
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("A kept explanation has the digest of its text."),
            ),
        ]

    def __str__(self) -> str:
        return self.code
