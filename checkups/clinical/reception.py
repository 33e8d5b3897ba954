"""The station's view of its session: the only place where a number has a name again."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from uuid import UUID

from checkups.clinical.models import BookedPerson
from checkups.models import CheckupSession
from checkups.policies import may_receive
from offices.actors import Actor
from offices.database.context import open_context
from offices.errors import NotAllowed
from offices.sealing import Sealed

KEPT = datetime.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Expected:
    """Who comes with a number."""

    booking_id: UUID
    name: str
    phone: str


def expected_people(*, actor: Actor, session: CheckupSession) -> dict[UUID, Expected]:
    """Names by booking for the station's clinician; the page logs that it was read.

    Raises NotAllowed for everybody else. Read over the clinical login, under its own scope.
    """
    if not may_receive(actor) or not actor.covers(session.division_code):
        raise NotAllowed()
    with open_context(actor=actor, read_only=True, using="clinical"):
        rows = list(BookedPerson.objects.using("clinical").filter(session_id=session.pk))
    return {
        row.booking_id: Expected(
            booking_id=row.booking_id,
            name=_clear(row.name),
            phone=_clear(row.phone),
        )
        for row in rows
    }


def _clear(sealed: object) -> str:
    return sealed.reveal() if isinstance(sealed, Sealed) else ""


def forget_people(*, actor: Actor, before: datetime.date) -> int:
    """Delete the names of sessions more than a year before a day; returns how many."""
    with open_context(actor=actor, using="clinical"):
        deleted, _by_model = (
            BookedPerson.objects.using("clinical").filter(recorded_on__lt=before - KEPT).delete()
        )
    return deleted
