"""Who works in the demonstration: its accounts, and invented colleagues in the other townships.

The colleagues cannot sign in; they are there so that every step of a case is somebody's.
"""

from __future__ import annotations

import datetime
from functools import lru_cache

from config.demonstration.accounts import ACCOUNTS, COUNTY, SINCE
from enforcement.models import OfficerCertificate
from enforcement.services.certificates import issue_certificate
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.models import Staff
from offices.services.staff import actors_of, grant_role, system_actor

NAMES = [
    "陈桂英",
    "李长海",
    "王秀兰",
    "张德福",
    "刘洪梅",
    "杨树林",
    "赵玉芹",
    "黄明礼",
    "周淑贞",
    "吴建平",
    "徐凤霞",
    "孙守义",
    "马玉珍",
    "朱传喜",
    "胡桂香",
]
CERTIFIED = frozenset({Role.VILLAGE, Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER})
CERTIFIED_FROM, CERTIFIED_TO = datetime.date(2012, 1, 1), datetime.date(2017, 1, 1)


def acting(username: str) -> Actor:
    """A member of staff as an actor."""
    return actors_of(Staff.objects.get(username=username), on=clock.today())[0]


class Officers:
    """Finds, or invents once, who does a step for a family of a village."""

    def __init__(self) -> None:
        # The first account of a role in a place does its steps; the county's second one approves policies.
        self._accounts = {
            (account.role, account.division_code): account.username for account in reversed(ACCOUNTS)
        }
        self.of = lru_cache(maxsize=None)(self._of)

    def village(self, village: str) -> Actor:
        return self.of(Role.VILLAGE, village)

    def counter(self, village: str) -> Actor:
        return self.of(Role.TOWNSHIP, f"{village[:9]}000")

    def reviewer(self, village: str) -> Actor:
        return self.of(Role.TOWNSHIP_REVIEWER, f"{village[:9]}000")

    @property
    def county_reviewer(self) -> Actor:
        return self.of(Role.COUNTY_REVIEWER, COUNTY)

    @property
    def second_county_reviewer(self) -> Actor:
        return self._invented(Role.COUNTY_REVIEWER, COUNTY, "county-reviewer-2")

    @property
    def county(self) -> Actor:
        return self.of(Role.COUNTY, COUNTY)

    def _of(self, role: Role, division: str) -> Actor:
        account = self._accounts.get((role, division))
        return acting(account) if account else self._invented(role, division, f"{role.value}-{division}")

    def _invented(self, role: Role, division: str, username: str) -> Actor:
        number = sum(map(ord, username))
        staff, created = Staff.objects.get_or_create(
            username=username, defaults={"name": NAMES[number % len(NAMES)]}
        )
        if created:
            staff.set_unusable_password()
            staff.save(update_fields=["password"])
            grant_role(actor=system_actor(), staff=staff, role=role, division_code=division, from_on=SINCE)
        if role in CERTIFIED:
            certify(staff)
        return actors_of(staff, on=clock.today())[0]


def certify(staff: Staff) -> OfficerCertificate:
    """A certificate for five years, once."""
    held = OfficerCertificate.objects.filter(staff=staff).first()
    return held or issue_certificate(
        actor=acting("security-admin"), staff=staff, from_on=CERTIFIED_FROM, to_on=CERTIFIED_TO
    )
