"""Taking the files of a sent batch to the bank."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.errors import NotAllowed
from offices.sealing import Purpose, unseal_bytes
from offices.services.acts import record_act
from subsidies import policies
from subsidies.bank_files.writing import MEDIA_TYPES
from subsidies.enums import FileFormat
from subsidies.models import BankFile, PaymentBatch


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file for the bank in clear, byte for byte as it was written when the batch was sent."""

    file: BankFile
    content: bytes

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[FileFormat(self.file.format)]


@transaction.atomic
def take_files(*, actor: Actor, batch: PaymentBatch, files: Iterable[BankFile]) -> list[TakenFile]:
    """Open files of a batch for the way to the bank; an act that keeps their digests.

    They hold names, identity numbers and accounts: the cashier alone takes them, and whoever
    hands them on logs whose records they hold. Raises NotAllowed.
    """
    if not policies.may_send_batches(actor):
        raise NotAllowed("cashier_takes_files", _("Only the cashier takes the files to the bank."))
    taken = [TakenFile(file, unseal_bytes(bytes(file.content), Purpose.FILE)) for file in files]
    record_act(
        actor=actor,
        verb="subsidies.take_bank_file",
        record=batch,
        files=[item.file.sha256 for item in taken],
    )
    return taken
