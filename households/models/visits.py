from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.enums import EntryState, VisitNext, VisitPurpose, VisitResult
from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, id_field

ABOUT_A_BENEFIT = (VisitPurpose.EXPLAIN, VisitPurpose.APPLY)
WITH_A_DAY = (VisitNext.COME_AGAIN, VisitNext.SEND_PAPERS)


class VisitQuerySet(models.QuerySet["Visit"]):
    """Visits by place, whether they count, and what the office still has to do."""

    def visible_to(self, actor: Actor) -> VisitQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def standing(self) -> VisitQuerySet:
        return self.filter(state=EntryState.RECORDED)

    def due(self, on: datetime.date) -> VisitQuerySet:
        """Visits after which the office promised to do something that has come due."""
        return self.standing().filter(settled_on=None, next_on__lte=on)

    def of_subject(self, *, purpose: str, about: str) -> VisitQuerySet:
        """Visits about the same benefit, or without one for the same purpose."""
        return self.filter(about=about) if about else self.filter(about="", purpose=purpose)

    def concerning(self, *, household_id: object, person_id: object | None) -> VisitQuerySet:
        """Visits that concern the same family, or of it the same person wherever she belongs now."""
        same_family = Q(household=household_id)
        if person_id is None:
            return self.filter(same_family)
        return self.filter(Q(person=person_id) | (same_family & Q(person=None)))


class Visit(models.Model):
    """A visit to a family at home: why, what came of it, what the office does next.

    Closed lists and no free text. Serves the office's own service to a family: a benefit explained,
    an application helped, papers brought. `about` is the code of a benefit (an app above knows which),
    `person` is empty where the whole family is meant. After a visit that was declined there is none
    about the same benefit unless the family asks for it, which the database holds too (a trigger).
    Kept with the family.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    household = models.ForeignKey("households.Household", on_delete=models.PROTECT, related_name="visits")
    person = models.ForeignKey(
        "households.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="visits"
    )
    visited_on = models.DateField(_("Visited on"))
    purpose = models.CharField(_("Purpose"), max_length=10, choices=VisitPurpose)
    about = models.CharField(_("Benefit"), max_length=8, blank=True)
    result = models.CharField(_("Result"), max_length=10, choices=VisitResult)
    next_step = models.CharField(
        pgettext_lazy("visit", "Next"), max_length=12, choices=VisitNext, default=VisitNext.NONE
    )
    next_on = models.DateField(_("Due on"), null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    followed_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="follows")
    asked_by_family = models.BooleanField(_("The family asked for it"), default=False)
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.RECORDED)
    recorded_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    division_code = DivisionCodeField(_("Village"))

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-visited_on", "-recorded_at", "-id"]
        indexes = [
            models.Index(fields=["division_code", "visited_on"], name="visit_by_place_and_day"),
            models.Index(
                fields=["division_code", "next_on"],
                condition=Q(settled_on=None, next_on__isnull=False, state=EntryState.RECORDED),
                name="visit_with_something_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="visit_is_recorded_when_it_was_made",
                condition=Q(recorded_on__gte=F("visited_on")),
                violation_error_message=_("A visit can be recorded only once it was made."),
            ),
            models.CheckConstraint(
                name="visit_about_a_benefit_names_it",
                condition=(Q(purpose__in=ABOUT_A_BENEFIT) & ~Q(about=""))
                | (~Q(purpose__in=ABOUT_A_BENEFIT) & Q(about="")),
                violation_error_message=_(
                    "A visit to explain a benefit or to help to apply names the benefit."
                ),
            ),
            models.CheckConstraint(
                name="invitation_is_brought_to_who_asked",
                condition=~Q(purpose=VisitPurpose.INVITE) | Q(asked_by_family=True),
                violation_error_message=_("An invitation is brought only to a family that asked for one."),
            ),
            models.CheckConstraint(
                name="applied_is_about_a_benefit",
                condition=~Q(result=VisitResult.APPLIED) | Q(purpose__in=ABOUT_A_BENEFIT),
                violation_error_message=_("A family applies for a benefit: choose which."),
            ),
            models.CheckConstraint(
                name="nothing_follows_a_decline",
                condition=~Q(result=VisitResult.DECLINED) | Q(next_step=VisitNext.NONE),
                violation_error_message=_(
                    "After a family has declined, the office does nothing more about it."
                ),
            ),
            models.CheckConstraint(
                name="what_the_office_does_next_has_its_day",
                condition=Q(next_step__in=WITH_A_DAY, next_on__isnull=False, next_on__gte=F("visited_on"))
                | (~Q(next_step__in=WITH_A_DAY) & Q(next_on=None, settled_on=None)),
                violation_error_message=_("What the office does next has a day, not before the visit."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.visited_on:%Y-%m-%d}"
