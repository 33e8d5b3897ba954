"""The demonstration county: invented families, certified officers, sessions, cases, payments, months."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from checkups.models import Booking, CheckupSession, Station
from checkups.services.bookings import (
    book_place,
    cancel_booking,
    complete_booking,
    open_session,
    record_attendance,
)
from config.demonstration.accounts import ACCOUNTS, COUNTY, PASSWORD, SINCE, TOWNSHIP_2
from config.demonstration.cases import make_cases
from config.demonstration.debts import make_debt_entries
from config.demonstration.departments import make_department_lists
from config.demonstration.full_plan import imported_full
from config.demonstration.honours import make_honours
from config.demonstration.officers import acting, certify
from config.demonstration.outreach import make_outreach
from config.demonstration.payments import make_payments
from config.demonstration.recoveries import make_recoveries
from config.demonstration.residents import FEMALE, SURNAMES, write_residents
from config.demonstration.standing import make_annual_review, make_standing
from enforcement.models import OfficerCertificate
from enforcement.services.certificates import issue_certificate, suspend_certificate
from households.models import ResidentImport
from households.services.imports import import_file
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.models import Division, Staff
from offices.services.staff import grant_role, system_actor
from reports.months import read_month
from reports.services.editions import summarise
from subsidies.models import Application
from subsidies.services.sweep import sweep

FILE_NAME = "demonstration.csv"
LEAST_RESIDENTS = 2_000
LAST_YEAR_END = datetime.date(2013, 12, 31)


def load_demonstration(
    *, actor: Actor, residents: int, seed: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Load what is missing of the demonstration; again without effect. Returns counts and accounts.

    Beside a full county nothing is made.
    """
    today = clock.today()
    full = imported_full()
    if full is not None:
        return _told(full)
    if not ResidentImport.objects.filter(file_name=FILE_NAME).exists():
        say("inventing families 生成虚拟家庭 …")
        villages = list(Division.objects.villages().within(COUNTY[:6]).values_list("code", flat=True))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FILE_NAME
            write_residents(path, villages=villages, residents=residents, seed=seed, today=today)
            say("taking the resident file in 导入居民数据 …")
            with path.open("rb") as source:
                import_file(actor=actor, source=source, file_name=FILE_NAME, as_of=today, is_dry_run=False)
    certify_officers()
    hold_sessions(today)
    make_outreach()
    if not Application.objects.exists():
        say("assessing everybody 全员资格核算 …")
        found = sweep(actor=actor, as_of=LAST_YEAR_END)
        say("taking families through the office 办理申请 …")
        make_cases(found, say=say)
        say("paying a year 发放资金 …")
        make_payments()
        say("assessing everybody again and summarising the months 再次核算并汇总各月 …")
        sweep(actor=actor, as_of=today)
        make_debt_entries(today)
        make_standing(today)
        make_annual_review(today)
        make_recoveries()
        for month in range(1, 13):
            summarise(actor=actor, month=read_month(f"2013-{month:02d}"))
    make_honours()
    make_department_lists()
    return _told(ResidentImport.objects.get(file_name=FILE_NAME))


def _told(brought: ResidentImport) -> dict[str, Any]:
    return {
        "residents": brought.created,
        "refused": brought.refused,
        "password": PASSWORD,
        "accounts": [f"{account.username} ({account.role.label}, {account.name})" for account in ACCOUNTS],
    }


def certify_officers() -> None:
    """Whoever reviews or confirms holds a certificate; one of them ends soon, one is suspended."""
    for account in ACCOUNTS:
        if account.needs_certificate:
            certify(Staff.objects.get(username=account.username))
    security = acting("security-admin")
    ending = _colleague("reviewer-ending", "朱传喜", Role.TOWNSHIP_REVIEWER, TOWNSHIP_2)
    if not OfficerCertificate.objects.filter(staff=ending).exists():
        issue_certificate(
            actor=security,
            staff=ending,
            from_on=datetime.date(2009, 2, 1),
            to_on=datetime.date(2014, 2, 1),
        )
    suspended = _colleague("reviewer-suspended", "胡桂香", Role.TOWNSHIP_REVIEWER, TOWNSHIP_2)
    if not OfficerCertificate.objects.filter(staff=suspended).exists():
        certificate = certify(suspended)
        suspend_certificate(certificate=certificate, actor=security, reason="2013年度年审未完成")


def _colleague(username: str, name: str, role: Role, division_code: str) -> Staff:
    staff, created = Staff.objects.get_or_create(username=username, defaults={"name": name})
    if created:
        staff.set_unusable_password()
        staff.save(update_fields=["password"])
        grant_role(actor=system_actor(), staff=staff, role=role, division_code=division_code, from_on=SINCE)
    return staff


def hold_sessions(today: datetime.date) -> None:
    """A station with a session of December that was held, and one on each of the next two Fridays."""
    station, _created = Station.objects.get_or_create(
        name="山亭区计划生育服务站",
        defaults={"division_code": COUNTY, "address": "山亭区府前路", "phone": "0632-8811200"},
    )
    if CheckupSession.objects.filter(station=station).exists():
        return
    held_on = datetime.date(2013, 12, 20)
    with clock.demonstration_day(held_on - datetime.timedelta(days=14)):
        past = _open(station, held_on)
        booked = [_book(past, "township" if place % 3 else "township-2") for place in range(16)]
    with clock.demonstration_day(held_on):
        for booking in booked[:14]:
            record_attendance(actor=acting("clinician"), booking=booking)
        for booking in booked[:12]:
            booking.refresh_from_db()
            complete_booking(actor=acting("clinician"), booking=booking)
        for booking in booked[14:]:
            cancel_booking(actor=acting("clinician"), booking=booking)
    friday = today + datetime.timedelta(days=(4 - today.weekday()) % 7)
    coming = _open(station, friday)
    _open(station, friday + datetime.timedelta(weeks=1))
    for place in range(7):
        _book(coming, "township" if place % 2 else "township-2")


def _open(station: Station, held_on: datetime.date) -> CheckupSession:
    return open_session(
        actor=acting("clinician"),
        station=station,
        held_on=held_on,
        starts_at=datetime.time(8, 30),
        places=20,
    )


def _book(session: CheckupSession, counter: str) -> Booking:
    """A booking by a counter; invented names stand behind the wall like real ones."""
    number = session.bookings.count()
    name = f"{SURNAMES[number]}{FEMALE[number % len(FEMALE)]}{FEMALE[number * 3 % len(FEMALE)]}"
    return book_place(actor=acting(counter), session=session, name=name)
