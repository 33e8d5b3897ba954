"""The counter's way in: a name goes behind the wall and never comes back out to the counter."""

from __future__ import annotations

import datetime
from uuid import UUID

from django.db import connection

from offices.ids import new_id
from offices.sealing import Purpose, seal


def deposit_person(
    *, booking_id: UUID, session_id: UUID, name: str, phone: str, on: datetime.date, division_code: str
) -> None:
    """Put the name (and phone) behind a booking number, in the booking's own transaction.

    The application role may execute this one function of the owner and has no right on the
    table, so nothing of it can be read, changed or counted from outside.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clinical_deposit(%s, %s, %s, %s, %s, %s, %s)",
            [
                new_id(),
                booking_id,
                session_id,
                seal(name, Purpose.CLINICAL),
                seal(phone, Purpose.CLINICAL) if phone else None,
                on,
                division_code,
            ],
        )
