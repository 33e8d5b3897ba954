from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.database.access import LOG, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import FileFormat


class BankFile(models.Model):
    """A file for the bank, as it left: sealed, with its digest, one for every 5,000 lines.

    Holds names, identity numbers and accounts of payees, for the payment alone. Append-only;
    kept thirty years with the batch. Sealed in the database, so that the file is there exactly
    when the batch is sent, and is backed up with it.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    batch = models.ForeignKey("subsidies.PaymentBatch", on_delete=models.PROTECT, related_name="files")
    part = models.PositiveSmallIntegerField(_("Part"))
    format = models.CharField(max_length=8, choices=FileFormat)
    number = models.CharField(max_length=44)
    name = models.CharField(_("File"), max_length=80)
    count = models.PositiveIntegerField()
    total_amount = MoneyField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["part", "format"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "part", "format"], name="one_bank_file_of_a_part_and_format"
            )
        ]

    def __str__(self) -> str:
        return self.name


class BankAnswer(models.Model):
    """An answer file of the bank that was read: how many lines arrived or came back, and how much.

    Append-only; holds no person. The same file cannot be read twice.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    batch = models.ForeignKey("subsidies.PaymentBatch", on_delete=models.PROTECT, related_name="answers")
    part = models.PositiveSmallIntegerField(_("Part"))
    sha256 = models.CharField(max_length=64)
    paid_count = models.PositiveIntegerField()
    paid_amount = MoneyField()
    returned_count = models.PositiveIntegerField()
    returned_amount = MoneyField()
    paid_on = models.DateField(_("Paid on"))
    read_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    read_on = models.DateField()
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["read_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                name="a_bank_answer_is_read_once",
                violation_error_message=_("This answer of the bank has already been read."),
            )
        ]

    def __str__(self) -> str:
        return self.sha256[:12]
