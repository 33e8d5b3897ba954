"""A county with grants, payments and bookings of some months, for tests of reports."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

from checkups.enums import BookingState
from checkups.models import Booking, CheckupSession, Station
from offices.enums import Role
from reports.months import read_month
from subsidies.enums import GrantState, StopReason
from subsidies.models import Grant, PaymentBatch, Programme
from subsidies.services.bank_answers import import_answer
from tests.factories import VILLAGE, make_actor
from tests.subsidies.money import (
    answer_to,
    file_of,
    fund,
    make_counters,
    make_grant,
    paid_programme,
    sent_batch,
)

COUNTY = "370406000000"
DECEMBER = read_month("2013-12")
JANUARY = read_month("2014-01")
_serials = itertools.count(1)


def programme_of_month() -> Programme:
    return paid_programme()


def grant(
    from_on: str = "2013-01-01",
    to_on: str | None = None,
    reason: str = StopReason.DIED,
    *,
    village: str = VILLAGE,
    programme: Programme | None = None,
    **fields: Any,
) -> Grant:
    """A grant in force on `[from_on, to_on)`, stopped for `reason` if it has an end."""
    if to_on is not None:
        day = datetime.date.fromisoformat(to_on)
        fields |= {"state": GrantState.STOPPED, "to_on": day, "stop_reason": reason, "stopped_on": day}
    return make_grant(
        programme or programme_of_month(), serial=next(_serials), village=village, from_on=from_on, **fields
    )


def paid_batch(*, returned: dict[str, str] | None = None, amount: str = "100000") -> PaymentBatch:
    """The grants of 2013 paid today; `returned` gives return reasons by the payee's name."""
    programme = programme_of_month()
    fund(programme, amount)
    batch = sent_batch(programme)
    serials = dict(batch.payments.values_list("payee_name", "serial"))
    results = {serials[name]: reason for name, reason in (returned or {}).items()}
    content = answer_to(file_of(batch), results)
    return import_answer(actor=make_counters().cashier, batch=batch, content=content).batch


def book(counter: str, *, held_on: str = "2013-12-20", **states: int) -> None:
    """Bookings of a township's counter in a session, so many in each state."""
    station, _created = Station.objects.get_or_create(
        name="山亭区计划生育服务站", defaults={"division_code": COUNTY}
    )
    clinician = make_actor(Role.CLINICIAN)
    day = datetime.date.fromisoformat(held_on)
    session, _created = CheckupSession.objects.get_or_create(
        station=station,
        held_on=day,
        starts_at=datetime.time(8, 30),
        defaults={"places": 200, "opened_by_id": clinician.staff_id, "division_code": COUNTY},
    )
    place = Booking.objects.filter(session=session).count()
    for state, count in states.items():
        for _each in range(count):
            place += 1
            Booking.objects.create(
                number=f"TJ-{held_on}-{place}",
                session=session,
                place=place,
                state=BookingState(state),
                booked_by_id=clinician.staff_id,
                booked_on=day,
                attended_on=day if state in ("attended", "completed") else None,
                completed_on=day if state == "completed" else None,
                division_code=counter,
            )
