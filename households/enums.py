"""Closed lists of the registry, as the resident file writes them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


class Sex(models.TextChoices):
    MALE = "M", _("Male")
    FEMALE = "F", _("Female")


class Relation(models.TextChoices):
    """Relation to the head of the household."""

    HEAD = "head", _("Head")
    SPOUSE = "spouse", _("Spouse")
    SON = "son", _("Son")
    DAUGHTER = "daughter", _("Daughter")
    FATHER = "father", _("Father")
    MOTHER = "mother", _("Mother")
    GRANDSON = "grandson", _("Grandson")
    GRANDDAUGHTER = "granddaughter", _("Granddaughter")
    OTHER = "other", pgettext_lazy("relation", "Other")


class HukouType(models.TextChoices):
    """Kind of household registration; `RESIDENT` is undefined until a document says rural or not."""

    RURAL = "rural", _("Agricultural")
    URBAN = "urban", _("Non-agricultural")
    RESIDENT = "resident", _("Resident (unified)")
    DEFINED_RURAL = "defined_rural", _("Defined as rural resident")


class MaritalState(models.TextChoices):
    """Read by rules alone; other states are never stored."""

    MARRIED = "married", _("Married")
    DIVORCED = "divorced", _("Divorced")
    WIDOWED = "widowed", _("Widowed")


class ParentRole(models.TextChoices):
    FATHER = "father", _("Father")
    MOTHER = "mother", _("Mother")


class ParentageKind(models.TextChoices):
    BIRTH = "birth", _("By birth")
    ADOPTED = "adopted", _("Adopted")
    STEP = "step", pgettext_lazy("kinship", "Step")


class EmploymentState(models.TextChoices):
    EMPLOYED = "employed", _("Employed")
    LAID_OFF = "laid_off", _("Laid off")
    RETIRED = "retired", _("Retired")
    NO_EMPLOYER = "no_employer", _("Without employer")
    PUBLIC = "public", _("Public institution")


class FactSource(models.TextChoices):
    """Where a fact comes from."""

    FILE = "file", _("Resident file")
    COUNTER = "counter", _("Counter")
    DOCUMENT = "document", _("Document")
    CIVIL = "civil", _("Civil affairs bureau")
    POLICE = "police", _("Police")
    HOSPITAL = "hospital", _("Hospital")
    INSURANCE = "insurance", _("Social insurance")
    EDUCATION = "education", _("Education bureau")


class EventKind(models.TextChoices):
    """What can happen to a person or a family and changes the registry."""

    BIRTH = "birth", _("Born into the family")
    ADOPTION = "adoption", _("Adopted")
    DEATH = "death", _("Died")
    MARRIAGE = "marriage", _("Joined with a spouse")
    DIVORCE = "divorce", _("Parted from a spouse")
    MOVE = "move", _("Moved within the county")
    ARRIVAL = "arrival", _("Came from outside the county")
    DEPARTURE = "departure", _("Left the county")
    RETURN = "return", _("Came back to the county")
    SPLIT = "split", _("Set up an own household")
    JOIN = "join", _("Joined another household")
    HEAD = "head", _("New head of the household")
    HUKOU = "hukou", _("Hukou changed")
    EMPLOYMENT = "employment", _("Employment changed")
    DISABILITY = "disability", _("Disability grade changed")
    CERTIFICATE = "certificate", _("Only-child certificate")
    EXAMINATION = "examination", _("Entrance examination")
    MEDICAL = "medical", _("Medical insurance elsewhere")
    PENSION = "pension", _("Pension insurance elsewhere")
    PARENTAGE = "parentage", _("Parent of a child")
    CORRECTION = "correction", _("Entry corrected")


KINDS_FOR_RULES_ALONE = frozenset({EventKind.MARRIAGE, EventKind.DIVORCE, EventKind.DISABILITY})
"""What rules read and no page says: lists and acts do not name the kind or its document."""

KINDS_OF_THE_RECORD = frozenset({EventKind.DEATH, EventKind.PARENTAGE, EventKind.CORRECTION})
"""What may stand for a day after a death: the death itself, put right since, kin, and what corrects."""


class EventState(models.TextChoices):
    """An event stands, or was taken back because it was entered wrongly."""

    RECORDED = "recorded", pgettext_lazy("event", "Recorded")
    TAKEN_BACK = "taken_back", pgettext_lazy("event", "Taken back")


class ImportState(models.TextChoices):
    """Life of an import; whether a worker has it in hand is its job's state."""

    HEADERS = "headers", pgettext_lazy("import", "Columns to be assigned")
    WAITING = "waiting", pgettext_lazy("import", "Waiting")
    DONE = "done", pgettext_lazy("import", "Done")
    REFUSED = "refused", pgettext_lazy("import", "Refused")
    CANCELLED = "cancelled", pgettext_lazy("import", "Cancelled")
    TAKEN_BACK = "taken_back", pgettext_lazy("import", "Taken back")

    @property
    def tone(self) -> Tone:
        return {
            "headers": Tone.ATTENTION,
            "waiting": Tone.WAITING,
            "done": Tone.GOOD,
            "refused": Tone.BAD,
            "cancelled": Tone.ENDED,
            "taken_back": Tone.ENDED,
        }[self.value]


class CorrectionState(models.TextChoices):
    """Life of a bank account that somebody entered: a second person decides."""

    PROPOSED = "proposed", pgettext_lazy("account", "To be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("account", "Confirmed")
    REJECTED = "rejected", pgettext_lazy("account", "Rejected")


class ShowReason(models.TextChoices):
    """Why a sensitive value is shown or a family of another township opened."""

    PERSON_PRESENT = "person_present", _("The person is at the counter")
    COMPARE_CARD = "compare_card", _("To compare with the card or passbook")
    APPLICATION = "application", _("For an application in hand")
    CORRECTION = "correction", _("To correct an entry")
    CALL = "call", _("To call the family")


class DuplicateReason(models.TextChoices):
    """Why two records may be of one person."""

    OLD_FORM = "old_form", _("The numbers are the same in their old form of 15 digits")
    SWAPPED_DIGITS = "swapped", _("Two digits of the number are swapped")
    ONE_DIGIT = "one_digit", _("One digit of the number differs")
    SAME_PARENT = "same_parent", _("Same name, birth date and parent")
    TEMPORARY_NUMBER = (
        "temporary",
        _("Same name and birth date, one without a number or with a temporary one"),
    )
    SAME_TAIL = "same_tail", _("Same birth date and last four of the number, and the names sound alike")
    SAME_PHONE = "same_phone", _("Same name and phone")


class PairState(models.TextChoices):
    """Two records that may be of one person: found, decided by somebody, merged, or no longer alike."""

    CANDIDATE = "candidate", pgettext_lazy("pair", "To be compared")
    SAME = "same", pgettext_lazy("pair", "The same person")
    DIFFERENT = "different", pgettext_lazy("pair", "Two persons")
    MERGED = "merged", pgettext_lazy("pair", "Merged")
    CLEARED = "cleared", pgettext_lazy("pair", "No longer alike")

    @property
    def tone(self) -> Tone:
        return {
            "candidate": Tone.WAITING,
            "same": Tone.ATTENTION,
            "different": Tone.ENDED,
            "merged": Tone.GOOD,
            "cleared": Tone.ENDED,
        }[self.value]


class MergeState(models.TextChoices):
    """A merge stands, or was undone."""

    DONE = "done", pgettext_lazy("merge", "Merged")
    UNDONE = "undone", pgettext_lazy("merge", "Undone")

    @property
    def tone(self) -> Tone:
        return {"done": Tone.GOOD, "undone": Tone.ENDED}[self.value]


class EntryState(models.TextChoices):
    """An entry counts, or was taken back because it was written by mistake."""

    RECORDED = "recorded", pgettext_lazy("entry", "Recorded")
    TAKEN_BACK = "taken_back", pgettext_lazy("entry", "Taken back")

    @property
    def tone(self) -> Tone:
        return {"recorded": Tone.GOOD, "taken_back": Tone.ENDED}[self.value]


class VisitPurpose(models.TextChoices):
    """Why somebody of the office goes to a family's home; nothing else is a reason."""

    EXPLAIN = "explain", pgettext_lazy("visit", "Explain a benefit")
    APPLY = "apply", pgettext_lazy("visit", "Help to apply")
    DELIVER = "deliver", pgettext_lazy("visit", "Deliver papers")
    INVITE = "invite", pgettext_lazy("visit", "Bring an invitation")


class VisitResult(models.TextChoices):
    """What came of a visit."""

    TOLD = "told", pgettext_lazy("visit", "Told, or handed over")
    APPLIED = "applied", pgettext_lazy("visit", "Applied")
    DECLINED = "declined", pgettext_lazy("visit", "Declined")
    NOT_THERE = "not_there", pgettext_lazy("visit", "Nobody there")
    CANNOT = "cannot", pgettext_lazy("visit", "Cannot be done")

    @property
    def tone(self) -> Tone:
        return {
            "told": Tone.GOOD,
            "applied": Tone.GOOD,
            "declined": Tone.ENDED,
            "not_there": Tone.WAITING,
            "cannot": Tone.NEUTRAL,
        }[self.value]


class VisitNext(models.TextChoices):
    """What the office does next; coming to the counter is the family's own choice and never due."""

    NONE = "none", pgettext_lazy("visit", "Nothing")
    COME_AGAIN = "come_again", pgettext_lazy("visit", "We come again")
    COUNTER = "counter", pgettext_lazy("visit", "The family comes to the counter")
    SEND_PAPERS = "send_papers", pgettext_lazy("visit", "We send papers")


class OutreachKind(models.TextChoices):
    """What the office does for everybody of a place, by public notice."""

    CULTURAL = "cultural", pgettext_lazy("outreach", "Cultural event")
    PERFORMANCE = "performance", pgettext_lazy("outreach", "Performance")
    MEDIA = "media", pgettext_lazy("outreach", "Media column")
    LECTURE = "lecture", pgettext_lazy("outreach", "Lecture")
    STAND = "stand", pgettext_lazy("outreach", "Information stand")
    LEAFLETS = "leaflets", pgettext_lazy("outreach", "Leaflets and posters")


class UnitKind(models.TextChoices):
    """Who employs or houses people."""

    INSTITUTION = "institution", pgettext_lazy("unit", "Institution")
    ENTERPRISE = "enterprise", pgettext_lazy("unit", "Enterprise")
    COMPOUND = "compound", pgettext_lazy("unit", "Compound")


class AssociationKind(models.TextChoices):
    """Partners who serve people of the county where they live and work now."""

    HOMETOWN = "hometown", pgettext_lazy("association", "Association for migrants")
    CHAMBER = "chamber", pgettext_lazy("association", "Chamber of commerce")


class AssociationServiceKind(models.TextChoices):
    """What an association did for people, counted without naming them."""

    EXPLAINED = "explained", _("Benefits explained")
    APPLICATIONS = "applications", _("Applications helped")
    PAPERS = "papers", _("Papers delivered")
    QUESTIONS = "questions", _("Questions answered")


class ContactReason(models.TextChoices):
    """Why the phone of a unit's or an association's contact is shown."""

    BENEFIT = "benefit", _("About a benefit of their people")
    EVENT = "event", _("About an event or papers")
    AGREEMENT = "agreement", _("About the agreement or a payment")
    CORRECTION = "correction", _("To correct an entry")


class DivisionChangeState(models.TextChoices):
    """Life of a change of divisions: prepared by one, confirmed by another, done on its day."""

    DRAFT = "draft", pgettext_lazy("division change", "Prepared")
    CONFIRMED = "confirmed", pgettext_lazy("division change", "Confirmed, waits for its day")
    APPLIED = "applied", pgettext_lazy("division change", "Done")
    WITHDRAWN = "withdrawn", pgettext_lazy("division change", "Withdrawn")

    @property
    def tone(self) -> Tone:
        """How the state looks on a page."""
        return {
            "draft": Tone.ACTIVE,
            "confirmed": Tone.WAITING,
            "applied": Tone.GOOD,
            "withdrawn": Tone.ENDED,
        }[self.value]


class InsuranceScheme(models.TextChoices):
    """What somebody is insured in elsewhere, so that the office pays no premium for her a second time."""

    MEDICAL = "medical", _("Medical insurance")
    PENSION = "pension", _("Pension insurance")


KIND_OF_SCHEME = {
    InsuranceScheme.MEDICAL: EventKind.MEDICAL,
    InsuranceScheme.PENSION: EventKind.PENSION,
}
"""Who begins to work is insured in both from one day on: two events."""
SCHEME_OF_KIND = {kind: scheme for scheme, kind in KIND_OF_SCHEME.items()}


class DepartmentFileKind(models.TextChoices):
    """What another department's file tells; there are no others."""

    DEATHS = "deaths", _("Deaths")
    HUKOU = "hukou", _("Hukou changes")
    INSURED = "insured", _("Insured elsewhere")
    EXAMINATIONS = "examinations", _("Examination registrations")


class ProposalState(models.TextChoices):
    """A row of another department's file, from whom it may mean to what a clerk made of it."""

    AMBIGUOUS = "ambiguous", pgettext_lazy("proposal", "Whom does it mean?")
    PROPOSED = "proposed", pgettext_lazy("proposal", "To be confirmed")
    KNOWN = "known", pgettext_lazy("proposal", "Known already")
    CONFIRMED = "confirmed", pgettext_lazy("proposal", "Confirmed")
    DECLINED = "declined", pgettext_lazy("proposal", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn with its file")

    @property
    def tone(self) -> Tone:
        return {
            "ambiguous": Tone.ATTENTION,
            "proposed": Tone.WAITING,
            "known": Tone.NEUTRAL,
            "confirmed": Tone.GOOD,
            "declined": Tone.ENDED,
            "withdrawn": Tone.ENDED,
        }[self.value]


class MatchedBy(models.TextChoices):
    """How a row was found to mean somebody."""

    NUMBER = "number", _("By the identity number")
    NAME = "name", _("By name and birth date")
    CHOICE = "choice", _("Chosen by a clerk")


class Disputed(models.TextChoices):
    """What of a person a file may say otherwise than it was put right; the words of a correction."""

    NAME = "name", _("Name")
    SEX = "sex", _("Sex")
    BORN = "born", _("Born on")
    NUMBER = "number", _("Identity number")


class DisputeDecision(models.TextChoices):
    KEEP = "keep", _("It stays as it was put right")
    TAKE = "take", _("The file is right")


class DeclineReason(models.TextChoices):
    """Why what a department says is not entered."""

    OTHER_PERSON = "other_person", _("It is about another person")
    WRONG_IN_FILE = "wrong_in_file", _("The department corrected it: the file was wrong")
    FAMILY_SHOWS_OTHERWISE = "papers", _("The family's papers say otherwise")
    ENTERED_OTHERWISE = "entered", _("It is entered in another way already")


class RepresentationKind(models.TextChoices):
    """Who stands for a person before the office."""

    AGENT = "agent", pgettext_lazy("representation", "Agent")
    GUARDIAN = "guardian", pgettext_lazy("representation", "Guardian")
    HEIRS = "heirs", pgettext_lazy("representation", "Heirs")


class RepresentationGround(models.TextChoices):
    """By which kind of document somebody stands for another."""

    AUTHORITY = "authority", pgettext_lazy("representation", "Written authority of the person")
    MINOR = "minor", pgettext_lazy("representation", "The person is under 18")
    INCAPACITY = "incapacity", pgettext_lazy("representation", "A court found the person incapable")
    NOTARISED = "notarised", pgettext_lazy("representation", "Notarised succession")
    COURT = "court", pgettext_lazy("representation", "Judgment on the succession")
    SIMPLE_PROOF = "proof", pgettext_lazy("representation", "The county's simplified proof of succession")


GROUNDS_OF_KIND: dict[str, tuple[RepresentationGround, ...]] = {
    RepresentationKind.AGENT: (RepresentationGround.AUTHORITY,),
    RepresentationKind.GUARDIAN: (RepresentationGround.MINOR, RepresentationGround.INCAPACITY),
    RepresentationKind.HEIRS: (
        RepresentationGround.NOTARISED,
        RepresentationGround.COURT,
        RepresentationGround.SIMPLE_PROOF,
    ),
}


class RepresentationState(models.TextChoices):
    """Entered by one person, confirmed by another, ended with a reason."""

    PROPOSED = "proposed", pgettext_lazy("representation", "Waits for confirmation")
    CONFIRMED = "confirmed", pgettext_lazy("representation", "In force")
    REJECTED = "rejected", pgettext_lazy("representation", "Rejected")
    ENDED = "ended", pgettext_lazy("representation", "Ended")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {"proposed": Tone.WAITING, "confirmed": Tone.GOOD}.get(self.value, Tone.ENDED)


class RepresentationEnd(models.TextChoices):
    """Why somebody no longer stands for another."""

    REVOKED = "revoked", pgettext_lazy("representation", "The authority was revoked")
    ABLE_AGAIN = "able_again", pgettext_lazy("representation", "The person can act for herself again")
    CHANGED = "changed", pgettext_lazy("representation", "Somebody else has become guardian or agent")
    REPRESENTATIVE_DIED = "died", pgettext_lazy("representation", "The representative has died")
    PERSON_DIED = "person_died", pgettext_lazy("representation", "The person has died")
    DOCUMENT_VOID = "void", pgettext_lazy("representation", "The document was revoked or found void")
