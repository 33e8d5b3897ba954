"""What awaits the station today, and what the search box finds by the number of a slip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from checkups.enums import BookingState
from checkups.models import Booking, CheckupSession
from checkups.policies import may_receive, may_see_sessions
from offices import clock
from offices.actors import Actor
from offices.templatetags.ui import day
from offices.work import SearchHit, WorkItem


def receptions(actor: Actor) -> Iterable[WorkItem]:
    """Sessions of today with the people who are still expected, and past ones left unrecorded."""
    if not may_receive(actor):
        return
    today = clock.today()
    for session in CheckupSession.objects.filter(held_on=today).select_related("station"):
        yield WorkItem(
            title=_("Receive people at %(station)s, %(time)s")
            % {"station": session.station.name, "time": f"{session.starts_at:%H:%M}"},
            count=Booking.objects.visible_to(actor)
            .filter(session=session, state=BookingState.BOOKED)
            .count(),
            url=reverse("checkups:reception", args=[session.pk]),
            icon="stethoscope",
        )
    yield from _left_unrecorded(actor)


def _left_unrecorded(actor: Actor) -> Iterator[WorkItem]:
    left = Booking.objects.visible_to(actor).filter(
        session__held_on__lt=clock.today(), state=BookingState.BOOKED
    )
    oldest = left.order_by("session__held_on", "session__starts_at").select_related("session").first()
    if oldest is not None:
        yield WorkItem(
            title=_("Bookings of past days: came, or close them"),
            count=left.count(),
            url=reverse("checkups:reception", args=[oldest.session_id]),
            icon="calendar-time",
            note=_("oldest of %(day)s") % {"day": day(oldest.session.held_on)},
        )


def find_bookings(actor: Actor, text: str) -> Iterator[SearchHit]:
    """Bookings by the beginning of the slip's number; day, time and state, never a name."""
    if not may_see_sessions(actor) or not text.upper().startswith("TJ") or len(text) < 6:
        return
    found = Booking.objects.visible_to(actor).filter(number__startswith=text.upper())
    for booking in found.select_related("session__station").order_by("number")[:20]:
        session = booking.session
        yield SearchHit(
            title=booking.number,
            detail=f"{day(session.held_on)} {session.starts_at:%H:%M} · {session.station.name} · "
            f"{booking.get_state_display()}",
            url=reverse("checkups:booking", args=[booking.pk]),
            kind=_("Booking slip"),
        )
