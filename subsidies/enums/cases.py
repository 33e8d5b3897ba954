"""Closed lists of applications, grants, letters, appeals and the annual review."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


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


class RaisedTo(models.TextChoices):
    """Who presses a case that was not dealt with in time."""

    TOWNSHIP = "township", pgettext_lazy("raised to", "Township")
    COUNTY = "county", pgettext_lazy("raised to", "County")


class LetterKind(models.TextChoices):
    """What a letter of decision decides."""

    GRANTED = "granted", pgettext_lazy("letter", "Decision to grant")
    REFUSED = "refused", pgettext_lazy("letter", "Decision not to grant")
    STOPPED = "stopped", pgettext_lazy("letter", "Decision to stop payments")
    CHANGED = "changed", pgettext_lazy("letter", "Decision to change a grant")
    OUTCOME = "outcome", pgettext_lazy("letter", "Answer to an appeal")
    RECOVERY = "recovery", pgettext_lazy("letter", "Decision to recover")


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


class LeftBehind(models.TextChoices):
    """Why somebody does not go on with a list: each is looked at alone, or waits. The first that fits."""

    OWN_FAMILY = "own_family", pgettext_lazy("left behind", "Of the acting person's own family")
    ACTED_BEFORE = (
        "acted_before",
        pgettext_lazy("left behind", "The acting person took an earlier step of the case"),
    )
    DOCUMENTS_MISSING = "documents_missing", pgettext_lazy("left behind", "Papers are missing")
    NOTICE_RUNNING = "notice_running", pgettext_lazy("left behind", "The notice still hangs")
    OBJECTION_OPEN = "objection_open", pgettext_lazy("left behind", "An objection is not answered yet")
    OBJECTION_UPHELD = "objection_upheld", pgettext_lazy("left behind", "An objection was upheld")
    TWO_REVIEWERS = "two_reviewers", pgettext_lazy("left behind", "Another county reviewer comes first")
    ANOTHER_STEP = "another_step", pgettext_lazy("left behind", "Stands at another step")
    DIED = "died", pgettext_lazy("left behind", "Has died")
    MERGED = "merged", pgettext_lazy("left behind", "The record became one with another")
    MOVED = "moved", pgettext_lazy("left behind", "Is not of this place (any more)")
    DECLINED = "declined", pgettext_lazy("left behind", "The family declined it")
    NOT_OWED = "not_owed", pgettext_lazy("left behind", "Not owed by the newest assessment")
    APPLIED_ALREADY = "already_applied", pgettext_lazy("left behind", "Has applied already")
    RECEIVES_ALREADY = "receives_already", pgettext_lazy("left behind", "Receives it already")
    NOT_ENTITLED = "not_entitled", pgettext_lazy("left behind", "A condition does not hold today")
    NOT_KNOWN = "not_known", pgettext_lazy("left behind", "A condition cannot be judged yet")
    AMOUNT_UNKNOWN = "amount_unknown", pgettext_lazy("left behind", "The amount is not known")
