"""Sessions, places and bookings. Nobody is invited from a list; whoever asks gets a place."""

from __future__ import annotations

import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from checkups.clinical.letter_box import deposit_person
from checkups.enums import BookingState
from checkups.models import Booking, CheckupSession, Station
from checkups.policies import may_book, may_open_session, may_receive
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.ids import new_id
from offices.services.acts import record_act
from offices.services.numbers import next_number
from offices.services.schedule import schedule
from offices.services.states import locked, move

FORGET_TASK = "checkups.forget_people"
TRANSITIONS: dict[str, frozenset[str]] = {
    BookingState.BOOKED: frozenset({BookingState.CANCELLED, BookingState.ATTENDED}),
    BookingState.ATTENDED: frozenset({BookingState.COMPLETED}),
}


@transaction.atomic
def open_session(
    *, actor: Actor, station: Station, held_on: datetime.date, starts_at: datetime.time, places: int
) -> CheckupSession:
    """Open a session of a station with a number of places (1 to 200).

    Clinicians and county administrators may. Raises DomainError for a day that has passed or a
    time at which the station already has a session.
    """
    if not may_open_session(actor) or not actor.covers(station.division_code):
        raise NotAllowed()
    if held_on < clock.today():
        raise DomainError("day_has_passed", _("This day has passed. Give today or a later day."))
    if not 1 <= places <= 200:
        raise DomainError("places_out_of_range", _("Give 1 to 200 places."))
    if CheckupSession.objects.filter(station=station, held_on=held_on, starts_at=starts_at).exists():
        raise DomainError(
            "session_exists", _("The station already has a session at that time. Choose another time.")
        )
    session = CheckupSession.objects.create(
        station=station,
        held_on=held_on,
        starts_at=starts_at,
        places=places,
        opened_by_id=actor.staff_id,
        division_code=station.division_code,
    )
    record_act(actor=actor, verb="checkups.open_session", record=session, held_on=held_on, places=places)
    return session


@transaction.atomic
def book_place(
    *,
    actor: Actor,
    session: CheckupSession,
    name: str,
    phone: str = "",
    is_migrant: bool = False,
    key: UUID | None = None,
) -> Booking:
    """Give the next free place of a session to the person at the counter.

    The counter sees her name this once; afterwards there is a number and a time. `key` is the
    booking's own where a form has it: nobody can tell by the sealed name that a form was sent
    twice. Raises DomainError when the session is full, has passed, no name is given, or
    `booked_already` for a key that has its place.
    """
    if not may_book(actor):
        raise NotAllowed()
    name = name.strip()
    if not name:
        raise DomainError("name_needed", _("Write the name of the person who comes."))
    session = locked(session)
    today = clock.today()
    if session.held_on < today:
        raise DomainError("session_has_passed", _("This session has passed. Choose a later one."))
    _check_key(key)
    place = _free_place(session)
    booking = Booking.objects.create(
        id=key or new_id(),
        number=f"TJ{today.year}{next_number(series='booking', year=today.year):06d}",
        session=session,
        place=place,
        booked_by_id=actor.staff_id,
        booked_on=today,
        is_migrant=is_migrant,
        division_code=actor.division_code,
    )
    deposit_person(
        booking_id=booking.pk,
        session_id=session.pk,
        name=name,
        phone=phone.strip(),
        on=session.held_on,
        division_code=session.division_code,
    )
    record_act(actor=actor, verb="checkups.book_place", record=booking, place=place)
    return booking


def _check_key(key: UUID | None) -> None:
    with county_scope():
        number = Booking.objects.filter(pk=key).values_list("number", flat=True).first() if key else None
    if number:
        raise DomainError(
            "booked_already",
            _(
                "This form was sent before: number %(number)s is given. "
                "Only for one more person give another place with it."
            ),
            number=number,
        )


def _free_place(session: CheckupSession) -> int:
    """The lowest free place; the session's row is locked, so two counters never get the same."""
    # Bookings of other townships are out of the counter's sight: places are counted county-wide.
    with county_scope():
        with_place = set(
            Booking.objects.filter(session=session)
            .exclude(state=BookingState.CANCELLED)
            .values_list("place", flat=True)
        )
    free = next((place for place in range(1, session.places + 1) if place not in with_place), None)
    if free is None:
        raise DomainError("session_is_full", _("This session is full. Choose another one."))
    return free


def cancel_booking(*, actor: Actor, booking: Booking) -> Booking:
    """Close a booking that is not wanted any more. Nothing else follows from it."""
    if not (may_book(actor) or may_receive(actor)):
        raise NotAllowed()
    return move(
        record=booking,
        to=BookingState.CANCELLED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="checkups.cancel_booking",
    )


def record_attendance(*, actor: Actor, booking: Booking) -> Booking:
    """The station says that the person came. Raises DomainError before the day of the session."""
    if not may_receive(actor):
        raise NotAllowed()
    today = clock.today()
    if today < booking.session.held_on:
        raise DomainError(
            "session_is_to_come",
            _("The session is on %(day)s. Attendance is recorded on the day."),
            day=booking.session.held_on.isoformat(),
        )
    return move(
        record=booking,
        to=BookingState.ATTENDED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="checkups.record_attendance",
        attended_on=today,
    )


def complete_booking(*, actor: Actor, booking: Booking) -> Booking:
    """The station says that all items of the check are done."""
    if not may_receive(actor):
        raise NotAllowed()
    return move(
        record=booking,
        to=BookingState.COMPLETED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="checkups.complete_booking",
        completed_on=clock.today(),
    )


def load_schedule(*, actor: Actor, county: str) -> int:
    """Have the names of sessions that are a year old forgotten every night."""
    return schedule(task=FORGET_TASK, county=county, hour=0, minute=20)
