"""Bookings: a place once, a name behind the wall, nothing that follows from not coming."""

from __future__ import annotations

import datetime
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction

from checkups.clinical.reception import expected_people, forget_people
from checkups.enums import BookingState
from checkups.models import Booking, CheckupSession, Station
from checkups.services import bookings
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, make_actor

COUNTY = "370406000000"
KEY = re.compile(r'name="key" value="([0-9a-f-]{36})"')


def make_session(places: int = 2, day: str = "2014-01-10") -> CheckupSession:
    actor = make_actor(Role.CLINICIAN)
    with open_context(actor=actor):
        station = Station.objects.create(name="山亭区计划生育服务站", division_code=COUNTY)
        return bookings.open_session(
            actor=actor,
            station=station,
            held_on=datetime.date.fromisoformat(day),
            starts_at=datetime.time(8, 30),
            places=places,
        )


def book(actor: Actor, session: CheckupSession, name: str = "李桂芳") -> Booking:
    with open_context(actor=actor):
        return bookings.book_place(actor=actor, session=session, name=name, phone="13806320000")


@pytest.mark.django_db
def test_the_counter_books_and_keeps_a_number_only(actor_of: Callable[..., Actor]) -> None:
    booking = book(actor_of(Role.TOWNSHIP), make_session())
    assert booking.place == 1
    with open_context(scope="370406"):
        assert "李桂芳" not in str(list(Act.objects.values()))
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            sql("SELECT * FROM checkups_bookedperson")


@pytest.mark.django_db
def test_only_counters_book_and_a_full_session_refuses(actor_of: Callable[..., Actor]) -> None:
    session = make_session(places=1)
    with pytest.raises(NotAllowed):
        book(actor_of(Role.AUDITOR), session)
    book(actor_of(Role.TOWNSHIP), session)
    with pytest.raises(DomainError) as refusal:
        book(actor_of(Role.TOWNSHIP, OTHER_TOWNSHIP), session)
    assert refusal.value.code == "session_is_full"


@pytest.mark.django_db
def test_the_database_gives_no_place_beyond_the_last(actor_of: Callable[..., Actor]) -> None:
    session, actor = make_session(places=1), actor_of(Role.TOWNSHIP)
    booking = book(actor, session)
    with open_context(actor=actor):
        with pytest.raises(IntegrityError, match="no place 2"), transaction.atomic():
            sql("UPDATE checkups_booking SET place = 2")
        with pytest.raises(IntegrityError, match="already given"), transaction.atomic():
            sql("UPDATE checkups_checkupsession SET places = 0")
        with pytest.raises(IntegrityError, match="a_place_is_given_once"), transaction.atomic():
            Booking.objects.create(
                number="x", session=session, place=1, booked_by_id=actor.staff_id,
                booked_on=booking.booked_on, division_code=actor.division_code,
            )  # fmt: skip


@pytest.mark.django_db
def test_a_closed_booking_frees_its_place_and_changes_nothing_else(actor_of: Callable[..., Actor]) -> None:
    session, actor = make_session(places=1), actor_of(Role.TOWNSHIP)
    first = book(actor, session)
    with open_context(actor=actor):
        bookings.cancel_booking(actor=actor, booking=first)
        with pytest.raises(Stale):
            bookings.cancel_booking(actor=actor, booking=first)
    assert book(actor, session).place == 1


@pytest.mark.django_db
def test_attendance_is_the_stations_and_not_before_the_day(
    actor_of: Callable[..., Actor], moved_to: Callable[[str], None]
) -> None:
    booking, clinician = book(actor_of(Role.TOWNSHIP), make_session()), actor_of(Role.CLINICIAN)
    with open_context(actor=clinician), pytest.raises(DomainError) as refusal:
        bookings.record_attendance(actor=clinician, booking=booking)
    assert refusal.value.code == "session_is_to_come"
    moved_to("2014-01-10")
    with open_context(actor=clinician):
        attended = bookings.record_attendance(actor=clinician, booking=booking)
        assert bookings.complete_booking(actor=clinician, booking=attended).state == BookingState.COMPLETED
    counter = actor_of(Role.TOWNSHIP)
    with open_context(actor=counter), pytest.raises(NotAllowed):
        bookings.record_attendance(actor=counter, booking=booking)


@pytest.mark.django_db(transaction=True, databases=["default", "clinical"])
def test_the_station_sees_names_and_nobody_else(actor_of: Callable[..., Actor]) -> None:
    session = make_session()
    booking = book(actor_of(Role.TOWNSHIP), session)
    clinician, county = actor_of(Role.CLINICIAN), actor_of(Role.COUNTY)
    with open_context(actor=clinician):
        assert expected_people(actor=clinician, session=session)[booking.pk].name == "李桂芳"
    with open_context(actor=county), pytest.raises(NotAllowed):
        expected_people(actor=county, session=session)
    assert forget_people(actor=clinician, before=datetime.date(2014, 6, 1)) == 0
    assert forget_people(actor=clinician, before=datetime.date(2015, 1, 11)) == 1


@pytest.mark.django_db(transaction=True)
def test_last_slot_two_clerks(actor_of: Callable[..., Actor]) -> None:
    session = make_session(places=1)
    clerks = [actor_of(Role.TOWNSHIP), actor_of(Role.TOWNSHIP, OTHER_TOWNSHIP)]
    gate, outcomes = threading.Barrier(2), []

    def try_to_book(clerk: Actor) -> None:
        gate.wait()
        try:
            outcomes.append(book(clerk, session).place)
        except DomainError as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=try_to_book, args=(clerk,)) for clerk in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["1", "session_is_full"]


@pytest.mark.django_db
def test_pages_of_the_counter_show_a_number_and_no_name(page_of: Callable[..., object]) -> None:
    session = make_session()
    counter = page_of(Role.TOWNSHIP)
    answer = counter.post(f"/checkups/sessions/{session.pk}/book/", {"name": "李桂芳"})
    assert answer.status_code == 302
    slip = counter.get(answer["Location"]).content.decode()
    assert "TJ2014" in slip
    assert "李桂芳" not in slip
    history = counter.get(f"{answer['Location']}history/").content.decode()
    assert "TJ2014" in history
    assert str(Role.TOWNSHIP.label) in history
    assert "李桂芳" not in history
    assert counter.get(f"/checkups/sessions/{session.pk}/history/").status_code == 200
    assert "李桂芳" not in counter.get(f"/checkups/sessions/{session.pk}/").content.decode()
    assert counter.get(f"/checkups/sessions/{session.pk}/reception/").status_code == 403
    assert counter.post(f"/checkups/sessions/{session.pk}/book/", {"name": ""}).status_code == 422


@pytest.mark.django_db
def test_a_form_sent_twice_gives_one_place(page_of: Callable[..., Any]) -> None:
    counter, address = page_of(Role.TOWNSHIP), f"/checkups/sessions/{make_session().pk}/book/"
    key = KEY.search(counter.get(address).content.decode())
    assert key
    person = {"name": "李桂芳", "key": key[1]}
    slip = counter.post(address, person)
    assert slip.status_code == 302
    again = counter.post(address, person)
    assert again.status_code == 422
    shown = again.content.decode()
    with open_context(scope="370406"):
        assert Booking.objects.get().number in shown
    assert "李桂芳" in shown, "what was typed is kept"
    # Whoever means a second person sends the form as it is shown now.
    renewed = KEY.search(shown)
    assert renewed
    assert renewed[1] != key[1]
    assert counter.post(address, {"name": "李桂英", "key": renewed[1]}).status_code == 302


@pytest.mark.django_db
def test_a_booking_of_another_township_is_not_found(page_of: Callable[..., object]) -> None:
    booking = book(make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), make_session())
    for address in (f"/checkups/bookings/{booking.pk}/", f"/checkups/bookings/{booking.pk}/history/"):
        assert page_of(Role.TOWNSHIP).get(address).status_code == 404
