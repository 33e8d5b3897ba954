from __future__ import annotations

import datetime
from typing import ClassVar
from uuid import UUID

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, LOG, PUBLIC, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import ApplicationState, NoticeLevel, ObjectionSubject, Step, StepResult

CLOSED_STATES = (ApplicationState.GRANTED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN)

TRANSITIONS: dict[str, frozenset[str]] = {
    ApplicationState.ENTERED: frozenset(
        {
            ApplicationState.DOCUMENTS_MISSING,
            ApplicationState.VILLAGE_REVIEWED,
            ApplicationState.REFUSED,
            ApplicationState.WITHDRAWN,
        }
    ),
    ApplicationState.DOCUMENTS_MISSING: frozenset({ApplicationState.ENTERED, ApplicationState.WITHDRAWN}),
    ApplicationState.VILLAGE_REVIEWED: frozenset(
        {ApplicationState.TOWNSHIP_REVIEWED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN}
    ),
    ApplicationState.TOWNSHIP_REVIEWED: frozenset(
        {
            ApplicationState.COUNTY_REVIEWED,
            ApplicationState.COUNTY_CONFIRMED,
            ApplicationState.REFUSED,
            ApplicationState.WITHDRAWN,
        }
    ),
    ApplicationState.COUNTY_REVIEWED: frozenset(
        {ApplicationState.COUNTY_CONFIRMED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN}
    ),
    ApplicationState.COUNTY_CONFIRMED: frozenset(
        {ApplicationState.GRANTED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN}
    ),
}
BANDS_ASKED_IN = (ApplicationState.VILLAGE_REVIEWED, ApplicationState.TOWNSHIP_REVIEWED)
"""States whose next step asks anew how many county reviewers it takes."""
AFTER_APPEAL: dict[str, frozenset[str]] = {
    ApplicationState.REFUSED: frozenset(
        {
            ApplicationState.ENTERED,
            ApplicationState.VILLAGE_REVIEWED,
            ApplicationState.TOWNSHIP_REVIEWED,
            ApplicationState.COUNTY_REVIEWED,
            ApplicationState.COUNTY_CONFIRMED,
            ApplicationState.GRANTED,
        }
    ),
}
"""What a successful appeal against a refusal opens: the benefit itself, or the step that comes anew."""


_NEXT_STEP: dict[str, Step] = {
    ApplicationState.ENTERED: Step.VILLAGE_REVIEW,
    ApplicationState.VILLAGE_REVIEWED: Step.TOWNSHIP_REVIEW,
    ApplicationState.TOWNSHIP_REVIEWED: Step.COUNTY_CONFIRMATION,
    ApplicationState.COUNTY_REVIEWED: Step.COUNTY_CONFIRMATION,
    ApplicationState.COUNTY_CONFIRMED: Step.GRANT,
}


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications by place and state."""

    def visible_to(self, actor: Actor) -> ApplicationQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def open(self) -> ApplicationQuerySet:
        return self.exclude(state__in=CLOSED_STATES)

    def overdue_on(self, day: datetime.date) -> ApplicationQuerySet:
        """Open ones whose step should have been taken before a day."""
        return self.open().filter(due_on__lt=day)

    def ready_on(self, day: datetime.date) -> ApplicationQuerySet:
        """Those that wait for an officer: no notice hangs and no objection is unanswered."""
        hanging = Notice.objects.in_the_way_on(day).filter(application=OuterRef("pk"))
        unanswered = Objection.objects.unanswered().filter(notice__application=OuterRef("pk"))
        return self.open().filter(~Exists(hanging), ~Exists(unanswered))


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class Application(models.Model):
    """A family's request for a benefit, from the counter to the decision.

    Serves that decision; kept thirty years with its money. `documents_brought` and
    `documents_missing` list codes of subsidies.documents; what is missing is named once
    (`missing_named_on`). `confirmations`: how many county reviewers it takes, as of its last step;
    programmes that are never posted take two, whatever stands there. `handed_in_by`: the agent or guardian
    who came for her. `due_on` is the last day for the
    step that comes next.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    file_number = models.CharField(_("File number"), max_length=40, unique=True)
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT, db_index=False)
    policy_version = models.ForeignKey("subsidies.PolicyVersion", on_delete=models.PROTECT)
    person = models.ForeignKey(
        "households.Person", on_delete=models.PROTECT, related_name="applications", db_index=False
    )
    division_code = DivisionCodeField(_("Village"))
    state = models.CharField(max_length=20, choices=ApplicationState, default=ApplicationState.ENTERED)
    entered_on = models.DateField(_("Entered on"))
    entered_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    handed_in_by = models.ForeignKey(
        "households.Representative", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    documents_brought = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    documents_missing = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    missing_named_on = models.DateField(null=True, blank=True)
    annual_amount = MoneyField(null=True, blank=True)
    confirmations = models.PositiveSmallIntegerField(_("County reviewers"), default=1)
    due_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    refusal_reason = models.TextField(blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_on", "-id"]
        indexes = [
            models.Index(fields=["division_code", "state"], name="application_by_village"),
            models.Index(fields=["person", "programme"], name="application_by_person"),
            models.Index(
                fields=["division_code", "due_on"],
                condition=~Q(state__in=CLOSED_STATES),
                name="open_application_by_due_day",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "programme"],
                condition=~Q(state__in=CLOSED_STATES),
                name="one_open_application_for_a_programme",
                violation_error_message=_("An application for this programme is already on its way."),
            ),
            models.CheckConstraint(
                name="application_is_decided_when_it_has_a_day",
                condition=Q(decided_on=None) & ~Q(state__in=CLOSED_STATES)
                | Q(decided_on__isnull=False, state__in=CLOSED_STATES),
                violation_error_message=_("A decided application has the day of its decision."),
            ),
            models.CheckConstraint(
                name="refusal_has_a_reason",
                condition=~Q(state=ApplicationState.REFUSED) | ~Q(refusal_reason=""),
                violation_error_message=_("A refusal needs its reason."),
            ),
            models.CheckConstraint(
                name="missing_documents_are_named",
                condition=~Q(state=ApplicationState.DOCUMENTS_MISSING) | Q(documents_missing__len__gt=0),
                violation_error_message=_("Name the documents that are missing."),
            ),
        ]

    def __str__(self) -> str:
        return self.file_number

    @property
    def next_step(self) -> Step | None:
        """The step that comes next; None while papers are missing and after the end."""
        return self.step_from(self.state)

    def step_from(self, state: str) -> Step | None:
        """The step that comes next in a state."""
        if state == ApplicationState.TOWNSHIP_REVIEWED and self.has_two_reviewers:
            return Step.COUNTY_REVIEW
        return _NEXT_STEP.get(state)

    @property
    def has_two_reviewers(self) -> bool:
        """Whether two county reviewers confirm it: never posted, or of an amount that asks for two."""
        return not self.programme.is_posted or self.confirmations > 1

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED_STATES


class ApplicationStepQuerySet(models.QuerySet["ApplicationStep"]):
    """Steps by who took them."""

    def acts_of(self, staff: UUID) -> ApplicationStepQuerySet:
        """Those by which somebody acted on a case, so that the next step is another's."""
        return self.filter(acted_by=staff, result__in=(StepResult.PASSED, StepResult.REFUSED))


class ApplicationStep(models.Model):
    """One act on an application: who, when, with which certificate, with what result.

    Append-only. The database refuses a second act of the same person on one application, so
    that entry, reviews, confirmation and grant are each by another. `listed` is the list by which
    it was taken together with others'; it says the same as if it had been taken alone.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=20, choices=Step)
    result = models.CharField(max_length=20, choices=StepResult)
    acted_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    acted_on = models.DateField()
    opinion = models.TextField(blank=True)
    present = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    certificate_number = models.CharField(max_length=30, blank=True)
    listed = models.ForeignKey(
        "subsidies.ListedAct", on_delete=models.PROTECT, null=True, blank=True, related_name="steps"
    )
    division_code = DivisionCodeField()

    objects = ApplicationStepQuerySet.as_manager()

    class Meta:
        ordering = ["acted_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "acted_by"],
                condition=Q(result=StepResult.PASSED),
                name="each_step_is_by_another_person",
                violation_error_message=_(
                    "You have already acted on this application. The next step must be taken by somebody else."
                ),
            ),
            models.UniqueConstraint(
                fields=["application", "step"],
                condition=Q(result=StepResult.PASSED),
                name="each_step_passes_once",
                violation_error_message=_("This step has already been taken."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.result}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices by place and day."""

    def visible_to(self, actor: Actor) -> NoticeQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def hanging_on(self, day: datetime.date) -> NoticeQuerySet:
        return self.filter(from_on__lte=day, last_day__gte=day)

    def in_the_way_on(self, day: datetime.date) -> NoticeQuerySet:
        """Those that hold an application back: the next step is possible from the day after the last."""
        return self.filter(last_day__gte=day)


class Notice(models.Model):
    """A public notice of an application at one level, from a day to the last day it hangs.

    The next step is possible from the day after `last_day`, when no objection is open.
    `taken_down_on` is set when the application ended while it hung.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="notices")
    level = models.CharField(max_length=10, choices=NoticeLevel)
    from_on = models.DateField()
    last_day = models.DateField()
    posted_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    taken_down_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField()

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["from_on"]
        indexes = [models.Index(fields=["division_code", "last_day"], name="notice_by_place_and_day")]
        constraints = [
            models.UniqueConstraint(fields=["application", "level"], name="one_notice_at_each_level"),
            models.CheckConstraint(
                name="notice_ends_after_it_begins", condition=Q(last_day__gte=F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.get_level_display()


class PublicNotice(models.Model):
    """The line of a notice that the public sees: name, village, programme, amount, nothing else.

    Made for the public, read without a scope; removed when the notice ends.
    """

    access: ClassVar[Access] = PUBLIC

    id = id_field()
    notice_id = models.UUIDField(unique=True)
    level = models.CharField(max_length=10, choices=NoticeLevel)
    place_code = DivisionCodeField()
    village_name = models.CharField(max_length=60)
    township_name = models.CharField(max_length=60)
    person_name = models.CharField(max_length=60)
    programme_code = models.CharField(max_length=8)
    programme_name_zh = models.CharField(max_length=60)
    programme_name_en = models.CharField(max_length=80)
    amount = MoneyField()
    from_on = models.DateField()
    last_day = models.DateField()

    class Meta:
        ordering = ["last_day", "place_code"]

    def __str__(self) -> str:
        return self.programme_code


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Objections by place and answer."""

    def visible_to(self, actor: Actor) -> ObjectionQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def unanswered(self) -> ObjectionQuerySet:
        return self.filter(answered_on=None)

    def in_the_way(self) -> ObjectionQuerySet:
        """Those that hold an application back: unanswered, or upheld."""
        return self.filter(Q(answered_on=None) | Q(is_upheld=True))

    def upheld(self) -> ObjectionQuerySet:
        return self.filter(is_upheld=True)


class Objection(models.Model):
    """An objection tied to a notice: while it is open, the application goes no further.

    Holds no name of who objected and no free text about the family; the office answers in ten
    working days, one level above the notice.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="objections")
    received_on = models.DateField()
    subject = models.CharField(_("What the objection is about"), max_length=20, choices=ObjectionSubject)
    due_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    is_upheld = models.BooleanField(null=True, blank=True)
    recorded_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    division_code = DivisionCodeField()

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["received_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="answered_objection_has_day_answer_and_result",
                condition=Q(answered_on=None, answer="", is_upheld=None, answered_by=None)
                | (
                    Q(answered_on__isnull=False, is_upheld__isnull=False, answered_by__isnull=False)
                    & ~Q(answer="")
                ),
                violation_error_message=_("An answered objection has its day, its answer and its result."),
            )
        ]

    def __str__(self) -> str:
        return self.get_subject_display()
