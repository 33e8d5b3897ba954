"""Closed lists of programmes, cases and money."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


class Unit(models.TextChoices):
    PERSON = "person", _("Person")
    HOUSEHOLD = "household", _("Household")


class ProgrammeKind(models.TextChoices):
    CASH = "cash", _("Cash")
    PREMIUM = "premium", _("Premium paid on behalf")
    POINTS = "points", _("Points list")
    AWARD = "award", _("Award by selection")
    LETTER = "letter", _("Priority letter")


PAID_KINDS = (ProgrammeKind.CASH, ProgrammeKind.PREMIUM, ProgrammeKind.AWARD)
"""Programmes whose money leaves by a payment batch."""


class Frequency(models.TextChoices):
    """For what period one amount is."""

    YEARLY = "yearly", _("Yearly")
    MONTHLY = "monthly", _("Monthly")
    ONCE = "once", _("Once")
    ON_REQUEST = "request", _("On request")


class StopRule(models.TextChoices):
    """Until when a benefit is paid after its reason ended."""

    END_OF_MONTH = "end_of_month", _("Paid to the end of the month")
    NEXT_MONTH = "next_month", _("Paid to the end of the next month")
    END_OF_YEAR = "end_of_year", _("Paid to the end of the year")


class PolicyState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("policy", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("policy", "Waiting for approval")
    PUBLISHED = "published", pgettext_lazy("policy", "Published")
    DISCARDED = "discarded", pgettext_lazy("policy", "Discarded")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            PolicyState.DRAFT: Tone.WAITING,
            PolicyState.SUBMITTED: Tone.ACTIVE,
            PolicyState.PUBLISHED: Tone.GOOD,
        }.get(self, Tone.ENDED)


class FundingSource(models.TextChoices):
    CENTRAL = "central", pgettext_lazy("funding source", "Central government")
    PROVINCE = "province", pgettext_lazy("funding source", "Province")
    CITY = "city", pgettext_lazy("funding source", "City")
    COUNTY = "county", pgettext_lazy("funding source", "County")
    TOWNSHIP = "township", pgettext_lazy("funding source", "Township")


class Outcome(models.TextChoices):
    """Three-valued: an unknown fact never counts as no, and never as yes."""

    ENTITLED = "entitled", _("Entitled")
    NOT_ENTITLED = "not_entitled", _("Not entitled")
    UNKNOWN = "unknown", _("Unknown")


class Standing(models.TextChoices):
    """Where somebody assessed stands on that day; no two overlap."""

    RECEIVING = "receiving", _("Receiving")
    APPLIED = "applied", _("Applied")
    DECLINED = "declined", _("Declined")
    REFUSED = "refused", _("Refused")
    OWED = "owed", _("Owed")
    UNKNOWN = "unknown", _("Unknown")
    TO_REVIEW = "to_review", _("To review")

    @property
    def tone(self) -> Tone:
        """How the standing looks on a page."""
        return {
            Standing.RECEIVING: Tone.GOOD,
            Standing.APPLIED: Tone.ACTIVE,
            Standing.OWED: Tone.ATTENTION,
            Standing.UNKNOWN: Tone.WAITING,
            Standing.TO_REVIEW: Tone.ATTENTION,
        }.get(self, Tone.ENDED)


class ApplicationState(models.TextChoices):
    """Way of an application; a notice runs between the reviews unless the programme is never posted.

    Programmes that are never posted have a county review instead, by another than who confirms.
    """

    ENTERED = "entered", _("Entered")
    DOCUMENTS_MISSING = "documents_missing", _("Documents missing")
    VILLAGE_REVIEWED = "village_reviewed", _("Reviewed by the village")
    TOWNSHIP_REVIEWED = "township_reviewed", _("Reviewed by the township")
    COUNTY_REVIEWED = "county_reviewed", _("Reviewed by the county")
    COUNTY_CONFIRMED = "county_confirmed", _("Confirmed by the county")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return _APPLICATION_TONES[self]


_APPLICATION_TONES = {
    ApplicationState.ENTERED: Tone.WAITING,
    ApplicationState.DOCUMENTS_MISSING: Tone.ATTENTION,
    ApplicationState.VILLAGE_REVIEWED: Tone.ACTIVE,
    ApplicationState.TOWNSHIP_REVIEWED: Tone.ACTIVE,
    ApplicationState.COUNTY_REVIEWED: Tone.ACTIVE,
    ApplicationState.COUNTY_CONFIRMED: Tone.ACTIVE,
    ApplicationState.GRANTED: Tone.GOOD,
    ApplicationState.REFUSED: Tone.BAD,
    ApplicationState.WITHDRAWN: Tone.ENDED,
}


class Step(models.TextChoices):
    """The acts on an application, each by another person."""

    ENTRY = "entry", _("Entry")
    VILLAGE_REVIEW = "village_review", _("Village review")
    TOWNSHIP_REVIEW = "township_review", _("Township review")
    COUNTY_REVIEW = "county_review", _("County review")
    COUNTY_CONFIRMATION = "county_confirmation", _("County confirmation")
    GRANT = "grant", _("Grant")


class StepResult(models.TextChoices):
    PASSED = "passed", _("Passed")
    DOCUMENTS_MISSING = "documents_missing", _("Documents missing")
    DOCUMENTS_COMPLETED = "documents_completed", _("Documents completed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class NoticeLevel(models.TextChoices):
    VILLAGE = "village", _("Village notice")
    TOWNSHIP = "township", _("Township notice")
    COUNTY = "county", _("County notice")


class ObjectionSubject(models.TextChoices):
    """What an objection may be about: the benefit's own published conditions, never a family's births."""

    REGISTRATION = "registration", _("Hukou or residence is not as stated")
    CONDITION = "condition", _("A condition of the programme is not met")
    AMOUNT = "amount", _("The amount is wrong")
    RECEIVED_ALREADY = "received_already", _("The benefit is received elsewhere already")
    REVIEW = "review", _("The review was not held as prescribed")


class GrantState(models.TextChoices):
    LIVE = "live", pgettext_lazy("grant", "Live")
    SUSPENDED = "suspended", pgettext_lazy("grant", "Suspended")
    STOPPED = "stopped", pgettext_lazy("grant", "Stopped")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return _GRANT_TONES[self]


_GRANT_TONES = {
    GrantState.LIVE: Tone.GOOD,
    GrantState.SUSPENDED: Tone.ATTENTION,
    GrantState.STOPPED: Tone.ENDED,
}


class StopReason(models.TextChoices):
    """Why a grant ended: four reasons and no more (scope)."""

    DIED = "died", _("Died")
    MOVED = "moved", _("Moved away")
    CONDITIONS_CHANGED = "conditions_changed", _("Conditions changed")
    OTHER = "other", pgettext_lazy("stop reason", "Other")


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


class EntryKind(models.TextChoices):
    """What an entry of the ledger is about."""

    APPROPRIATION = "appropriation", _("Money appropriated")
    APPROVAL = "approval", _("Batch approved")
    DISCARD = "discard", _("Approved batch discarded")
    ANSWER = "answer", _("Bank's answer read")
    SUSPENSE = "suspense", _("Money that matches no line")
    CLEARING = "clearing", _("Suspense cleared")
    CARRIED = "carried", _("Carried to the next year")


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


class DebtState(models.TextChoices):
    """A line of the register of debts is open until it is cleared with its proof."""

    OPEN = "open", pgettext_lazy("debt", "Open")
    CLOSED = "closed", pgettext_lazy("debt", "Cleared")


class DebtEnd(models.TextChoices):
    """What cleared a line, each with its proof in the registers."""

    GRANTED = "granted", pgettext_lazy("debt", "Granted")
    DECLINED = "declined", pgettext_lazy("debt", "Declined by the family")
    REFUSED = "refused", pgettext_lazy("debt", "Application refused")
    DIED = "died", pgettext_lazy("debt", "Died")
    MOVED = "moved", pgettext_lazy("debt", "Moved away")
    CORRECTED = "corrected", pgettext_lazy("debt", "Not entitled: a fact was corrected")
    ENDED = "ended", pgettext_lazy("debt", "The right has ended without being received")
    MERGED = "merged", pgettext_lazy("debt", "Goes on under the record that stays")

    @property
    def tone(self) -> Tone:
        """How the end looks: what ran out unserved is the office's failure and looks so."""
        return {DebtEnd.GRANTED: Tone.GOOD, DebtEnd.ENDED: Tone.BAD}.get(self, Tone.ENDED)


class DebtDeed(models.TextChoices):
    """What the office did about a line; nothing else is written down."""

    TOLD = "told", pgettext_lazy("debt", "Told the family")
    HELPED = "helped", pgettext_lazy("debt", "Helped to apply")
    CANNOT_REACH = "cannot_reach", pgettext_lazy("debt", "Could not reach the family")
    DECLINED = "declined", pgettext_lazy("debt", "The family declined")
    ASKED = "asked", pgettext_lazy("debt", "The family asked for it")
    LAW_CHANGED = "law_changed", pgettext_lazy("debt", "Asked again: the policy has changed")
    TAKEN_BACK = "taken_back", pgettext_lazy("debt", "Entry taken back")


class LateState(models.TextChoices):
    """A finding of late knowledge waits for somebody, was decided, or fell away with its cause."""

    OPEN = "open", pgettext_lazy("late", "To decide")
    DECIDED = "decided", pgettext_lazy("late", "Decided")
    DROPPED = "dropped", pgettext_lazy("late", "Fell away")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            LateState.OPEN: Tone.ATTENTION,
            LateState.DECIDED: Tone.GOOD,
            LateState.DROPPED: Tone.ENDED,
        }[self]


class LateCause(models.TextChoices):
    """What became known late."""

    EVENT = "event", pgettext_lazy("late", "An event was reported late")
    FILE = "file", pgettext_lazy("late", "A file brought it")
    POLICY = "policy", pgettext_lazy("late", "A policy was published late")


class LateDecision(models.TextChoices):
    """What a person decides about it; none of them moves money by itself."""

    LEAVE = "leave", pgettext_lazy("late", "Leave it: the payments were lawful")
    STOP = "stop", pgettext_lazy("late", "Stop the grant by its stop rule; what was paid stays")
    PAY = "pay", pgettext_lazy("late", "Pay the arrears")
    RECOVER = "recover", pgettext_lazy("late", "Refer to the recovery procedure")


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


class RaisedTo(models.TextChoices):
    """Who presses a case that was not dealt with in time."""

    TOWNSHIP = "township", pgettext_lazy("raised to", "Township")
    COUNTY = "county", pgettext_lazy("raised to", "County")


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


class ListState(models.TextChoices):
    """A list for another office is frozen by one person, sealed by another, then sent."""

    FROZEN = "frozen", pgettext_lazy("list", "Frozen")
    SEALED = "sealed", pgettext_lazy("list", "Sealed")
    SENT = "sent", pgettext_lazy("list", "Sent")
    DISCARDED = "discarded", pgettext_lazy("list", "Discarded")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            ListState.FROZEN: Tone.WAITING,
            ListState.SEALED: Tone.ATTENTION,
            ListState.SENT: Tone.GOOD,
        }.get(self, Tone.ENDED)


class ListChange(models.TextChoices):
    """What an entry of a list says beside the lists before it."""

    LISTED = "listed", pgettext_lazy("list", "Listed")
    ADDED = "added", pgettext_lazy("list", "Added")
    CORRECTED = "corrected", pgettext_lazy("list", "Corrected")
    REMOVED = "removed", pgettext_lazy("list", "Removed")


class LetterPurpose(models.TextChoices):
    """Before which offices a priority letter is shown: a closed list, nothing about the family."""

    LAND = "land", pgettext_lazy("letter", "Contracted land")
    COOPERATIVE = "cooperative", pgettext_lazy("letter", "Cooperative")
    SHARES = "shares", pgettext_lazy("letter", "Shares of the collective")
    HOSPITAL = "hospital", pgettext_lazy("letter", "Hospital")
    SCHOOL = "school", pgettext_lazy("letter", "School or kindergarten")
    EMPLOYMENT = "employment", pgettext_lazy("letter", "Training and employment")


class NominationReason(models.TextChoices):
    """Why a family or a person is nominated for an honour: a closed list, nothing about births."""

    CARES = "cares", pgettext_lazy("nomination", "Cares for the old and the young")
    HARMONY = "harmony", pgettext_lazy("nomination", "Lives in harmony at home")
    NEIGHBOURS = "neighbours", pgettext_lazy("nomination", "Helps neighbours")
    DILIGENCE = "diligence", pgettext_lazy("nomination", "Works hard and honestly")
    LEARNING = "learning", pgettext_lazy("nomination", "Values learning")
    PUBLIC_GOOD = "public_good", pgettext_lazy("nomination", "Serves the public good")
    CUSTOMS = "customs", pgettext_lazy("nomination", "Changes old customs for the better")


class GoodsMoveKind(models.TextChoices):
    """How goods come and go."""

    RECEIVED = "received", pgettext_lazy("goods", "Received")
    HANDED_OUT = "handed_out", pgettext_lazy("goods", "Handed out")
    LOST = "lost", pgettext_lazy("goods", "Damaged or missing")


class RecognitionKind(models.TextChoices):
    """Honours without money."""

    DAUGHTER_IN_LAW = "daughter", pgettext_lazy("recognition", "Good daughter-in-law")
    MOTHER_IN_LAW = "mother", pgettext_lazy("recognition", "Good mother-in-law")
    PERSON = "person", pgettext_lazy("recognition", "Exemplary person")


class RecognitionState(models.TextChoices):
    """A recognition is nominated by one person and confirmed by another."""

    NOMINATED = "nominated", pgettext_lazy("recognition", "Nominated")
    CONFIRMED = "confirmed", pgettext_lazy("recognition", "Confirmed")
    REJECTED = "rejected", pgettext_lazy("recognition", "Not confirmed")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            RecognitionState.NOMINATED: Tone.WAITING,
            RecognitionState.CONFIRMED: Tone.GOOD,
        }.get(self, Tone.ENDED)


class LetterKind(models.TextChoices):
    """What a letter of decision decides."""

    GRANTED = "granted", pgettext_lazy("letter", "Decision to grant")
    REFUSED = "refused", pgettext_lazy("letter", "Decision not to grant")
    STOPPED = "stopped", pgettext_lazy("letter", "Decision to stop payments")
    CHANGED = "changed", pgettext_lazy("letter", "Decision to change a grant")
    OUTCOME = "outcome", pgettext_lazy("letter", "Answer to an appeal")


class DeliveryMethod(models.TextChoices):
    """How a letter reached the family (送达)."""

    IN_PERSON = "in_person", pgettext_lazy("delivery", "Handed over in person, against signature")
    FAMILY = "family", pgettext_lazy("delivery", "Left with an adult of the family living with her or him")
    POST = "post", pgettext_lazy("delivery", "Registered post")
    ANNOUNCED = "announced", pgettext_lazy("delivery", "Public announcement, when nothing else was possible")


class AppealKind(models.TextChoices):
    """The ways against a decision."""

    REVIEW = "review", pgettext_lazy("appeal", "Review by the county office")
    RECONSIDERATION = "reconsideration", pgettext_lazy("appeal", "Administrative reconsideration")
    LAWSUIT = "lawsuit", pgettext_lazy("appeal", "Administrative lawsuit")


class AppealVia(models.TextChoices):
    """How an appeal came in."""

    COUNTER = "counter", pgettext_lazy("appeal", "Said or handed in at a counter")
    POST = "post", pgettext_lazy("appeal", "By letter")
    FORWARDED = "forwarded", pgettext_lazy("appeal", "Sent to us by the deciding body")


class AppealState(models.TextChoices):
    """Where an appeal stands."""

    RECEIVED = "received", pgettext_lazy("appeal", "Received")
    ACCEPTED = "accepted", pgettext_lazy("appeal", "Accepted")
    SUSPENDED = "suspended", pgettext_lazy("appeal", "Suspended")
    DECIDED = "decided", pgettext_lazy("appeal", "Decided")
    NOT_ACCEPTED = "not_accepted", pgettext_lazy("appeal", "Not accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "Withdrawn")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            AppealState.RECEIVED: Tone.WAITING,
            AppealState.ACCEPTED: Tone.ACTIVE,
            AppealState.SUSPENDED: Tone.WAITING,
            AppealState.DECIDED: Tone.GOOD,
        }.get(self, Tone.ENDED)


class AppealResult(models.TextChoices):
    """What came of an appeal."""

    STANDS = "stands", pgettext_lazy("appeal", "The decision stands")
    CHANGED = "changed", pgettext_lazy("appeal", "The decision is changed, as the family asked")
    SENT_BACK = "sent_back", pgettext_lazy("appeal", "Sent back: the office decides anew")


class ReviewState(models.TextChoices):
    """A grant in the annual review: to be seen, proposed by one person, decided by another."""

    OPEN = "open", pgettext_lazy("annual review", "To be seen")
    PROPOSED = "proposed", pgettext_lazy("annual review", "Waits for confirmation")
    DECIDED = "decided", pgettext_lazy("annual review", "Decided")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {"open": Tone.ATTENTION, "proposed": Tone.WAITING, "decided": Tone.GOOD}[self.value]


class ReviewReason(models.TextChoices):
    """What the register says against going on unseen; none of it stops anything by itself."""

    DIED = "died", pgettext_lazy("annual review", "Has died by the register")
    MOVED = "moved", pgettext_lazy("annual review", "No longer lives in the county")
    CONDITIONS = (
        "conditions",
        pgettext_lazy("annual review", "By the newest assessment a condition no longer holds"),
    )
    UNKNOWN = "unknown", pgettext_lazy("annual review", "A fact for a condition is not known")
    REPORT = "report", pgettext_lazy("annual review", "Another department's report is not decided yet")
    LATE = "late", pgettext_lazy("annual review", "Something that became known late is not decided yet")
    RETURNED = "returned", pgettext_lazy("annual review", "Money came back from the bank")
    SUSPENDED = "suspended", pgettext_lazy("annual review", "Payment is suspended")
    NOT_SEEN = (
        "not_seen",
        pgettext_lazy("annual review", "Nobody of the office has seen the family this year"),
    )


class ReviewMethod(models.TextChoices):
    """How it was found that the person lives and nothing has changed."""

    VISIT = "visit", pgettext_lazy("annual review", "Visit at home")
    DECLARATION = "declared", pgettext_lazy("annual review", "Declaration at the counter")
    PRECHECK = "precheck", pgettext_lazy("annual review", "Comparison of registers alone")


class ReviewResult(models.TextChoices):
    """What follows for the grant."""

    CONTINUE = "continue", pgettext_lazy("annual review", "Goes on")
    SUSPEND = "suspend", pgettext_lazy("annual review", "Suspend the payment until it is cleared up")
    RESUME = "resume", pgettext_lazy("annual review", "Resume the payment; what was held back is paid")
    STOP = "stop", pgettext_lazy("annual review", "Stop")


class ReviewTold(models.TextChoices):
    """How a family was told of a stop or a suspension."""

    IN_PERSON = "in_person", pgettext_lazy("annual review", "In person, with the notice")
    ADULT = "adult", pgettext_lazy("annual review", "Left with an adult of the family")
    POST = "post", pgettext_lazy("annual review", "By registered post")


class SampleFinding(models.TextChoices):
    """What the city found at a grant of its sample."""

    RIGHT = "right", pgettext_lazy("annual review", "Reviewed rightly")
    UNSEEN = "unseen", pgettext_lazy("annual review", "The family was not seen as recorded")
    WRONG = "wrong", pgettext_lazy("annual review", "The result does not fit the facts")
