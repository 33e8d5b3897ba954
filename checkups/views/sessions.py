"""Sessions, bookings at the counter, and the station's list of the day."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from checkups.clinical.models import BookedPerson
from checkups.clinical.reception import expected_people
from checkups.enums import BookingState
from checkups.forms import BookingForm, SessionFilterForm, SessionForm
from checkups.models import Booking, CheckupSession
from checkups.policies import may_book, may_open_session, may_receive, may_see_sessions
from checkups.selectors.sessions import places_taken, sessions_still_free, sessions_with_places
from checkups.services import bookings
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.pages import OfficeRequest, note_read, page


@page(may_see_sessions)
@require_GET
def session_list(request: OfficeRequest) -> HttpResponse:
    """Sessions from today on with their free places."""
    filters = SessionFilterForm(request.GET or None)
    wanted = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    return render(
        request,
        "checkups/session_list.html",
        {
            "filters": filters,
            "rows": sessions_with_places(
                from_on=wanted.get("from_on") or request.business_day, station=wanted.get("station")
            ),
            "may_open": may_open_session(request.actor),
            "may_book": may_book(request.actor),
            "may_receive": may_receive(request.actor),
            "is_filtered": bool(wanted.get("from_on") or wanted.get("station")),
        },
    )


@page(may_open_session)
@require_http_methods(["GET", "POST"])
def session_new(request: OfficeRequest) -> HttpResponse:
    """Open a session."""
    form = SessionForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            session = bookings.open_session(actor=request.actor, **form.cleaned_data)
            messages.success(request, _("The session is open; every counter of the county can book."))
            return redirect("checkups:session", session.pk)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return render(request, "checkups/session_new.html", {"form": form}, status=422 if form.errors else 200)


@page(may_see_sessions)
@require_GET
def session(request: OfficeRequest, session_id: UUID) -> HttpResponse:
    """One session: free places, and the numbers given by the reader's own office."""
    found = get_object_or_404(CheckupSession.objects.select_related("station"), pk=session_id)
    taken = places_taken([found.pk]).get(found.pk, 0)
    is_over, is_full = found.held_on < request.business_day, taken >= found.places
    others = is_full and not is_over and may_book(request.actor)
    return render(
        request,
        "checkups/session.html",
        {
            "session": found,
            "free": found.places - taken,
            "taken": taken,
            "is_over": is_over,
            "others": sessions_still_free(but=found, from_on=request.business_day) if others else [],
            "rows": [
                (booking, BookingState(booking.state))
                for booking in Booking.objects.visible_to(request.actor).filter(session=found)
            ],
            "may_book": may_book(request.actor) and not is_over and not is_full,
            "may_receive": may_receive(request.actor),
        },
    )


@page(may_see_sessions)
@require_GET
def session_history(request: OfficeRequest, session_id: UUID) -> HttpResponse:
    """Who opened the session; the acts on its bookings stand with each booking."""
    found = get_object_or_404(CheckupSession.objects.select_related("station"), pk=session_id)
    return show_history(
        request,
        record=found,
        heading=str(found),
        back_url=reverse("checkups:session", args=[found.pk]),
        back_label=_("Session"),
    )


@page(may_book)
@require_http_methods(["GET", "POST"])
def booking_new(request: OfficeRequest, session_id: UUID) -> HttpResponse:
    """Book a place for the person at the counter."""
    found = get_object_or_404(CheckupSession.objects.select_related("station"), pk=session_id)
    form = BookingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            booking = bookings.book_place(actor=request.actor, session=found, **form.cleaned_data)
            messages.success(
                request,
                _("Number %(number)s is given. Print the slip, or read the number out.")
                % {"number": booking.number},
            )
            return redirect("checkups:booking", booking.pk)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            form.renew_key()
    return render(
        request,
        "checkups/booking_new.html",
        {
            "form": form,
            "session": found,
            "free": found.places - places_taken([found.pk]).get(found.pk, 0),
        },
        status=422 if form.errors else 200,
    )


@page(may_see_sessions)
@require_GET
def booking(request: OfficeRequest, booking_id: UUID) -> HttpResponse:
    """The slip: a number, a day, a time, a place. No name."""
    found = get_object_or_404(
        Booking.objects.visible_to(request.actor).select_related("session__station"), pk=booking_id
    )
    may_change = may_book(request.actor) and found.session.held_on >= request.business_day
    return render(
        request,
        "checkups/booking.html",
        {
            "booking": found,
            "state": BookingState(found.state),
            "may_book_again": may_change,
            "may_cancel": may_book(request.actor) and found.state == BookingState.BOOKED,
        },
    )


@page(may_see_sessions)
@require_GET
def booking_history(request: OfficeRequest, booking_id: UUID) -> HttpResponse:
    """Who gave the number, and when the station recorded that it came; no name."""
    found = get_object_or_404(Booking.objects.visible_to(request.actor), pk=booking_id)
    return show_history(
        request,
        record=found,
        heading=_("Booking %(number)s") % {"number": found.number},
        back_url=reverse("checkups:booking", args=[found.pk]),
        back_label=_("Booking slip"),
    )


@page(may_receive)
@require_GET
def reception(request: OfficeRequest, session_id: UUID) -> HttpResponse:
    """The station's list: numbers with names, and who has come."""
    found = get_object_or_404(CheckupSession.objects.select_related("station"), pk=session_id)
    people = expected_people(actor=request.actor, session=found)
    rows = [
        (booking, BookingState(booking.state), people.get(booking.pk))
        for booking in Booking.objects.visible_to(request.actor).filter(session=found)
    ]
    note_read(
        request, [BookedPerson(pk=booking.pk) for booking, __, person in rows if person], reason="reception"
    )
    states = Counter(booking.state for booking, __, ___ in rows)
    return render(
        request,
        "checkups/reception.html",
        {
            "session": found,
            "rows": rows,
            "is_open": found.held_on <= request.business_day,
            "expected": states[BookingState.BOOKED],
            "inside": states[BookingState.ATTENDED],
            "done": states[BookingState.COMPLETED],
        },
    )


@page(lambda actor: may_book(actor) or may_receive(actor))
@require_http_methods(["GET", "POST"])
def booking_step(request: OfficeRequest, booking_id: UUID, step: str) -> HttpResponse:
    """Cancel, or the station's 'came' and 'done'; before cancelling the page asks."""
    if request.method == "GET" and step != "cancel":
        return HttpResponseNotAllowed(["POST"])
    found = get_object_or_404(
        Booking.objects.visible_to(request.actor).select_related("session__station"), pk=booking_id
    )
    slip = reverse("checkups:booking", args=[found.pk])
    if request.method == "GET":
        asked = {"booking": found, "confirm_label": _("Close this booking"), "cancel_url": slip}
        return render(request, "checkups/booking_cancel.html", asked)
    service = {
        "cancel": bookings.cancel_booking,
        "attend": bookings.record_attendance,
        "complete": bookings.complete_booking,
    }[step]
    try:
        service(actor=request.actor, booking=found)
        messages.success(request, _("Recorded."))
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    if may_receive(request.actor):
        # Back to the same line of the station's list.
        return redirect(f"{reverse('checkups:reception', args=[found.session_id])}#{found.number}")
    return redirect(slip)
