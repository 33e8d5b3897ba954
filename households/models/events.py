from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from households.enums import EventKind, EventState, FactSource
from offices.actors import Actor
from offices.database.access import CASE, LOG, Access
from offices.enums import Role
from offices.fields import DivisionCodeField, id_field

TRANSITIONS: dict[str, frozenset[str]] = {EventState.RECORDED: frozenset({EventState.TAKEN_BACK})}


MOVED = Coalesce(KeyTextTransform("moved", "detail"), Value(""), output_field=models.TextField())
"""What a move moved: home, hukou or both; empty for every other event."""
SEVERAL_A_DAY = [EventKind.CORRECTION, EventKind.PARENTAGE]
"""Kinds of which a person may have several events of one day."""


class LifeEventQuerySet(models.QuerySet["LifeEvent"]):
    """Events by place and whether they stand."""

    def visible_to(self, actor: Actor) -> LifeEventQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def standing(self) -> LifeEventQuerySet:
        return self.filter(state=EventState.RECORDED)


class LifeEvent(models.Model):
    """What happened to a person or a family: the day it happened and the day it was reported.

    Serves the dated facts that rules read: an event is why they changed. Kept with the person.
    `detail` holds the event's own values (codes, dates, grades), never a name or a number of a
    person. What it wrote stands in `RowChange` under the event's key, so that it can be taken back.
    Events entered together (a family that moves) name the first of them as `entry` in `detail` and
    are taken back together. `division_code` is the village that served the person before it.
    `person` is empty only when an entry was taken back that had brought her into the registry.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    kind = models.CharField(_("Event"), max_length=12, choices=EventKind)
    person = models.ForeignKey(
        "households.Person", on_delete=models.PROTECT, null=True, related_name="life_events"
    )
    other = models.ForeignKey(
        "households.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    household = models.ForeignKey(
        "households.Household", on_delete=models.PROTECT, null=True, blank=True, related_name="life_events"
    )
    happened_on = models.DateField(_("Happened on"))
    reported_on = models.DateField(_("Reported on"))
    source = models.CharField(_("Source"), max_length=10, choices=FactSource, default=FactSource.COUNTER)
    document = models.CharField(_("Document"), max_length=120, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=EventState, default=EventState.RECORDED)
    recorded_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    recorded_role = models.CharField(max_length=20, choices=Role)
    recorded_at = models.DateTimeField(auto_now_add=True)
    taken_back_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_on = models.DateField(null=True)
    division_code = DivisionCodeField()

    objects = LifeEventQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-recorded_at", "-id"]
        indexes = [
            models.Index(fields=["division_code", "reported_on"], name="event_by_place_and_report"),
            models.Index(
                fields=["person"], condition=Q(kind=EventKind.CORRECTION), name="event_that_corrects"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="event_is_reported_when_it_has_happened",
                condition=Q(reported_on__gte=F("happened_on")),
                violation_error_message=_("An event can be recorded only once it has happened."),
            ),
            models.CheckConstraint(
                name="standing_event_has_its_person",
                condition=~Q(state=EventState.RECORDED) | Q(person__isnull=False),
                violation_error_message=_("An event belongs to a person."),
            ),
            # A home and a hukou may move on one day, by two reports.
            models.UniqueConstraint(
                F("person"),
                F("kind"),
                F("happened_on"),
                MOVED,
                condition=Q(state=EventState.RECORDED) & ~Q(kind__in=SEVERAL_A_DAY),
                name="one_event_of_a_kind_on_a_day",
                violation_error_message=_(
                    "This event of the same day is recorded already. Open the person to see it."
                ),
            ),
            models.CheckConstraint(
                name="event_is_taken_back_by_somebody_on_a_day",
                condition=Q(state=EventState.RECORDED, taken_back_by=None, taken_back_on=None)
                | Q(state=EventState.TAKEN_BACK, taken_back_by__isnull=False, taken_back_on__isnull=False),
                violation_error_message=_("An event that was taken back has its person and its day."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def holds_from(self) -> datetime.date:
        """From which day on it says something else than before: a correction holds for the past too."""
        since = self.detail.get("since")
        return datetime.date.fromisoformat(since) if since else self.happened_on


class RowChange(models.Model):
    """A row of the registry before and after one change set: an event, a merge, a division's change.

    `before` is empty for a row that the set made. Images are the database's own JSON of the row,
    sealed values sealed. Serves the taking back of a mistake; kept as long as the rows it speaks of.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    change_set = models.UUIDField(db_index=True)
    row_table = models.CharField(max_length=63)
    row_id = models.UUIDField()
    before = models.JSONField(null=True)
    after = models.JSONField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    division_code = DivisionCodeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["change_set", "row_table", "row_id"], name="one_image_of_a_row_in_a_change_set"
            )
        ]

    def __str__(self) -> str:
        return f"{self.row_table} {self.row_id}"
