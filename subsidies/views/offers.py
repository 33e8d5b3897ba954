"""Steps that a page offers its reader."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from offices.actors import Actor
from subsidies import policies
from subsidies.models import PaymentBatch
from subsidies.selectors.premiums import to_be_refunded


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that this reader may take with the batch now: its name in the address, its words.

    `url` where the step has a page of its own.
    """

    name: str
    label: str
    icon: str
    is_main: bool = True
    url: str = ""


def premium_offers(batch: PaymentBatch, actor: Actor) -> list[Offer]:
    """What the cashier does with a transfer of premiums that is on its way."""

    def offer(name: str, label: str, icon: str) -> Offer:
        return Offer(name, label, icon, url=reverse(f"subsidies:{name}", args=[batch.pk]))

    if not policies.may_send_batches(actor):
        return []
    if batch.premium_transfer.arrived_on is None:
        return [offer("premium_transfer_answer", _("Read the bank's answer to the transfer"), "file-import")]
    offers = [offer("premium_fund_answer", _("Read the fund's answer"), "file-import")]
    if to_be_refunded(batch)[0]:
        offers.append(offer("premium_refund_new", _("Record money sent back"), "arrow-back-up"))
    return offers
