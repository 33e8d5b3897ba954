from __future__ import annotations

import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.enums import DivisionChangeState
from offices.actors import Actor
from offices.database.access import CASE, DERIVED, LOG, Access
from offices.enums import SuccessionKind
from offices.fields import DivisionCodeField, id_field

TRANSITIONS: dict[str, frozenset[str]] = {
    DivisionChangeState.DRAFT: frozenset({DivisionChangeState.CONFIRMED, DivisionChangeState.WITHDRAWN}),
    DivisionChangeState.CONFIRMED: frozenset({DivisionChangeState.APPLIED, DivisionChangeState.WITHDRAWN}),
}
STANDING = (DivisionChangeState.DRAFT, DivisionChangeState.CONFIRMED, DivisionChangeState.APPLIED)


class DivisionChangeQuerySet(models.QuerySet["DivisionChange"]):
    """Changes by place and by what is left to do."""

    def visible_to(self, actor: Actor) -> DivisionChangeQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def due_on(self, day: datetime.date) -> DivisionChangeQuerySet:
        """Confirmed changes whose day has come, in the order of their days."""
        return self.filter(state=DivisionChangeState.CONFIRMED, effective_on__lte=day).order_by(
            "effective_on", "confirmed_at"
        )


class DivisionChange(models.Model):
    """Villages that are merged, split, renamed or moved to another township, on a day, by a document.

    Prepared by one administrator of the county, confirmed by another person, done on its day. What
    it would move is counted when it is prepared (`preview`: counts and household numbers, no person).
    Holds no personal data; kept for ever.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    kind = models.CharField(_("What happens"), max_length=10, choices=SuccessionKind)
    effective_on = models.DateField(_("Holds from"))
    document = models.CharField(_("Legal document"), max_length=120)
    state = models.CharField(max_length=10, choices=DivisionChangeState, default=DivisionChangeState.DRAFT)
    preview = models.JSONField(default=dict, blank=True)
    drafted_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    drafted_on = models.DateField()
    drafted_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_on = models.DateField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    applied_on = models.DateField(null=True)
    withdrawn_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField(null=True)
    job = models.ForeignKey("offices.Job", on_delete=models.PROTECT, null=True, related_name="+")
    division_code = DivisionCodeField()

    objects = DivisionChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-effective_on", "-drafted_at"]
        constraints = [
            models.CheckConstraint(
                name="division_change_is_confirmed_by_another_person",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("drafted_by")),
                violation_error_message=_("You prepared this change. Somebody else must confirm it."),
            ),
            models.CheckConstraint(
                name="division_change_has_its_days",
                condition=Q(
                    state=DivisionChangeState.DRAFT, confirmed_by=None, applied_on=None, withdrawn_on=None
                )
                | Q(
                    state=DivisionChangeState.CONFIRMED,
                    confirmed_by__isnull=False,
                    applied_on=None,
                    withdrawn_on=None,
                )
                | Q(
                    state=DivisionChangeState.APPLIED,
                    confirmed_by__isnull=False,
                    applied_on__isnull=False,
                    withdrawn_on=None,
                )
                | Q(state=DivisionChangeState.WITHDRAWN, applied_on=None, withdrawn_on__isnull=False),
                violation_error_message=_("Each step of a change of divisions has its day."),
            ),
            models.CheckConstraint(
                name="confirmed_division_change_has_person_and_day",
                condition=Q(confirmed_by=None, confirmed_on=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_on__isnull=False, confirmed_at__isnull=False),
                violation_error_message=_("A confirmed change has its person and its day."),
            ),
            models.CheckConstraint(
                name="division_change_is_done_on_its_day_or_later",
                condition=Q(applied_on=None) | Q(applied_on__gte=F("effective_on")),
                violation_error_message=_("A change of divisions is done on its day, not before."),
            ),
            models.CheckConstraint(
                name="division_change_names_its_document",
                condition=~Q(document=""),
                violation_error_message=_("Give the document that orders the change."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.effective_on:%Y-%m-%d}"


class DivisionChangeLine(models.Model):
    """One old village of a change and one that follows it; both codes are the same where it goes on.

    `effective_on` and `is_standing` repeat the change's, so that the database refuses a second change
    of a village on the same day. Holds no personal data; kept with the change.
    """

    access: ClassVar[Access] = DERIVED

    id = id_field()
    change = models.ForeignKey(DivisionChange, on_delete=models.PROTECT, related_name="lines")
    effective_on = models.DateField()
    is_standing = models.BooleanField(default=True)
    old_code = DivisionCodeField(_("Old village"))
    old_name = models.CharField(max_length=60)
    new_code = DivisionCodeField(_("New code"))
    new_name = models.CharField(_("New name"), max_length=60)
    is_default = models.BooleanField(default=True)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["old_code", "-is_default", "new_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "old_code", "new_code"],
                name="one_line_of_a_village_and_its_successor",
                violation_error_message=_("Each new village has a code of its own."),
            ),
            models.UniqueConstraint(
                fields=["change", "old_code"],
                condition=Q(is_default=True),
                name="one_default_successor_in_a_change",
                violation_error_message=_("What nobody chooses otherwise goes to one village."),
            ),
            ExclusionConstraint(
                name="one_change_of_a_village_on_a_day",
                expressions=[
                    (F("old_code"), RangeOperators.EQUAL),
                    (F("effective_on"), RangeOperators.EQUAL),
                    (F("change"), RangeOperators.NOT_EQUAL),
                ],
                condition=Q(is_standing=True),
                violation_error_message=_("Another change touches the same village on this day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_code} → {self.new_code}"


class SplitChoice(models.Model):
    """To which of the villages that a village is split into a household goes; who is not chosen follows the rest.

    Serves the addressing of the family's benefits; kept with the change.
    """

    access: ClassVar[Access] = DERIVED

    id = id_field()
    change = models.ForeignKey(DivisionChange, on_delete=models.PROTECT, related_name="choices")
    household = models.ForeignKey("households.Household", on_delete=models.PROTECT, related_name="+")
    new_code = DivisionCodeField(_("New village"))
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "household"],
                name="a_household_goes_to_one_village",
                violation_error_message=_("A household goes to one village."),
            )
        ]

    def __str__(self) -> str:
        return self.new_code


class FormerPlaceQuerySet(models.QuerySet["FormerPlace"]):
    """Former places by the day."""

    def on(self, day: datetime.date) -> FormerPlaceQuerySet:
        """Of each household the places it still had on a day, the one of the day first."""
        return self.filter(until_on__gt=day).order_by("household_id", "until_on", "id")


class FormerPlace(models.Model):
    """The village and number that a household had until a day, when its village was changed.

    Serves that papers and files with the old ones find the family; kept with the household.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    household = models.ForeignKey(
        "households.Household", on_delete=models.PROTECT, related_name="former_places"
    )
    change = models.ForeignKey(DivisionChange, on_delete=models.PROTECT, related_name="+")
    place_code = DivisionCodeField(_("Village"))
    number = models.CharField(_("Household number"), max_length=40, db_collation="C")
    until_on = models.DateField(_("Until"))
    division_code = DivisionCodeField()

    objects = FormerPlaceQuerySet.as_manager()

    class Meta:
        ordering = ["-until_on", "-id"]
        indexes = [models.Index(fields=["number", "place_code"], name="former_place_by_number")]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "household"], name="a_household_leaves_a_place_once_in_a_change"
            )
        ]

    def __str__(self) -> str:
        return self.number


class DivisionMove(models.Model):
    """A row that a change of divisions brought from one village to another: which, from where, from when.

    Serves the figures of the months before, which count the row where it was; holds keys and codes
    alone. Append-only; kept as long as the figures.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    change = models.ForeignKey(DivisionChange, on_delete=models.PROTECT, related_name="moves")
    row_table = models.CharField(max_length=63)
    row_id = models.UUIDField()
    from_code = DivisionCodeField()
    to_code = DivisionCodeField()
    moved_on = models.DateField()
    division_code = DivisionCodeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["change", "row_table", "row_id"], name="a_row_moves_once_in_a_change"
            )
        ]
        indexes = [models.Index(fields=["row_table", "row_id", "moved_on"], name="division_move_by_row")]

    def __str__(self) -> str:
        return f"{self.row_table} {self.from_code} → {self.to_code}"
