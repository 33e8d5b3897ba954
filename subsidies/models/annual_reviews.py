from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, REFERENCE, Access
from offices.fields import DivisionCodeField, id_field
from subsidies.enums import (
    ReviewMethod,
    ReviewReason,
    ReviewResult,
    ReviewState,
    ReviewTold,
    SampleFinding,
    StopReason,
)

TRANSITIONS: dict[str, frozenset[str]] = {
    ReviewState.OPEN: frozenset({ReviewState.PROPOSED}),
    ReviewState.PROPOSED: frozenset({ReviewState.DECIDED, ReviewState.OPEN}),
}
TO_BE_TOLD = (ReviewResult.SUSPEND, ReviewResult.STOP)


class ReviewRoundQuerySet(models.QuerySet["ReviewRound"]):
    """Annual reviews; they belong to the county, and whoever works in it sees them."""

    def visible_to(self, actor: Actor) -> ReviewRoundQuerySet:
        return self


class ReviewRound(models.Model):
    """The review of a programme's running grants in a year: opened by the county, its roster frozen.

    Serves that the right ones are paid on; kept thirty years. `roster_sha256` is the digest of the file
    numbers on the day of opening: known before the city names the seed of its sample, so that nobody can
    choose who is looked at; `sample_document` is the paper in which it did, and the database lets nobody be
    in the sample but whom the seed draws. `accepts_precheck`: the policy lets comparing registers alone be enough.
    """

    access: ClassVar[Access] = REFERENCE

    id = id_field()
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField(_("Year"))
    opened_on = models.DateField(_("Opened on"))
    opened_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("To be done by"))
    document = models.CharField(_("Document"), max_length=120)
    accepts_precheck = models.BooleanField(default=False)
    count = models.PositiveIntegerField(default=0)
    roster_sha256 = models.CharField(max_length=64, blank=True)
    sample_seed = models.CharField(_("Seed of the sample"), max_length=60, blank=True)
    sample_percent = models.PositiveSmallIntegerField(_("Sample (percent)"), null=True, blank=True)
    sample_document = models.CharField(_("The city's document"), max_length=120, blank=True)
    sampled_on = models.DateField(null=True, blank=True)
    sampled_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ReviewRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "programme"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year"],
                name="one_annual_review_of_a_programme_and_year",
                violation_error_message=_("The review of this programme and year is open already."),
            ),
            models.CheckConstraint(
                name="annual_review_is_due_after_it_was_opened",
                condition=Q(due_on__gte=F("opened_on")),
                violation_error_message=_("The last day lies before the day of opening."),
            ),
            models.CheckConstraint(
                name="sample_has_seed_share_and_day",
                condition=Q(
                    sample_seed="",
                    sample_percent=None,
                    sample_document="",
                    sampled_on=None,
                    sampled_by=None,
                )
                | (
                    Q(sample_percent__gte=1, sample_percent__lte=100)
                    & Q(sampled_on__isnull=False, sampled_by__isnull=False)
                    & ~Q(sample_seed="")
                    & ~Q(sample_document="")
                ),
                violation_error_message=_(
                    "A sample has its seed, the document that names it, its share and its day."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.year}"


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    """Grants under review by place and state."""

    def visible_to(self, actor: Actor) -> ReviewItemQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def waiting(self) -> ReviewItemQuerySet:
        return self.filter(state=ReviewState.OPEN)

    def to_tell(self) -> ReviewItemQuerySet:
        """Stopped or suspended, and the family has not been told yet."""
        return self.filter(state=ReviewState.DECIDED, result__in=TO_BE_TOLD, told_on=None)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=None)
class ReviewItem(models.Model):
    """A grant in a year's review: what registers say, how it was looked at, what one proposed and another decided.

    Closed lists and no free text. `reasons` are those of `ReviewReason`; none is green: nothing changed, and
    the family was seen this year. Nothing stops by itself: overdue ones are reminders. Serves the decision
    on the grant; kept thirty years with it.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    round = models.ForeignKey(ReviewRound, on_delete=models.PROTECT, related_name="items")
    grant = models.ForeignKey("subsidies.Grant", on_delete=models.PROTECT, related_name="reviews")
    reasons = ArrayField(models.CharField(max_length=12, choices=ReviewReason), default=list, blank=True)
    state = models.CharField(max_length=10, choices=ReviewState, default=ReviewState.OPEN)
    method = models.CharField(_("How it was looked at"), max_length=10, choices=ReviewMethod, blank=True)
    seen_on = models.DateField(_("Seen on"), null=True, blank=True)
    result = models.CharField(_("Result"), max_length=10, choices=ReviewResult, blank=True)
    stop_reason = models.CharField(_("Why it ends"), max_length=20, choices=StopReason, blank=True)
    event_on = models.DateField(_("Day on which the reason arose"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    told_how = models.CharField(_("How the family was told"), max_length=10, choices=ReviewTold, blank=True)
    told_on = models.DateField(null=True, blank=True)
    is_sampled = models.BooleanField(_("In the city's sample"), default=False)
    finding = models.CharField(_("Finding of the sample"), max_length=10, choices=SampleFinding, blank=True)
    found_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    found_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField(_("Village"))

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        ordering = ["division_code", "id"]
        indexes = [models.Index(fields=["division_code", "state"], name="review_item_by_village")]
        constraints = [
            models.UniqueConstraint(fields=["round", "grant"], name="a_grant_is_reviewed_once_a_year"),
            models.CheckConstraint(
                name="review_proposal_is_complete",
                condition=Q(
                    state=ReviewState.OPEN,
                    method="",
                    seen_on=None,
                    result="",
                    stop_reason="",
                    event_on=None,
                    proposed_by=None,
                    proposed_on=None,
                )
                | (
                    ~Q(state=ReviewState.OPEN)
                    & Q(proposed_by__isnull=False, proposed_on__isnull=False)
                    & ~Q(method="")
                    & ~Q(result="")
                ),
                violation_error_message=_("A proposal says how it was looked at and what follows."),
            ),
            models.CheckConstraint(
                name="review_is_decided_by_another_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("You proposed this. Somebody else must decide it."),
            ),
            models.CheckConstraint(
                name="review_is_decided_when_it_has_a_day",
                condition=Q(state=ReviewState.DECIDED, decided_by__isnull=False, decided_on__isnull=False)
                | (~Q(state=ReviewState.DECIDED) & Q(decided_by=None, decided_on=None)),
                violation_error_message=_("What was decided has its person and its day."),
            ),
            models.CheckConstraint(
                name="stop_of_a_review_has_reason_and_day",
                condition=(Q(result=ReviewResult.STOP, event_on__isnull=False) & ~Q(stop_reason=""))
                | (~Q(result=ReviewResult.STOP) & Q(stop_reason="", event_on=None)),
                violation_error_message=_("A stop has its reason and the day on which that arose."),
            ),
            models.CheckConstraint(
                name="comparing_registers_is_enough_only_for_going_on",
                condition=~Q(method=ReviewMethod.PRECHECK) | Q(result=ReviewResult.CONTINUE),
                violation_error_message=_("By comparing registers alone a grant can only go on."),
            ),
            models.CheckConstraint(
                name="who_was_seen_has_a_day",
                condition=Q(method__in=["", ReviewMethod.PRECHECK], seen_on=None)
                | Q(method__in=[ReviewMethod.VISIT, ReviewMethod.DECLARATION], seen_on__isnull=False),
                violation_error_message=_("Say on which day the family was seen."),
            ),
            models.CheckConstraint(
                name="family_is_told_of_a_decision",
                condition=Q(told_on=None, told_how="")
                | (
                    Q(state=ReviewState.DECIDED, result__in=TO_BE_TOLD, told_on__isnull=False)
                    & ~Q(told_how="")
                ),
                violation_error_message=_("A family is told how and when of a stop or a suspension."),
            ),
            models.CheckConstraint(
                name="sample_is_judged_by_a_third_person",
                condition=Q(finding="", found_by=None, found_on=None)
                | (
                    Q(is_sampled=True, found_by__isnull=False, found_on__isnull=False)
                    & ~Q(finding="")
                    & (Q(proposed_by=None) | ~Q(found_by=F("proposed_by")))
                    & (Q(decided_by=None) | ~Q(found_by=F("decided_by")))
                ),
                violation_error_message=_(
                    "A grant of the sample is judged by somebody who did not review it."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def proposal(self) -> str:
        """What was proposed, by whom and when, in one word: so who decides can say which proposal she saw."""
        said = (self.method, self.seen_on, self.result, self.stop_reason, self.event_on, self.proposed_by_id,
                self.proposed_on)  # fmt: skip
        return "|".join("" if part is None else str(part) for part in said)

    @property
    def is_green(self) -> bool:
        """Nothing changed by the registers, and the family was seen this year."""
        return not self.reasons
