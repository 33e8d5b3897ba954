"""Acts on policies, entitlement and money, in the words of the audit trail."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "subsidies.publish_policy": _("Published a policy"),
    "subsidies.request_sweep": _("Asked for everybody to be assessed"),
    "subsidies.sweep": _("Assessed everybody"),
    "subsidies.export_entitled": _("Exported the list of the entitled"),
    "subsidies.add_budget_line": _("Entered a budget line"),
    "subsidies.raise_budget": _("Raised a budget"),
    "subsidies.propose_transfer": _("Proposed to move money between budget lines"),
    "subsidies.confirm_transfer": _("Moved money between budget lines"),
    "subsidies.reject_transfer": _("Rejected a transfer between budget lines"),
    "subsidies.grant_beyond_budget": _("Granted more than the budget has"),
    "subsidies.record_suspense": _("Took money into suspense"),
    "subsidies.clear_suspense": _("Cleared money in suspense"),
    "subsidies.close_books": _("Closed the books of a month or year"),
    "subsidies.appropriate": _("Recorded an appropriation"),
    "subsidies.create_batch": _("Made a payment batch"),
    "subsidies.approve_batch": _("Approved a payment batch"),
    "subsidies.discard_batch": _("Discarded a payment batch"),
    "subsidies.send_batch": _("Sent a payment batch to the bank"),
    "subsidies.take_bank_file": _("Took the files for the bank"),
    "subsidies.import_answer": _("Read an answer of the bank"),
    "subsidies.close_batch": _("Closed a payment batch"),
    "subsidies.propose_fund_account": _("Entered the account of a fund"),
    "subsidies.confirm_fund_account": _("Confirmed the account of a fund"),
    "subsidies.reject_fund_account": _("Rejected the account of a fund"),
    "subsidies.end_fund_account": _("Ended the account of a fund"),
    "subsidies.record_premium_arrival": _("Recorded that a transfer of premiums arrived"),
    "subsidies.return_premium_transfer": _("Recorded that a transfer of premiums came back"),
    "subsidies.import_fund_answer": _("Read the fund's answer to a roster"),
    "subsidies.record_premium_refund": _("Recorded premiums that a fund sent back"),
}
