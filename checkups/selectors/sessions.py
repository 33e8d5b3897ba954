"""Sessions with their free places, for every office of the county."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count

from checkups.enums import BookingState
from checkups.models import Booking, CheckupSession, Station
from offices.database.context import county_scope


@dataclass(frozen=True, slots=True)
class SessionPlaces:
    """A session and how many of its places are free."""

    session: CheckupSession
    taken: int

    @property
    def free(self) -> int:
        return self.session.places - self.taken

    @property
    def is_full(self) -> bool:
        return self.free <= 0


def sessions_with_places(
    *, from_on: datetime.date, to_on: datetime.date | None = None, station: Station | None = None
) -> list[SessionPlaces]:
    """Sessions from a day on with free places; only the count crosses a township's border."""
    sessions = CheckupSession.objects.filter(held_on__gte=from_on).select_related("station")
    if to_on:
        sessions = sessions.filter(held_on__lte=to_on)
    if station:
        sessions = sessions.filter(station=station)
    rows = list(sessions.order_by("held_on", "starts_at"))
    taken = places_taken([session.pk for session in rows])
    return [SessionPlaces(session=session, taken=taken.get(session.pk, 0)) for session in rows]


def sessions_still_free(*, but: CheckupSession, from_on: datetime.date, most: int = 3) -> list[SessionPlaces]:
    """The next sessions with a free place, for whoever finds one full."""
    rows = (row for row in sessions_with_places(from_on=from_on) if row.session.pk != but.pk)
    return [row for row in rows if not row.is_full][:most]


def places_taken(session_ids: list[object]) -> dict[object, int]:
    """Places given by session, counted county-wide."""
    with county_scope():
        return dict(
            Booking.objects.filter(session__in=session_ids)
            .exclude(state=BookingState.CANCELLED)
            .values_list("session")
            .annotate(taken=Count("id"))
        )
