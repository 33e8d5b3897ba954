from __future__ import annotations

import datetime
from typing import ClassVar

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from households.enums import (
    GROUNDS_OF_KIND,
    RepresentationEnd,
    RepresentationGround,
    RepresentationKind,
    RepresentationState,
)
from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DigestField, DivisionCodeField, SealedField, id_field
from offices.sealing import Purpose

TRANSITIONS: dict[str, frozenset[str]] = {
    RepresentationState.PROPOSED: frozenset({RepresentationState.CONFIRMED, RepresentationState.REJECTED}),
    RepresentationState.CONFIRMED: frozenset({RepresentationState.ENDED}),
}
OPEN_STATES = (RepresentationState.PROPOSED, RepresentationState.CONFIRMED)
_HELD = (RepresentationState.CONFIRMED, RepresentationState.ENDED)


def _fitting_grounds() -> Q:
    condition = Q()
    for kind, grounds in GROUNDS_OF_KIND.items():
        condition |= Q(kind=kind, ground__in=grounds)
    return condition


class RepresentationQuerySet(models.QuerySet["Representation"]):
    """Representations by place, state and day."""

    def visible_to(self, actor: Actor) -> RepresentationQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def waiting(self) -> RepresentationQuerySet:
        return self.filter(state=RepresentationState.PROPOSED)

    def open_on(self, day: datetime.date) -> RepresentationQuerySet:
        """Entered or confirmed, and not over on a day."""
        return self.filter(Q(to_on=None) | Q(to_on__gt=day), state__in=OPEN_STATES)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class Representation(models.Model):
    """Somebody stands for a person before the office: an agent, a guardian, or her heirs, by a document.

    Serves that the right one acts and is paid; kept thirty years with the payments. It holds for
    `[from_on, to_on)`, once another person than who entered it has confirmed it against its document.
    `is_paid`: money goes to the representatives; heirs always, an agent only where the authority says so,
    of a guardian as the guardian asks. Heirs are paid what was granted for the time up to the death.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    person = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="representations")
    kind = models.CharField(_("As"), max_length=10, choices=RepresentationKind)
    ground = models.CharField(_("Kind of document"), max_length=10, choices=RepresentationGround)
    is_paid = models.BooleanField(_("Is paid"), default=False)
    document = models.CharField(_("Document"), max_length=120)
    document_on = models.DateField(_("Day of the document"))
    from_on = models.DateField(_("From"))
    to_on = models.DateField(_("Until (that day not included)"), null=True, blank=True)
    file = models.OneToOneField("offices.StoredFile", on_delete=models.PROTECT, related_name="+")
    media_type = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=RepresentationState, default=RepresentationState.PROPOSED)
    entered_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    entered_on = models.DateField()
    decided_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    refusal = models.CharField(_("Why it was rejected"), max_length=200, blank=True)
    end_reason = models.CharField(_("Why it ended"), max_length=12, choices=RepresentationEnd, blank=True)
    ended_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    division_code = DivisionCodeField(_("Village"))

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_on", "-id"]
        indexes = [
            models.Index(fields=["person"], name="representation_by_person"),
            models.Index(fields=["division_code", "state"], name="representation_by_village"),
        ]
        constraints = [
            models.CheckConstraint(
                name="representation_has_a_ground_of_its_kind",
                condition=_fitting_grounds(),
                violation_error_message=_("This document does not make somebody agent, guardian or heir."),
            ),
            models.CheckConstraint(
                name="heirs_are_paid",
                condition=~Q(kind=RepresentationKind.HEIRS) | Q(is_paid=True),
                violation_error_message=_("Heirs are there to be paid."),
            ),
            models.CheckConstraint(
                name="representation_ends_after_it_begins",
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                violation_error_message=_("It does not end before it begins."),
            ),
            models.CheckConstraint(
                name="representation_is_confirmed_by_another_person",
                condition=Q(decided_by=None)
                | Q(state=RepresentationState.REJECTED)
                | ~Q(decided_by=F("entered_by")),
                violation_error_message=_("You entered this. Somebody else must confirm it."),
            ),
            models.CheckConstraint(
                name="representation_is_decided_when_it_has_a_day",
                condition=Q(state=RepresentationState.PROPOSED, decided_by=None, decided_on=None)
                | (
                    ~Q(state=RepresentationState.PROPOSED)
                    & Q(decided_by__isnull=False, decided_on__isnull=False)
                ),
                violation_error_message=_("What was decided has its person and its day."),
            ),
            models.CheckConstraint(
                name="rejected_representation_has_its_reason",
                condition=Q(state=RepresentationState.REJECTED) & ~Q(refusal="")
                | ~Q(state=RepresentationState.REJECTED) & Q(refusal=""),
                violation_error_message=_("Say why it is rejected."),
            ),
            models.CheckConstraint(
                name="ended_representation_has_day_and_reason",
                condition=(
                    Q(state=RepresentationState.ENDED, to_on__isnull=False, ended_by__isnull=False)
                    & ~Q(end_reason="")
                )
                | (~Q(state=RepresentationState.ENDED) & Q(end_reason="", ended_by=None)),
                violation_error_message=_("What has ended has its day and its reason."),
            ),
            ExclusionConstraint(
                name="one_is_paid_for_a_person_at_a_time",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (
                        Func(F("from_on"), F("to_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(is_paid=True, state__in=_HELD),
                violation_error_message=_(
                    "Somebody else is already paid for this person in that time. End that first."
                ),
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(state=RepresentationState.PROPOSED),
                name="one_open_entry_of_a_kind_for_a_person",
                violation_error_message=_(
                    "Such an entry already waits to be confirmed. Have it confirmed or rejected first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.document}"


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    """Representatives by place."""

    def visible_to(self, actor: Actor) -> RepresentativeQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class Representative(models.Model):
    """One who stands for a person, as the own identity card says; with the own account where paid.

    Serves that the right one is paid; kept with the representation. Need not be in the registry: who it is
    is found by the number's digest. `parts` is a share of the whole, the sum of all heirs' parts; `serial`
    names the share in payments. A corrected account waits in `next_*` until a second person confirms it, and
    is the one since `account_from_on`.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    representation = models.ForeignKey(Representation, on_delete=models.PROTECT, related_name="people")
    serial = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(_("Name"), max_length=60)
    id_number = SealedField(_("Identity number"), purpose=Purpose.IDENTITY_NUMBER)
    id_number_digest = DigestField()
    parts = models.PositiveSmallIntegerField(_("Share"), default=1)
    bank = models.CharField(_("Bank"), max_length=80, blank=True)
    account = SealedField(_("Account"), purpose=Purpose.BANK_ACCOUNT)
    account_digest = DigestField()
    account_from_on = models.DateField(null=True, blank=True)
    account_confirmed_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    next_bank = models.CharField(_("New bank"), max_length=80, blank=True)
    next_account = SealedField(_("New account"), purpose=Purpose.BANK_ACCOUNT)
    next_account_digest = DigestField()
    next_document = models.CharField(_("Document"), max_length=120, blank=True)
    next_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    division_code = DivisionCodeField(_("Village"))

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        ordering = ["serial"]
        indexes = [models.Index(fields=["id_number_digest"], name="representative_by_number")]
        constraints = [
            models.UniqueConstraint(
                fields=["representation", "serial"], name="representatives_are_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["representation", "id_number_digest"],
                name="a_representative_is_named_once",
                violation_error_message=_("This identity number is entered twice."),
            ),
            models.CheckConstraint(
                name="representative_has_a_number_and_a_share",
                condition=Q(
                    id_number__isnull=False, id_number_digest__isnull=False, serial__gte=1, parts__gte=1
                )
                & ~Q(name=""),
                violation_error_message=_("A representative has a name, an identity number and a share."),
            ),
            models.CheckConstraint(
                name="account_of_a_representative_is_complete",
                condition=Q(bank="", account=None, account_digest=None, account_from_on=None)
                | (Q(account__isnull=False, account_digest__isnull=False) & ~Q(bank="")),
                violation_error_message=_("A bank account needs its bank and its number."),
            ),
            models.CheckConstraint(
                name="next_account_of_a_representative_is_complete",
                condition=Q(
                    next_bank="", next_account=None, next_account_digest=None, next_document="", next_by=None
                )
                | (
                    Q(next_account__isnull=False, next_account_digest__isnull=False, next_by__isnull=False)
                    & ~Q(next_bank="")
                    & ~Q(next_document="")
                ),
                violation_error_message=_("A bank account needs its bank, its number and its document."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
