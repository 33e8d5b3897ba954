"""Rows of check-ups, reports and invitations."""

from __future__ import annotations

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import resolve

from checkups.models import Booking, CheckupSession, Station
from checkups.services.bookings import book_place, open_session
from offices import clock
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Job
from offices.services.invitations import invite_staff
from offices.services.staff import system_actor
from reports.models import Edition, PrintedReport
from reports.months import read_month
from reports.services.editions import summarise
from reports.services.printing import request_print
from reports.tasks import print_edition
from tests.factories import TOWNSHIP, make_actor
from tests.rows.people import NAME, Kwargs


def checkups(families: int) -> dict[str, Kwargs]:
    clinician, counter = make_actor(Role.CLINICIAN), make_actor(Role.TOWNSHIP)
    with open_context(actor=clinician):
        station, _created = Station.objects.get_or_create(
            name="山亭区计划生育服务站", defaults={"division_code": "370406000000"}
        )
        sessions: list[CheckupSession] = [
            open_session(
                actor=clinician,
                station=station,
                held_on=clock.today() + datetime.timedelta(days=day),
                starts_at=datetime.time(8, 30),
                places=30,
            )
            for day in range(families)
        ]
    with open_context(actor=counter):
        bookings: list[Booking] = [
            book_place(actor=counter, session=sessions[0], name=NAME, phone="13806320000")
            for _one in range(families)
        ]
    return {
        "session": {"session_id": sessions[0].pk},
        "booking": {"booking_id": bookings[0].pk},
        "booking to cancel": {"booking_id": bookings[0].pk, "step": "cancel"},
        "booking of who comes": {"booking_id": bookings[0].pk, "step": "attend"},
    }


def reports(_families: int) -> dict[str, Kwargs]:
    month = read_month("2013-12")
    summarise(actor=make_actor(Role.COUNTY), month=month)
    edition = Edition.objects.get(period="2013-12", division_code=TOWNSHIP)
    counter = make_actor(Role.TOWNSHIP)
    with open_context(actor=counter):
        job: Job = request_print(actor=counter, edition=edition, language="zh-hans", has_roster=False)
    print_edition(settings.HUIMIN_COUNTY, str(job.pk))
    printed = PrintedReport.objects.select_related("verification").get()
    return {
        "month": {"month": "2013-12"},
        "edition": {"edition_id": edition.pk},
        "print that runs": {"job_id": job.pk},
        "print": {"print_id": printed.pk},
        "code": {"code": printed.verification.code},
        "invitation": _invitation(),
    }


def _invitation() -> Kwargs:
    link = invite_staff(
        actor=system_actor(),
        username="invited",
        name="",
        role=Role.SECURITY_ADMIN,
        division=settings.HUIMIN_COUNTY,
    )
    return dict(resolve(urlsplit(link).path).kwargs)
