"""What awaits the station today."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from checkups.enums import BookingState
from checkups.models import Booking, CheckupSession
from checkups.policies import may_receive
from offices import clock
from offices.actors import Actor
from offices.work import WorkItem


def receptions(actor: Actor) -> Iterable[WorkItem]:
    """Sessions of today with the people who are still expected."""
    if not may_receive(actor):
        return
    for session in CheckupSession.objects.filter(held_on=clock.today()).select_related("station"):
        yield WorkItem(
            title=_("Receive people at %(station)s, %(time)s")
            % {"station": session.station.name, "time": f"{session.starts_at:%H:%M}"},
            count=Booking.objects.visible_to(actor)
            .filter(session=session, state=BookingState.BOOKED)
            .count(),
            url=reverse("checkups:reception", args=[session.pk]),
            icon="stethoscope",
        )
