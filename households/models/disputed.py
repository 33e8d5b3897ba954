from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.enums import Disputed, DisputeDecision
from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, SealedField, id_field
from offices.sealing import Purpose


class DisputedEntryQuerySet(models.QuerySet["DisputedEntry"]):
    """Disputed entries by place and whether somebody has settled them."""

    def visible_to(self, actor: Actor) -> DisputedEntryQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def unsettled(self) -> DisputedEntryQuerySet:
        return self.filter(settled_on=None)


class DisputedEntry(models.Model):
    """A resident file says otherwise than what was put right at the counter, by a document, before.

    The registry keeps what was put right until a person decides, another than who put it right; what
    was decided about a value holds when a file says it again. `said` is the file's value (of a number
    its digest, the number itself sealed). Serves the truth of the register; kept with the person.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    task = models.ForeignKey(
        "households.RegistryTask", on_delete=models.PROTECT, related_name="disputed_entries"
    )
    brought = models.ForeignKey("households.ResidentImport", on_delete=models.PROTECT, related_name="+")
    line = models.PositiveIntegerField(_("Row"))
    person = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey("households.LifeEvent", on_delete=models.PROTECT, related_name="+")
    put_right_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=8, choices=Disputed)
    said = models.CharField(max_length=64)
    said_number = SealedField(null=True, purpose=Purpose.IDENTITY_NUMBER)
    decision = models.CharField(max_length=8, choices=DisputeDecision, blank=True)
    settled_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    settled_on = models.DateField(null=True)
    division_code = DivisionCodeField()

    objects = DisputedEntryQuerySet.as_manager()

    class Meta:
        ordering = ["line", "word", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "word", "said"], name="one_dispute_of_a_value"),
            models.CheckConstraint(
                name="dispute_is_settled_by_somebody_on_a_day",
                condition=Q(settled_by=None, settled_on=None, decision="")
                | (Q(settled_by__isnull=False, settled_on__isnull=False) & ~Q(decision="")),
                violation_error_message=_("A settled question has its answer, its person and its day."),
            ),
            models.CheckConstraint(
                name="dispute_is_settled_by_another",
                condition=Q(settled_by=None) | ~Q(settled_by=F("put_right_by")),
                violation_error_message=_(
                    "You put this entry right yourself. Whether it stays is decided by somebody else."
                ),
            ),
            models.CheckConstraint(
                name="disputed_number_is_sealed",
                condition=Q(word=Disputed.NUMBER, said_number__isnull=False)
                | (~Q(word=Disputed.NUMBER) & Q(said_number=None)),
                violation_error_message=_("Of an identity number the number itself is kept, sealed."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_word_display()
