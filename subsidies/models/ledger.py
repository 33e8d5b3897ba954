from __future__ import annotations

from typing import ClassVar

from django.db import models

from offices.database.access import APPEND_ONLY_REFERENCE, LOG, Access
from offices.fields import DivisionCodeField, MoneyField, id_field


class LedgerAccount(models.Model):
    """An account of the double-entry ledger, such as funds appropriated or payments under way."""

    access: ClassVar[Access] = APPEND_ONLY_REFERENCE

    class Kind(models.TextChoices):
        SOURCE = "source", "source"
        FUNDS = "funds", "funds"
        IN_TRANSIT = "in_transit", "in_transit"
        PAID = "paid", "paid"
        SUSPENSE = "suspense", "suspense"

    id = id_field()
    kind = models.CharField(max_length=12, choices=Kind)
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "programme", "year", "source"],
                name="one_account_of_a_kind_programme_year_and_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.programme_id} {self.year} {self.source}"


class LedgerEntry(models.Model):
    """One event of money; its postings add up to zero, which the database checks at commit."""

    access: ClassVar[Access] = LOG

    id = id_field()
    booked_on = models.DateField()
    kind = models.CharField(max_length=20)
    batch = models.ForeignKey("subsidies.PaymentBatch", on_delete=models.PROTECT, null=True, blank=True)
    appropriation = models.ForeignKey(
        "subsidies.Appropriation", on_delete=models.PROTECT, null=True, blank=True
    )
    booked_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["booked_on", "id"]
        constraints: list[models.BaseConstraint] = []

    def __str__(self) -> str:
        return f"{self.kind} {self.booked_on}"


class LedgerPosting(models.Model):
    """A signed amount on an account; payments of persons point to their payment line."""

    access: ClassVar[Access] = LOG

    id = id_field()
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="postings")
    payment = models.ForeignKey("subsidies.Payment", on_delete=models.PROTECT, null=True, blank=True)
    amount = MoneyField()
    division_code = DivisionCodeField()

    class Meta:
        indexes = [models.Index(fields=["account", "entry"], name="posting_by_account")]

    def __str__(self) -> str:
        return f"{self.amount}"
