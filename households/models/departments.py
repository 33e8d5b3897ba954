"""What other departments say of residents: their files, and the events that a clerk is asked about."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.enums import (
    DeclineReason,
    DepartmentFileKind,
    EventKind,
    FactSource,
    ImportState,
    MatchedBy,
    ProposalState,
)
from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.enums import Role
from offices.fields import DigestField, DivisionCodeField, id_field

FILE_TRANSITIONS = {
    ImportState.HEADERS.value: frozenset({ImportState.WAITING.value, ImportState.CANCELLED.value}),
    ImportState.WAITING.value: frozenset(
        {ImportState.DONE.value, ImportState.REFUSED.value, ImportState.CANCELLED.value}
    ),
    ImportState.DONE.value: frozenset({ImportState.TAKEN_BACK.value}),
}
PROPOSAL_TRANSITIONS: dict[str, frozenset[str]] = {
    ProposalState.AMBIGUOUS: frozenset(
        {ProposalState.PROPOSED, ProposalState.KNOWN, ProposalState.DECLINED, ProposalState.WITHDRAWN}
    ),
    ProposalState.PROPOSED: frozenset(
        {ProposalState.CONFIRMED, ProposalState.DECLINED, ProposalState.KNOWN, ProposalState.WITHDRAWN}
    ),
    ProposalState.KNOWN: frozenset({ProposalState.PROPOSED, ProposalState.WITHDRAWN}),
    ProposalState.CONFIRMED: frozenset({ProposalState.PROPOSED}),
    ProposalState.DECLINED: frozenset({ProposalState.PROPOSED, ProposalState.AMBIGUOUS}),
}
OPEN = (ProposalState.PROPOSED, ProposalState.AMBIGUOUS)
"""What awaits somebody."""
DECIDED = (ProposalState.CONFIRMED, ProposalState.DECLINED)


class DepartmentFileQuerySet(models.QuerySet["DepartmentFile"]):
    """Files by the division of whoever brought them."""

    def visible_to(self, actor: Actor) -> DepartmentFileQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class DepartmentFile(models.Model):
    """A list that another department sent: what it tells, by which letter, and what came of its rows.

    It changes nothing in the registry: its rows become proposals with the people they mean. The
    file and the lists of rows that mean nobody here or could not be read are sealed; how many they
    were stays. `repeated` rows had been told by an earlier file. Serves the keeping of dated facts;
    kept with what was decided about its rows.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    file = models.ForeignKey("offices.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(_("File"), max_length=200)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(_("What it tells"), max_length=14, choices=DepartmentFileKind)
    source = models.CharField(_("Department"), max_length=10, choices=FactSource)
    sender = models.CharField(_("Sender"), max_length=60)
    document = models.CharField(_("Number of the letter"), max_length=80)
    dated_on = models.DateField(_("Day of the letter"))
    headers = models.JSONField(default=dict, blank=True)
    unknown_headers = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.WAITING)
    rows = models.PositiveIntegerField(default=0)
    proposed = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    ambiguous = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    unmatched = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    refusal = models.TextField(blank=True)
    error_file = models.ForeignKey(
        "offices.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    unmatched_file = models.ForeignKey(
        "offices.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    job = models.ForeignKey("offices.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    brought_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    brought_role = models.CharField(max_length=20, choices=Role)
    brought_at = models.DateTimeField(auto_now_add=True)
    taken_back_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_on = models.DateField(null=True)
    division_code = DivisionCodeField()

    objects = DepartmentFileQuerySet.as_manager()

    class Meta:
        ordering = ["-brought_at", "-id"]
        indexes = [
            models.Index(fields=["division_code", "-brought_at"], name="department_file_by_division"),
            models.Index(fields=["sha256"], name="department_file_by_digest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="rows_of_a_department_file_add_up",
                condition=Q(
                    rows=F("proposed")
                    + F("known")
                    + F("ambiguous")
                    + F("repeated")
                    + F("unmatched")
                    + F("refused")
                ),
                violation_error_message=_("What came of the rows must add up to all rows."),
            ),
            models.CheckConstraint(
                name="department_file_is_taken_back_by_somebody_on_a_day",
                condition=Q(
                    state=ImportState.TAKEN_BACK, taken_back_by__isnull=False, taken_back_on__isnull=False
                )
                | (~Q(state=ImportState.TAKEN_BACK) & Q(taken_back_by=None, taken_back_on=None)),
                violation_error_message=_("A file that was withdrawn has its person and its day."),
            ),
        ]

    def __str__(self) -> str:
        return self.document

    @property
    def outcome(self) -> ImportState:
        """The state with its look."""
        return ImportState(self.state)

    @property
    def letter(self) -> str:
        """The letter as a fact names it: its number and its day."""
        return f"{self.document} {self.dated_on.isoformat()}"

    def bringer(self) -> Actor:
        """Who brought the file, in the role in which she did."""
        staff = self.brought_by
        return Actor(
            staff_id=staff.pk,
            username=staff.username,
            name=staff.name,
            role=Role(self.brought_role),
            division_code=self.division_code,
        )


class EventProposalQuerySet(models.QuerySet["EventProposal"]):
    """Proposals by place and whether they await somebody."""

    def visible_to(self, actor: Actor) -> EventProposalQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def open(self) -> EventProposalQuerySet:
        return self.filter(state__in=OPEN)


class EventProposal(models.Model):
    """What a row of another department's file says has happened to somebody; a clerk decides.

    Serves the keeping of dated facts. What the row says of the person (name, birth date, village,
    the number masked) is kept to be compared with her record, and as long as the decision counts.
    `row_key` is the digest by which the same words are known in a later file. `particulars` holds
    codes, days and years. `person` stays as matched: a record that was merged leads to the one that
    stayed (`whom`), and `division_code` is the village that serves that one, kept so by a trigger;
    of a row that may mean several people the smallest division that serves them all. `event` is
    what was recorded, also when it was taken back since.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    brought = models.ForeignKey(DepartmentFile, on_delete=models.PROTECT, related_name="proposals")
    line = models.PositiveIntegerField(_("Row"))
    row_key = DigestField()
    kind = models.CharField(_("Event"), max_length=12, choices=EventKind)
    happened_on = models.DateField(_("Happened on"))
    particulars = models.JSONField(default=dict, blank=True)
    source = models.CharField(_("Source"), max_length=10, choices=FactSource)
    document = models.CharField(_("Document"), max_length=120)
    name = models.CharField(_("Name"), max_length=60)
    number_masked = models.CharField(_("Identity number"), max_length=18, blank=True)
    birth_date = models.DateField(_("Born on"), null=True)
    place = models.CharField(_("Village"), max_length=120, blank=True)
    person = models.ForeignKey("households.Person", on_delete=models.PROTECT, null=True, related_name="+")
    matched_by = models.CharField(max_length=6, choices=MatchedBy, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=ProposalState)
    event = models.ForeignKey("households.LifeEvent", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("Reason"), max_length=16, choices=DeclineReason, blank=True)
    remark = models.CharField(_("What was found out"), max_length=200, blank=True)
    decided_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    decided_role = models.CharField(max_length=20, choices=Role, blank=True)
    decided_on = models.DateField(null=True)
    proposed_on = models.DateField(_("Proposed on"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    division_code = DivisionCodeField(_("Village"))

    objects = EventProposalQuerySet.as_manager()

    class Meta:
        ordering = ["division_code", "happened_on", "id"]
        indexes = [
            models.Index(
                fields=["division_code", "state", "happened_on"], name="proposal_by_place_and_state"
            ),
            models.Index(fields=["person"], name="proposal_by_person"),
            models.Index(fields=["event"], condition=Q(event__isnull=False), name="proposal_by_event"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["row_key"],
                condition=~Q(state=ProposalState.WITHDRAWN),
                name="one_proposal_for_the_same_words",
                violation_error_message=_("An earlier file says the same already."),
            ),
            models.CheckConstraint(
                name="proposal_means_somebody_once_it_can_be_decided",
                condition=Q(
                    state__in=[ProposalState.AMBIGUOUS, ProposalState.WITHDRAWN, ProposalState.DECLINED]
                )
                | Q(person__isnull=False),
                violation_error_message=_("Say first whom the row means."),
            ),
            models.CheckConstraint(
                name="decided_proposal_has_who_decided_and_when",
                condition=Q(state__in=DECIDED, decided_by__isnull=False, decided_on__isnull=False)
                & ~Q(decided_role="")
                | ~Q(state__in=DECIDED) & Q(decided_by=None, decided_on=None, decided_role=""),
                violation_error_message=_("A decision has its person, her role and its day."),
            ),
            models.CheckConstraint(
                name="confirmed_proposal_has_its_event",
                condition=~Q(state=ProposalState.CONFIRMED) | Q(event__isnull=False),
                violation_error_message=_("What was confirmed is recorded as an event."),
            ),
            models.CheckConstraint(
                name="declined_proposal_has_its_reason",
                condition=Q(state=ProposalState.DECLINED) & ~Q(reason="")
                | ~Q(state=ProposalState.DECLINED) & Q(reason="", remark=""),
                violation_error_message=_("Say why it is not entered."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.what}"

    @property
    def what(self) -> str | Promise:
        """The event in a word; where a hukou goes is not a move of the home."""
        return _("Hukou moved") if self.kind == EventKind.MOVE else EventKind(self.kind).label

    @property
    def outcome(self) -> ProposalState:
        """The state with its look."""
        return ProposalState(self.state)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
