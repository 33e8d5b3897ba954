"""Closed lists of batches, the bank's answers, budget and books."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


class BatchState(models.TextChoices):
    MADE = "made", pgettext_lazy("batch", "Made")
    APPROVED = "approved", pgettext_lazy("batch", "Approved")
    SENT = "sent", pgettext_lazy("batch", "Sent to the bank")
    ANSWERED = "answered", pgettext_lazy("batch", "Answered by the bank")
    CLOSED = "closed", pgettext_lazy("batch", "Closed")
    DISCARDED = "discarded", pgettext_lazy("batch", "Discarded")

    @property
    def tone(self) -> Tone:
        """How the state looks on a page."""
        return {
            BatchState.MADE: Tone.WAITING,
            BatchState.APPROVED: Tone.WAITING,
            BatchState.SENT: Tone.ACTIVE,
            BatchState.ANSWERED: Tone.ATTENTION,
            BatchState.CLOSED: Tone.GOOD,
            BatchState.DISCARDED: Tone.ENDED,
        }[self]


# The way of a batch names what is done; its state names what has been done.
BATCH_STEPS = {
    BatchState.MADE: pgettext_lazy("batch step", "Make"),
    BatchState.APPROVED: pgettext_lazy("batch step", "Approve"),
    BatchState.SENT: pgettext_lazy("batch step", "Send to the bank"),
    BatchState.ANSWERED: pgettext_lazy("batch step", "Answer of the bank"),
    BatchState.CLOSED: pgettext_lazy("batch step", "Close"),
}


class PaymentState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("payment", "Planned")
    SENT = "sent", pgettext_lazy("payment", "Sent")
    PAID = "paid", pgettext_lazy("payment", "Paid")
    RETURNED = "returned", pgettext_lazy("payment", "Returned")
    CANCELLED = "cancelled", pgettext_lazy("payment", "Cancelled")

    @property
    def tone(self) -> Tone:
        """How the state looks on a page."""
        return {
            PaymentState.PLANNED: Tone.WAITING,
            PaymentState.SENT: Tone.ACTIVE,
            PaymentState.PAID: Tone.GOOD,
            PaymentState.RETURNED: Tone.BAD,
            PaymentState.CANCELLED: Tone.ENDED,
        }[self]


class LeftOutReason(models.TextChoices):
    """Why a grant of the period is not in a batch; each is something the office must clear."""

    NO_ACCOUNT = "no_account", _("No bank account on record")
    NO_NUMBER = "no_number", _("No identity number on record")
    RETURNED = "returned", _("Returned by the bank, account not yet corrected")
    SUSPENDED = "suspended", _("Payment suspended")
    DIED = "died", _("Payee has died, heirs must be confirmed")
    NOT_DUE = "not_due", _("Died before the year that the premium covers")
    INSURED = "insured", _("Insured elsewhere, as the register says")
    NOT_TAKEN = "not_taken", _("Not taken in by the fund, not yet corrected")


class ChangeReason(models.TextChoices):
    """Why a line that was not sent yet can no longer be paid as it stands."""

    SUSPENDED = "suspended", _("Payment suspended since")
    ENDED = "ended", _("Grant stopped before the period")
    DIED = "died", _("Death recorded or taken back")
    PAYEE = "payee", _("Account, name or payee changed")
    AMOUNT = "amount", _("Another amount is due: raised, stopped earlier or corrected")
    FUND = "fund", _("Account of the fund no longer confirmed")


class EntryKind(models.TextChoices):
    """What an entry of the ledger is about."""

    APPROPRIATION = "appropriation", _("Money appropriated")
    APPROVAL = "approval", _("Batch approved")
    DISCARD = "discard", _("Approved batch discarded")
    ANSWER = "answer", _("Bank's answer read")
    SUSPENSE = "suspense", _("Money that matches no line")
    CLEARING = "clearing", _("Suspense cleared")
    CARRIED = "carried", _("Carried to the next year")
    RECOVERY = "recovery", _("Money recovered from a payee")
    REFUND = "refund", _("Recovered money paid back")


RECOVERY_ENTRIES = (EntryKind.RECOVERY, EntryKind.REFUND)
"""What comes back later changes nothing of what was paid: figures of payments leave these out."""


class FileFormat(models.TextChoices):
    """How a file for the bank is written."""

    TEXT = "text", _("Text (GB18030, separated by |)")
    WORKBOOK = "workbook", _("Workbook (XLSX)")
    ROSTER = "roster", _("Roster for the fund (CSV, GB18030)")
    ROSTER_BOOK = "rosterbk", _("Roster for the fund (XLSX)")


class ReturnReason(models.TextChoices):
    """Why the bank returned a payment (numbers of the default template, a parameter of each bank's).

    From 21 on: why a fund did not take somebody in for whom a premium was paid.
    """

    NO_ACCOUNT = "01", _("No such account")
    NAME_DIFFERS = "02", _("Name does not match")
    CLOSED = "03", _("Account closed")
    FROZEN = "04", _("Account frozen")
    DORMANT = "05", _("Account dormant")
    DOCUMENT_EXPIRED = "06", _("Identity document expired")
    LIMIT = "07", _("Limit of the account's class")
    WRONG_BANK = "08", _("Wrong bank")
    DUPLICATE = "09", _("Duplicate")
    HOLDER_DECEASED = "10", _("Holder deceased")
    BANK_FAILURE = "11", _("Failure at the bank")
    OTHER = "99", pgettext_lazy("return reason", "Other")
    INSURED_ALREADY = "21", _("Insured already")
    NOT_FOUND = "22", _("Not found by the fund")
    DOUBLE = "23", _("Stands twice with the fund")


FUND_REASONS = (ReturnReason.INSURED_ALREADY, ReturnReason.NOT_FOUND, ReturnReason.DOUBLE)
"""Reasons that a fund gives; a bank's answer knows none of them."""
BANK_REASONS = tuple(reason for reason in ReturnReason if reason not in FUND_REASONS)


class BudgetChangeKind(models.TextChoices):
    """How the budget of a line changes after it was entered."""

    SUPPLEMENT = "supplement", pgettext_lazy("budget change", "Supplementary budget")
    TRANSFER = "transfer", pgettext_lazy("budget change", "Transfer between lines")


class BudgetChangeState(models.TextChoices):
    """A transfer waits for its second person; a supplementary budget is done at once."""

    PROPOSED = "proposed", pgettext_lazy("budget change", "Waits for confirmation")
    DONE = "done", pgettext_lazy("budget change", "Done")
    REJECTED = "rejected", pgettext_lazy("budget change", "Rejected")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            BudgetChangeState.PROPOSED: Tone.WAITING,
            BudgetChangeState.DONE: Tone.GOOD,
        }.get(self, Tone.ENDED)


class SuspenseState(models.TextChoices):
    """Money in suspense is open until a second entry clears it."""

    OPEN = "open", pgettext_lazy("suspense", "In suspense")
    CLEARED = "cleared", pgettext_lazy("suspense", "Cleared")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {SuspenseState.OPEN: Tone.ATTENTION}.get(self, Tone.GOOD)


class SuspenseOrigin(models.TextChoices):
    """Where money came from that matches no line."""

    PAID = "paid", pgettext_lazy("suspense", "Paid out, and sent back later")
    OUTSIDE = "outside", pgettext_lazy("suspense", "Received, from whom and for what is not known")


class SuspenseEnd(models.TextChoices):
    """Where money in suspense belongs, once that is known."""

    FUNDS = "funds", pgettext_lazy("suspense", "Back to the budget line, to be paid again")
    PAID = "paid", pgettext_lazy("suspense", "It did reach the family after all")
    OUTSIDE = "outside", pgettext_lazy("suspense", "Not ours: sent back to where it came from")


class BookPeriodKind(models.TextChoices):
    """What is closed: a month, or a budget year with its balances carried on."""

    MONTH = "month", pgettext_lazy("books", "Month")
    YEAR = "year", pgettext_lazy("books", "Year")


class BankLayout(models.TextChoices):
    """Shapes of a bank's files; each is written and read by a module of subsidies.bank_files."""

    PIPE = "pipe", _("Text separated by | and workbook, in yuan, by names and codes 01 to 99")
    RECORDS = "records", _("CSV with head, detail and trailer records, in fen, by the bank's own codes")


class FundAccountState(models.TextChoices):
    """The account of a fund is entered by one person and holds once another has confirmed it."""

    PROPOSED = "proposed", pgettext_lazy("fund account", "Waits for confirmation")
    CONFIRMED = "confirmed", pgettext_lazy("fund account", "In use")
    REJECTED = "rejected", pgettext_lazy("fund account", "Rejected")
    ENDED = "ended", pgettext_lazy("fund account", "Ended")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            FundAccountState.PROPOSED: Tone.WAITING,
            FundAccountState.CONFIRMED: Tone.GOOD,
        }.get(self, Tone.ENDED)
