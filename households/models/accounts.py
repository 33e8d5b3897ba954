from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.enums import CorrectionState
from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DigestField, DivisionCodeField, SealedField, id_field
from offices.sealing import Purpose


class AccountCorrectionQuerySet(models.QuerySet["AccountCorrection"]):
    """Corrections by place."""

    def visible_to(self, actor: Actor) -> AccountCorrectionQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class AccountCorrection(models.Model):
    """A bank account that one person entered and another must confirm before money goes there.

    Serves the payment of a benefit; kept as long as payments refer to the account. A confirmed
    one has become the person's `BankAccount` from that day on.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    person = models.ForeignKey(
        "households.Person", on_delete=models.PROTECT, related_name="account_corrections"
    )
    bank = models.CharField(_("Bank"), max_length=80)
    account = SealedField(_("Account"), purpose=Purpose.BANK_ACCOUNT)
    account_digest = DigestField()
    document = models.CharField(_("Document"), max_length=120)
    state = models.CharField(max_length=10, choices=CorrectionState, default=CorrectionState.PROPOSED)
    proposed_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    decided_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    division_code = DivisionCodeField()

    objects = AccountCorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["proposed_on", "id"]
        indexes = [
            models.Index(
                fields=["division_code"],
                condition=Q(state=CorrectionState.PROPOSED),
                name="account_to_confirm_by_place",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=CorrectionState.PROPOSED),
                name="one_open_account_correction_of_a_person",
                violation_error_message=_("An account for this person already waits to be confirmed."),
            ),
            models.CheckConstraint(
                name="account_is_confirmed_by_another_person",
                condition=Q(decided_by=None)
                | Q(state=CorrectionState.REJECTED)
                | ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("You entered this account. Somebody else must confirm it."),
            ),
            models.CheckConstraint(
                name="account_correction_is_decided_when_it_has_a_day",
                condition=Q(state=CorrectionState.PROPOSED, decided_by=None, decided_on=None)
                | (
                    ~Q(state=CorrectionState.PROPOSED) & Q(decided_by__isnull=False, decided_on__isnull=False)
                ),
                violation_error_message=_("A decided correction has its person and its day."),
            ),
            models.CheckConstraint(
                name="corrected_account_is_complete",
                condition=Q(account__isnull=False, account_digest__isnull=False) & ~Q(bank=""),
                violation_error_message=_("A bank account needs its bank and its number."),
            ),
        ]

    def __str__(self) -> str:
        return self.bank
