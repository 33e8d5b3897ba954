"""The demonstration county: invented families, certified officers, sessions to book, everybody assessed."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from checkups.models import CheckupSession, Station
from checkups.services.bookings import open_session
from config.demonstration.accounts import ACCOUNTS, COUNTY, PASSWORD
from config.demonstration.residents import write_residents
from enforcement.models import OfficerCertificate
from enforcement.services.certificates import issue_certificate
from households.models import ResidentImport
from households.services.imports import import_file
from offices import clock
from offices.actors import Actor
from offices.models import Division, Staff
from offices.services.staff import actors_of
from subsidies.models import Sweep
from subsidies.services.sweep import sweep

FILE_NAME = "demonstration.csv"
LAST_YEAR_END = datetime.date(2013, 12, 31)


def load_demonstration(
    *, actor: Actor, residents: int, seed: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Load what is missing of the demonstration; again without effect. Returns counts and accounts."""
    today = clock.today()
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
    open_sessions(today)
    if not Sweep.objects.exists():
        say("assessing everybody 逐人测算 …")
        sweep(actor=actor, as_of=today)
    brought = ResidentImport.objects.get(file_name=FILE_NAME)
    return {
        "residents": brought.created,
        "refused": brought.refused,
        "password": PASSWORD,
        "accounts": [f"{account.username} ({account.role.label}, {account.name})" for account in ACCOUNTS],
    }


def acting(username: str) -> Actor:
    """A demonstration account as an actor."""
    return actors_of(Staff.objects.get(username=username), on=clock.today())[0]


def certify_officers() -> None:
    """Whoever reviews or confirms in the demonstration holds a certificate."""
    for account in ACCOUNTS:
        staff = Staff.objects.get(username=account.username)
        if account.needs_certificate and not OfficerCertificate.objects.filter(staff=staff).exists():
            issue_certificate(
                actor=acting("security-admin"),
                staff=staff,
                from_on=datetime.date(2012, 1, 1),
                to_on=datetime.date(2017, 1, 1),
            )


def open_sessions(today: datetime.date) -> None:
    """A station with a session on each of the next two Fridays."""
    station, _created = Station.objects.get_or_create(
        name="山亭区计划生育服务站",
        defaults={"division_code": COUNTY, "address": "山亭区府前路", "phone": "0632-8811200"},
    )
    if CheckupSession.objects.filter(station=station).exists():
        return
    friday = today + datetime.timedelta(days=(4 - today.weekday()) % 7)
    for week in range(2):
        open_session(
            actor=acting("clinician"),
            station=station,
            held_on=friday + datetime.timedelta(weeks=week),
            starts_at=datetime.time(8, 30),
            places=20,
        )
