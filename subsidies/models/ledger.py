from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.database.access import APPEND_ONLY_REFERENCE, LOG, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import RECOVERY_ENTRIES, EntryKind, FundingSource

if TYPE_CHECKING:
    from subsidies.models.recoveries import Recovery


class LedgerAccount(models.Model):
    """An account of the double-entry ledger: where money of one programme, year and source stands.

    `source` is where it came from (never above zero), `funds` what may still be paid,
    `in_transit` what is approved and not yet answered by the bank, `paid` what arrived,
    `suspense` what matches no line, `outside` what came in without anybody's having said why
    (never above zero). A trigger keeps `balance`, the sum of the account's
    postings in yuan, so that the constraint below refuses to pay what is not there, also for
    two batches at once.
    """

    access: ClassVar[Access] = APPEND_ONLY_REFERENCE

    class Kind(models.TextChoices):
        SOURCE = "source", _("Appropriated by")
        FUNDS = "funds", _("Available")
        IN_TRANSIT = "in_transit", _("Approved, on its way")
        PAID = "paid", _("Paid")
        SUSPENSE = "suspense", _("In suspense")
        OUTSIDE = "outside", _("Received from elsewhere")

    id = id_field()
    kind = models.CharField(max_length=12, choices=Kind)
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10, choices=FundingSource)
    balance = MoneyField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "programme", "year", "source"],
                name="one_account_of_a_kind_programme_year_and_source",
            ),
            models.CheckConstraint(
                name="account_is_never_overdrawn",
                condition=Q(kind__in=["source", "outside"], balance__lte=0)
                | (~Q(kind__in=["source", "outside"]) & Q(balance__gte=0)),
                violation_error_message=_("More would be paid than is appropriated."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.programme_id} {self.year} {self.source}"


class LedgerEntry(models.Model):
    """One event of money; its postings add up to zero, which the database checks at commit.

    `postings_count` and `written_in` (the transaction's number) are kept by triggers: an entry
    has all its postings from the transaction that made it and takes none later.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    booked_on = models.DateField()
    kind = models.CharField(max_length=20, choices=EntryKind)
    batch = models.ForeignKey(
        "subsidies.PaymentBatch", on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    appropriation = models.OneToOneField(
        "subsidies.Appropriation", on_delete=models.PROTECT, null=True, blank=True, related_name="entry"
    )
    suspense = models.ForeignKey(
        "subsidies.SuspenseItem", on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    booked_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    postings_count = models.PositiveIntegerField(default=0, editable=False)
    written_in = models.BigIntegerField(default=0, editable=False)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["booked_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="entry_belongs_to_what_it_is_about",
                condition=Q(
                    kind=EntryKind.APPROPRIATION, appropriation__isnull=False, batch=None, suspense=None
                )
                | Q(
                    kind__in=[EntryKind.SUSPENSE, EntryKind.CLEARING],
                    suspense__isnull=False,
                    batch=None,
                    appropriation=None,
                )
                | Q(
                    kind__in=[EntryKind.CARRIED, *RECOVERY_ENTRIES],
                    suspense=None,
                    batch=None,
                    appropriation=None,
                )
                | Q(
                    kind__in=[EntryKind.APPROVAL, EntryKind.DISCARD, EntryKind.ANSWER],
                    batch__isnull=False,
                    appropriation=None,
                    suspense=None,
                ),
                violation_error_message=_(
                    "An entry is about an appropriation, a batch, money in suspense, a recovery or a year's end."
                ),
            ),
            models.UniqueConstraint(
                fields=["suspense", "kind"],
                condition=Q(suspense__isnull=False),
                name="suspense_is_entered_and_cleared_once",
            ),
            models.UniqueConstraint(
                fields=["batch", "kind"],
                condition=Q(kind__in=[EntryKind.APPROVAL, EntryKind.DISCARD]),
                name="a_batch_is_approved_and_discarded_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.booked_on}"

    @property
    def recovery(self) -> Recovery | None:
        """The recovery whose money it books, if any."""
        about = getattr(self, "recovery_receipt", None) or getattr(self, "recovery_refund", None)
        return about.recovery if about else None


class LedgerPosting(models.Model):
    """A signed amount in yuan on an account; what concerns one person's payment points to it.

    Entry, account and payment are checked for all postings of a statement together, by a trigger in
    place of foreign keys; none of them is ever deleted.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    entry = models.ForeignKey(
        LedgerEntry, on_delete=models.PROTECT, related_name="postings", db_constraint=False
    )
    account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.PROTECT,
        related_name="postings",
        db_constraint=False,
        db_index=False,
    )
    payment = models.ForeignKey(
        "subsidies.Payment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        db_constraint=False,
    )
    amount = MoneyField()
    division_code = DivisionCodeField()

    class Meta:
        indexes = [models.Index(fields=["account", "entry"], name="posting_by_account")]
        constraints = [
            models.CheckConstraint(name="posting_moves_something", condition=~Q(amount=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
