from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, LOG, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import GoodsMoveKind, NominationReason, RecognitionKind, RecognitionState

RECOGNITION_TRANSITIONS: dict[str, frozenset[str]] = {
    RecognitionState.NOMINATED: frozenset({RecognitionState.CONFIRMED, RecognitionState.REJECTED}),
}


class Nomination(models.Model):
    """The nomination of a family for an award by selection (模范幸福家庭), with the village's reasons.

    It goes the way of an application: the village's meeting with the names of those present, notices
    with objections, township, county, grant. Reasons are a closed list; no family is ranked. A
    family is nominated for an award once a year. Kept thirty years with its application.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    application = models.OneToOneField(
        "subsidies.Application", on_delete=models.PROTECT, related_name="nomination"
    )
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("households.Household", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    reasons = ArrayField(models.CharField(max_length=12, choices=NominationReason))
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "household", "year"],
                name="a_family_is_nominated_once_a_year",
                violation_error_message=_("This family has been nominated for this award this year."),
            ),
            models.CheckConstraint(
                name="nomination_has_its_reasons",
                condition=Q(reasons__len__gt=0),
                violation_error_message=_("A nomination has its reasons."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}"


class GoodsItemQuerySet(models.QuerySet["GoodsItem"]):
    """Goods by place."""

    def visible_to(self, actor: Actor) -> GoodsItemQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class GoodsItem(models.Model):
    """A kind of goods that awards are partly given in, with the county's stock of it.

    `stock` is kept by a trigger from the moves and never falls below zero. Holds no person.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    name = models.CharField(_("Goods"), max_length=60, unique=True)
    unit = models.CharField(_("Unit of count"), max_length=10)
    unit_value = MoneyField(_("Value of one (yuan)"))
    stock = models.IntegerField(default=0, editable=False)
    entered_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    entered_on = models.DateField()
    division_code = DivisionCodeField()

    objects = GoodsItemQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="stock_of_goods_is_never_below_zero",
                condition=Q(stock__gte=0),
                violation_error_message=_("There is not so much of it in stock."),
            ),
            models.CheckConstraint(name="goods_have_a_value", condition=Q(unit_value__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class GoodsMove(models.Model):
    """Goods received, handed out against signature, or lost; append-only, kept ten years.

    What is handed out names the grant of the award and who signed for it.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    item = models.ForeignKey(GoodsItem, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=12, choices=GoodsMoveKind)
    quantity = models.PositiveIntegerField(_("Quantity"))
    moved_on = models.DateField(_("On"))
    document = models.CharField(_("Document"), max_length=120, blank=True)
    grant = models.ForeignKey(
        "subsidies.Grant", on_delete=models.PROTECT, null=True, blank=True, related_name="goods"
    )
    signed_by = models.CharField(_("Signed by"), max_length=60, blank=True)
    recorded_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["moved_on", "id"]
        constraints = [
            models.CheckConstraint(name="move_of_goods_moves_something", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="goods_are_handed_out_against_signature",
                condition=(Q(kind=GoodsMoveKind.HANDED_OUT, grant__isnull=False) & ~Q(signed_by=""))
                | (~Q(kind=GoodsMoveKind.HANDED_OUT) & Q(grant=None, signed_by="") & ~Q(document="")),
                violation_error_message=_(
                    "Goods are handed out for an award against signature; else they have a document."
                ),
            ),
            models.UniqueConstraint(
                fields=["grant", "item"],
                condition=Q(grant__isnull=False),
                name="goods_are_handed_out_once",
                violation_error_message=_("These goods have been handed out for this award already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    """Recognitions by place."""

    def visible_to(self, actor: Actor) -> RecognitionQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class Recognition(models.Model):
    """An honour without money (好媳妇, 好婆婆, 先进个人): nominated by the village, confirmed by the county.

    Serves the certificate that the person takes home; reasons are a closed list. Kept ten years.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    kind = models.CharField(_("Honour"), max_length=10, choices=RecognitionKind)
    person = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="recognitions")
    year = models.PositiveSmallIntegerField(_("Year"))
    reasons = ArrayField(models.CharField(max_length=12, choices=NominationReason))
    present = ArrayField(models.CharField(max_length=60))
    state = models.CharField(max_length=10, choices=RecognitionState, default=RecognitionState.NOMINATED)
    nominated_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    nominated_on = models.DateField()
    decided_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    number = models.CharField(_("Document number"), max_length=40, blank=True)
    code = models.CharField(max_length=20, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    division_code = DivisionCodeField()

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-nominated_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "person", "year"],
                condition=~Q(state=RecognitionState.REJECTED),
                name="an_honour_is_given_once_a_year",
                violation_error_message=_("This person has been nominated for this honour this year."),
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="recognition_number_is_given_once"
            ),
            models.CheckConstraint(
                name="recognition_has_reasons_and_witnesses",
                condition=Q(reasons__len__gt=0, present__len__gte=3),
                violation_error_message=_(
                    "A nomination has its reasons and the names of at least three people present."
                ),
            ),
            models.CheckConstraint(
                name="recognition_is_confirmed_by_another_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("nominated_by")),
                violation_error_message=_("You nominated this person. Somebody else must confirm it."),
            ),
            models.CheckConstraint(
                name="confirmed_recognition_has_its_number",
                condition=(
                    Q(
                        state=RecognitionState.CONFIRMED,
                        decided_by__isnull=False,
                        decided_on__isnull=False,
                    )
                    & ~Q(number="")
                    & ~Q(code="")
                    & ~Q(digest="")
                )
                | (~Q(state=RecognitionState.CONFIRMED) & Q(number="", code="", digest="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.get_kind_display()
