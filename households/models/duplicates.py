from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.enums import DuplicateReason, MergeState, PairState
from offices.actors import Actor
from offices.database.access import CASE, DERIVED, Access
from offices.fields import DigestField, DivisionCodeField, MoneyField, id_field

PAIR_TRANSITIONS: dict[str, frozenset[str]] = {
    PairState.CANDIDATE: frozenset({PairState.SAME, PairState.DIFFERENT, PairState.MERGED}),
    PairState.SAME: frozenset({PairState.DIFFERENT, PairState.CANDIDATE, PairState.MERGED}),
    PairState.DIFFERENT: frozenset({PairState.SAME, PairState.CANDIDATE}),
}
MERGE_TRANSITIONS: dict[str, frozenset[str]] = {MergeState.DONE: frozenset({MergeState.UNDONE})}
DECIDED = (PairState.SAME, PairState.DIFFERENT)


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    """Pairs by place and by what is left to do."""

    def visible_to(self, actor: Actor) -> DuplicatePairQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def standing(self) -> DuplicatePairQuerySet:
        """Pairs of two records of which neither has been merged into another."""
        return self.filter(first__merged_into=None, second__merged_into=None)

    def waiting(self) -> DuplicatePairQuerySet:
        """Pairs to be compared, and those found to be one person that are not merged yet."""
        return self.standing().filter(state__in=[PairState.CANDIDATE, PairState.SAME])


class DuplicatePair(models.Model):
    """Two records that may be of one person, why, and what somebody decided about them.

    Serves that everybody is in the registry once; kept as long as both records, so that what was
    decided is remembered. `facts_digest` is that of the names, births, sexes and numbers that the
    decision was about: only when those change does a decided pair come back. `division_code` is the
    smallest division that has both records, so that a pair of two townships is the county's alone.
    """

    access: ClassVar[Access] = DERIVED

    id = id_field()
    first = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="pairs_as_first")
    second = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="pairs_as_second")
    score = models.PositiveSmallIntegerField(_("Likeness"))
    reasons = ArrayField(models.CharField(max_length=16, choices=DuplicateReason), default=list)
    facts_digest = DigestField()
    state = models.CharField(max_length=10, choices=PairState, default=PairState.CANDIDATE)
    found_on = models.DateField(_("Found on"))
    decided_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField()

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "id"]
        indexes = [models.Index(fields=["division_code", "state"], name="duplicate_pair_by_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                name="two_records_are_one_pair",
                violation_error_message=_("These two records are compared already."),
            ),
            models.CheckConstraint(
                name="a_pair_is_in_order",
                condition=Q(first__lt=F("second")),
                violation_error_message=_("A pair has two different records, in the order of their keys."),
            ),
            models.CheckConstraint(
                name="likeness_is_a_percentage",
                condition=Q(score__gte=0, score__lte=100),
                violation_error_message=_("A likeness lies between 0 and 100."),
            ),
            models.CheckConstraint(
                name="decided_pair_has_its_person_and_day",
                condition=Q(state__in=DECIDED, decided_by__isnull=False, decided_on__isnull=False)
                | ~Q(state__in=DECIDED),
                violation_error_message=_("A decision about a pair has its person and its day."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()


class PersonMergeQuerySet(models.QuerySet["PersonMerge"]):
    """Merges by place."""

    def visible_to(self, actor: Actor) -> PersonMergeQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class PersonMerge(models.Model):
    """Two records made one: which stayed, which went into it, by whom, and whether it was undone.

    Its key is that of the change set that holds every row as it was before (`RowChange`). Serves
    the undoing of a mistake; kept as long as the records. `chosen` says for each kind of fact in
    which the two differed whose was kept; `moved_rows` is how many rows moved and `moved_amount` the
    yuan that had been paid to the record that went.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    pair = models.ForeignKey(DuplicatePair, on_delete=models.PROTECT, related_name="merges")
    survivor = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="merges_kept")
    absorbed = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="merges_gone")
    chosen = models.JSONField(default=dict, blank=True)
    moved_rows = models.PositiveIntegerField(_("Rows moved"), default=0)
    moved_amount = MoneyField(_("Yuan paid"), default=0)
    state = models.CharField(max_length=10, choices=MergeState, default=MergeState.DONE)
    merged_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    merged_on = models.DateField(_("Merged on"))
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField()

    objects = PersonMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=Q(state=MergeState.DONE),
                name="a_record_goes_into_one_other",
                violation_error_message=_("This record has been merged into another already."),
            ),
            models.CheckConstraint(
                name="a_record_is_not_merged_with_itself",
                condition=~Q(survivor=F("absorbed")),
                violation_error_message=_("A record cannot be merged with itself."),
            ),
            models.CheckConstraint(
                name="undone_merge_has_its_person_and_day",
                condition=Q(state=MergeState.UNDONE, undone_by__isnull=False, undone_on__isnull=False)
                | Q(state=MergeState.DONE, undone_by=None, undone_on=None),
                violation_error_message=_("A merge that was undone has its person and its day."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()
