from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, LOG, PUBLIC, Access
from offices.fields import DigestField, DivisionCodeField, MoneyField, SealedField, id_field
from offices.sealing import Purpose
from subsidies.enums import FUND_REASONS, FundAccountState

TRANSITIONS: dict[str, frozenset[str]] = {
    FundAccountState.PROPOSED: frozenset({FundAccountState.CONFIRMED, FundAccountState.REJECTED}),
    FundAccountState.CONFIRMED: frozenset({FundAccountState.ENDED}),
}
_DECIDED = (FundAccountState.CONFIRMED, FundAccountState.ENDED)


class FundAccountQuerySet(models.QuerySet["FundAccount"]):
    """Accounts of funds by place and state."""

    def visible_to(self, actor: Actor) -> FundAccountQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def confirmed(self) -> FundAccountQuerySet:
        return self.filter(state=FundAccountState.CONFIRMED)


class FundAccount(models.Model):
    """To which institution and account the premiums of a programme go (代缴保费收缴户).

    Entered by the finance officer from the fund's own paper and confirmed by the county: nothing is
    paid to an account that one person alone has seen. A change is a new row; the former one ends.
    Holds no person but the staff; kept thirty years with the payments.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT, related_name="+")
    institution = models.CharField(_("Institution"), max_length=80)
    bank = models.CharField(_("Bank"), max_length=80)
    account = SealedField(_("Account"), purpose=Purpose.BANK_ACCOUNT)
    account_digest = DigestField()
    document = models.CharField(_("Document"), max_length=120)
    state = models.CharField(max_length=10, choices=FundAccountState, default=FundAccountState.PROPOSED)
    proposed_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    decided_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField()

    objects = FundAccountQuerySet.as_manager()

    class Meta:
        ordering = ["programme", "-proposed_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(state=FundAccountState.CONFIRMED),
                name="a_programme_pays_to_one_fund_account",
                violation_error_message=_("The premiums of this programme already go to another account."),
            ),
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(state=FundAccountState.PROPOSED),
                name="one_fund_account_waits_at_a_time",
                violation_error_message=_("An account for this programme already waits to be confirmed."),
            ),
            models.CheckConstraint(
                name="fund_account_is_complete",
                condition=Q(account__isnull=False, account_digest__isnull=False)
                & ~Q(institution="")
                & ~Q(bank="")
                & ~Q(document=""),
                violation_error_message=_(
                    "The account of a fund needs its institution, bank, number and paper."
                ),
            ),
            models.CheckConstraint(
                name="fund_account_is_confirmed_by_another_person",
                condition=~Q(state__in=_DECIDED) | ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("You entered this account. Somebody else must confirm it."),
            ),
            models.CheckConstraint(
                name="decided_fund_account_has_its_person",
                condition=Q(state=FundAccountState.PROPOSED, decided_by=None, decided_on=None)
                | (
                    ~Q(state=FundAccountState.PROPOSED)
                    & Q(decided_by__isnull=False, decided_on__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="ended_fund_account_has_its_day",
                condition=Q(state=FundAccountState.ENDED, ended_on__isnull=False)
                | (~Q(state=FundAccountState.ENDED) & Q(ended_on=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.institution


class PremiumTransfer(models.Model):
    """The one transfer by which a batch of premiums is paid to a fund, with the roster as its attachment.

    `roster_digest` is over the canonical roster (subsidies.bank_files.roster) as it was sent and
    stands in both of its files; `arrived_on` is the day on which the bank says that the whole sum
    is with the fund. Holds no person but the staff; kept thirty years with the batch.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    batch = models.OneToOneField(
        "subsidies.PaymentBatch", on_delete=models.PROTECT, related_name="premium_transfer"
    )
    fund = models.ForeignKey(FundAccount, on_delete=models.PROTECT, related_name="transfers")
    roster_digest = models.CharField(max_length=64, blank=True)
    arrived_on = models.DateField(null=True, blank=True)
    bank_answer_sha256 = models.CharField(max_length=64, blank=True)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["batch"]
        constraints = [
            models.CheckConstraint(
                name="transfer_arrives_after_its_roster",
                condition=Q(arrived_on=None) | (~Q(roster_digest="") & ~Q(bank_answer_sha256="")),
                violation_error_message=_("A transfer arrives after its roster was written."),
            ),
            models.UniqueConstraint(
                fields=["bank_answer_sha256"],
                condition=~Q(bank_answer_sha256=""),
                name="an_answer_to_a_transfer_is_read_once",
                violation_error_message=_("This answer of the bank has already been read."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.batch_id)


class PremiumRefund(models.Model):
    """Money that a fund sent back for those it did not take in; append-only, kept thirty years."""

    access: ClassVar[Access] = LOG

    id = id_field()
    transfer = models.ForeignKey(PremiumTransfer, on_delete=models.PROTECT, related_name="refunds")
    count = models.PositiveIntegerField()
    amount = MoneyField(_("Amount"))
    received_on = models.DateField(_("Received on"))
    document = models.CharField(_("Document"), max_length=120)
    recorded_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField()
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["received_on", "id"]
        constraints = [
            models.CheckConstraint(name="refund_is_for_somebody", condition=Q(amount__gt=0, count__gt=0)),
            models.CheckConstraint(name="refund_has_its_document", condition=~Q(document="")),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class PremiumRefusal(models.Model):
    """A person whom a fund did not take in, though her premium was paid: the money is to come back.

    Serves the return of the money and the correction; append-only, kept thirty years with the payment.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    payment = models.OneToOneField(
        "subsidies.Payment", on_delete=models.PROTECT, related_name="premium_refusal"
    )
    answer = models.ForeignKey("subsidies.BankAnswer", on_delete=models.PROTECT, related_name="refusals")
    reason = models.CharField(max_length=2, choices=[(reason.value, reason.label) for reason in FUND_REASONS])
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["payment"]

    def __str__(self) -> str:
        return self.reason


class PublicPremium(models.Model):
    """That a premium was paid for the holder of a slip's code, for which year and when: nothing else.

    Made for the public, read without a scope: no person, no programme, no place, no amount. Kept as
    long as the state of the application (PublicStatus).
    """

    access: ClassVar[Access] = PUBLIC

    id = id_field()
    application_id = models.UUIDField()
    year = models.PositiveSmallIntegerField()
    paid_on = models.DateField()

    class Meta:
        ordering = ["year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["application_id", "year"], name="a_public_premium_of_a_year_once")
        ]

    def __str__(self) -> str:
        return f"{self.year}"
