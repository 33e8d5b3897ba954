from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, id_field
from subsidies.enums import DeliveryMethod, LetterKind
from subsidies.models.grants import Grant
from subsidies.models.recoveries import Recovery


class DecisionLetterQuerySet(models.QuerySet["DecisionLetter"]):
    """Letters by place and whether they reached the family."""

    def visible_to(self, actor: Actor) -> DecisionLetterQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def undelivered(self) -> DecisionLetterQuerySet:
        """Those of which no delivery is on record: no time limit of the family runs."""
        return self.filter(~Exists(LetterDelivery.objects.standing().filter(letter=OuterRef("pk"))))


class DecisionLetter(models.Model):
    """The letter of a decision (决定书): what was decided, why, by which law, how to appeal; never changed.

    `content` is its text to the byte (JSON), `digest` the text's SHA-256; `number` is counted per office and
    year without gaps. `terms` are those printed on it. `file` is the PDF, made once after the decision and
    kept sealed. Serves the family's right to learn a decision with its reasons, and to object; kept thirty
    years with the case. Only its file and, with its case, its village are ever written again.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    number = models.CharField(_("Document number"), max_length=60, unique=True)
    office_code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    kind = models.CharField(_("Kind"), max_length=10, choices=LetterKind)
    application = models.ForeignKey("subsidies.Application", on_delete=models.PROTECT, related_name="letters")
    grant = models.ForeignKey(
        "subsidies.Grant", on_delete=models.PROTECT, null=True, blank=True, related_name="letters"
    )
    appeal = models.ForeignKey(
        "subsidies.Appeal", on_delete=models.PROTECT, null=True, blank=True, related_name="letters"
    )
    recovery = models.ForeignKey(
        "subsidies.Recovery", on_delete=models.PROTECT, null=True, blank=True, related_name="letters"
    )
    receipt = models.ForeignKey(
        "subsidies.ExplanationReceipt",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
    )
    terms = models.ForeignKey("subsidies.AppealTerms", on_delete=models.PROTECT, related_name="+")
    content = models.TextField()
    digest = models.CharField(max_length=64)
    verification = models.OneToOneField("offices.Verification", on_delete=models.PROTECT, related_name="+")
    file = models.OneToOneField(
        "offices.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_on = models.DateField(_("Issued on"))
    issued_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    division_code = DivisionCodeField(_("Village"))

    objects = DecisionLetterQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-serial", "-id"]
        indexes = [models.Index(fields=["division_code", "issued_on"], name="letter_by_village")]
        constraints = [
            models.UniqueConstraint(
                fields=["office_code", "year", "serial"], name="letters_of_an_office_are_numbered_once"
            ),
            models.CheckConstraint(
                name="letter_has_its_digest",
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("A letter has the digest of its text."),
            ),
            models.CheckConstraint(
                name="letter_names_what_it_decides",
                condition=Q(kind=LetterKind.REFUSED, grant=None, appeal=None, recovery=None)
                | Q(
                    kind__in=[LetterKind.GRANTED, LetterKind.STOPPED, LetterKind.CHANGED],
                    grant__isnull=False,
                    recovery=None,
                )
                | Q(kind=LetterKind.OUTCOME, appeal__isnull=False, recovery=None)
                | Q(kind=LetterKind.RECOVERY, grant__isnull=False, recovery__isnull=False),
                violation_error_message=_(
                    "A letter names the grant, the appeal or the recovery that it is about."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def its_grant(self) -> Grant:
        """The grant that it is about; ValueError for a letter that is about none."""
        if self.grant is None:
            raise ValueError("this letter is about no grant")
        return self.grant

    @property
    def its_recovery(self) -> Recovery:
        """The recovery that it decides; ValueError for any other letter."""
        if self.recovery is None:
            raise ValueError("this letter is about no recovery")
        return self.recovery


class LetterDeliveryQuerySet(models.QuerySet["LetterDelivery"]):
    """Deliveries that count."""

    def visible_to(self, actor: Actor) -> LetterDeliveryQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def standing(self) -> LetterDeliveryQuerySet:
        """Those that were not taken back."""
        return self.filter(taken_back_on=None)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class LetterDelivery(models.Model):
    """That a letter reached the family (送达): how, when, who signed; the time limits run from `delivered_on`.

    `recipient` signed for it (herself or an adult of the family, with `relation`); `document` is the postal
    number, or where the announcement stood. An announcement counts as delivered after the days of the
    letter's terms, `announced_on` is when it was put up. A wrong entry is taken back and stays. Serves the
    family's time limits; kept with the letter.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    letter = models.ForeignKey(DecisionLetter, on_delete=models.PROTECT, related_name="deliveries")
    method = models.CharField(_("How it was delivered"), max_length=10, choices=DeliveryMethod)
    delivered_on = models.DateField(_("Delivered on"))
    announced_on = models.DateField(_("Announced on"), null=True, blank=True)
    recipient = models.CharField(_("Who signed for it"), max_length=60, blank=True)
    relation = models.CharField(_("Relation to the person"), max_length=30, blank=True)
    document = models.CharField(_("Postal number, or where it was announced"), max_length=120, blank=True)
    recorded_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField()
    taken_back_on = models.DateField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    division_code = DivisionCodeField()

    objects = LetterDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter"],
                condition=Q(taken_back_on=None),
                name="a_letter_is_delivered_once",
                violation_error_message=_("The delivery of this letter is recorded already."),
            ),
            models.CheckConstraint(
                name="delivery_has_what_its_method_needs",
                condition=(Q(method=DeliveryMethod.IN_PERSON, announced_on=None) & ~Q(recipient=""))
                | (Q(method=DeliveryMethod.FAMILY, announced_on=None) & ~Q(recipient="") & ~Q(relation=""))
                | (Q(method=DeliveryMethod.POST, announced_on=None) & ~Q(document=""))
                | (
                    Q(
                        method=DeliveryMethod.ANNOUNCED,
                        announced_on__isnull=False,
                        delivered_on__gt=F("announced_on"),
                    )
                    & ~Q(document="")
                ),
                violation_error_message=_(
                    "A delivery names who signed, the postal number, or where it was announced."
                ),
            ),
            models.CheckConstraint(
                name="delivery_taken_back_has_its_day_and_person",
                condition=Q(taken_back_on=None, taken_back_by=None)
                | Q(taken_back_on__isnull=False, taken_back_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.delivered_on}"
