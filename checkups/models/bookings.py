from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from checkups.enums import BookingState
from offices.actors import Actor
from offices.database.access import CASE, REFERENCE, Access
from offices.fields import DivisionCodeField, id_field


class Station(models.Model):
    """A service station that holds free, voluntary health checks."""

    access: ClassVar[Access] = REFERENCE

    id = id_field()
    name = models.CharField(_("Station"), max_length=80)
    address = models.CharField(_("Address"), max_length=120, blank=True)
    phone = models.CharField(_("Phone"), max_length=30, blank=True)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["division_code", "name"]

    def __str__(self) -> str:
        return self.name


class CheckupSession(models.Model):
    """A half-day of a station with a number of places. Holds no person."""

    access: ClassVar[Access] = REFERENCE

    id = id_field()
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="sessions")
    held_on = models.DateField(_("Day"))
    starts_at = models.TimeField(_("Begins at"))
    places = models.PositiveSmallIntegerField(_("Places"))
    opened_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["held_on", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "held_on", "starts_at"],
                name="one_session_of_a_station_at_a_time",
                violation_error_message=_("The station already has a session at that time."),
            ),
            models.CheckConstraint(
                name="session_has_1_to_200_places",
                condition=Q(places__gte=1, places__lte=200),
                violation_error_message=_("A session has 1 to 200 places."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.held_on}"


class BookingQuerySet(models.QuerySet["Booking"]):
    """Bookings by place."""

    def visible_to(self, actor: Actor) -> BookingQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class Booking(models.Model):
    """A place in a session under a number: what the office sees. No person, no purpose.

    `place` is the seat's number within the session; the database gives a seat once. Who the
    number belongs to is behind the clinical wall. `division_code` is the counter's township.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    number = models.CharField(_("Booking number"), max_length=20, unique=True)
    session = models.ForeignKey(CheckupSession, on_delete=models.PROTECT, related_name="bookings")
    place = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=BookingState, default=BookingState.BOOKED)
    booked_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    booked_on = models.DateField()
    attended_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    is_migrant = models.BooleanField(default=False)
    division_code = DivisionCodeField()

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["session", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "place"],
                condition=~Q(state=BookingState.CANCELLED),
                name="a_place_is_given_once",
                violation_error_message=_("This place has just been given to somebody else."),
            ),
            models.CheckConstraint(name="place_begins_at_one", condition=Q(place__gte=1)),
            models.CheckConstraint(
                name="attended_booking_has_its_day",
                condition=Q(
                    state__in=[BookingState.BOOKED, BookingState.CANCELLED],
                    attended_on=None,
                    completed_on=None,
                )
                | Q(state=BookingState.ATTENDED, attended_on__isnull=False, completed_on=None)
                | Q(
                    state=BookingState.COMPLETED,
                    attended_on__isnull=False,
                    completed_on__isnull=False,
                    completed_on__gte=F("attended_on"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number
