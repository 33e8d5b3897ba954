from __future__ import annotations

import datetime
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.enums import EntryState, OutreachKind
from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, id_field


class OutreachEventQuerySet(models.QuerySet["OutreachEvent"]):
    """Events by place, day and whether they count."""

    def visible_to(self, actor: Actor) -> OutreachEventQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def standing(self) -> OutreachEventQuerySet:
        return self.filter(state=EntryState.RECORDED)

    def held_within(self, from_on: datetime.date, to_on: datetime.date) -> OutreachEventQuerySet:
        """Held in the period `[from_on, to_on)`."""
        return self.filter(held_on__gte=from_on, held_on__lt=to_on)


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), context_field=None)
class OutreachEvent(models.Model):
    """Something for everybody of a place: a cultural event, performances, a media column.

    Counts by place and day, and no person: nobody's coming or staying away is written down.
    Holds no personal data; kept as long as the figures that rest on it.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    kind = models.CharField(_("Kind"), max_length=12, choices=OutreachKind)
    title = models.CharField(_("Title"), max_length=80)
    held_on = models.DateField(_("Held on"))
    times = models.PositiveSmallIntegerField(_("Times"), default=1)
    audience = models.PositiveIntegerField(_("Audience"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.RECORDED)
    recorded_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    division_code = DivisionCodeField(_("Place"))

    objects = OutreachEventQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["division_code", "held_on"], name="outreach_by_place_and_day")]
        constraints = [
            models.CheckConstraint(
                name="outreach_is_held_at_least_once",
                condition=Q(times__gte=1),
                violation_error_message=_("An event is held at least once."),
            )
        ]

    def __str__(self) -> str:
        return self.title
