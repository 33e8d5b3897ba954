"""Bookings of a counter whose village ends; who they are for is behind the clinical wall and stays there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from checkups.clinical.models import BookedPerson
from checkups.models import Booking, CheckupSession, Station
from households.succession import Following

FOLLOWS = (Booking,)
STAYS = (BookedPerson, CheckupSession, Station)
KINDS = {
    "bookings": _("Bookings of health checks to come"),
    "stations": _("Service stations"),
}


def follow_with_bookings(following: Following) -> None:
    """Bookings of sessions to come are the following counter's; part of a change being done.

    A station in the village itself stays where it is: its sessions and what is behind the wall do not move.
    """
    following.move(
        Booking,
        where="t.state = 'booked' AND EXISTS (SELECT FROM "
        f"{CheckupSession._meta.db_table} s WHERE s.id = t.session_id AND s.held_on >= %s)",
        parameters=[following.effective_on],
        kind="bookings",
    )
    following.staying(Station, "stations")
