"""The accounts of a demonstration; an installation in service has none of them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password

from offices.actors import Actor
from offices.enums import Role
from offices.errors import NotAllowed
from offices.models import Staff
from offices.services.staff import grant_role

PASSWORD = "huimin-demo-2013"  # noqa: S105 # shown to everybody who starts a demonstration
SINCE = datetime.date(2004, 1, 1)


@dataclass(frozen=True, slots=True)
class Account:
    """A demonstration account: user name, name, role and division code."""

    username: str
    name: str
    role: Role
    division_code: str
    needs_certificate: bool = False


COUNTY = "370406000000"
TOWNSHIP = "370406109000"
VILLAGE = "370406109210"
TOWNSHIP_2 = "370406106000"

ACCOUNTS = (
    Account("village", "孙桂兰", Role.VILLAGE, VILLAGE, True),
    Account("township", "刘建国", Role.TOWNSHIP, TOWNSHIP),
    Account("township-reviewer", "王海燕", Role.TOWNSHIP_REVIEWER, TOWNSHIP, True),
    Account("county-reviewer", "赵立军", Role.COUNTY_REVIEWER, COUNTY, True),
    Account("county", "陈向东", Role.COUNTY, COUNTY, True),
    Account("finance", "周明霞", Role.FINANCE, COUNTY),
    Account("cashier", "吴晓梅", Role.CASHIER, COUNTY),
    Account("clinician", "郑淑芬", Role.CLINICIAN, COUNTY),
    Account("auditor", "冯国栋", Role.AUDITOR, COUNTY),
    Account("system-admin", "何志强", Role.SYSTEM_ADMIN, COUNTY),
    Account("security-admin", "吕红梅", Role.SECURITY_ADMIN, COUNTY),
    Account("audit-admin", "施文静", Role.AUDIT_ADMIN, COUNTY),
    Account("township-2", "孔令华", Role.TOWNSHIP, TOWNSHIP_2),
    Account("county-2", "沈玉芬", Role.COUNTY, COUNTY),
)


def load_accounts(*, actor: Actor, county: str) -> int:
    """Make the demonstration's accounts, once. Raises NotAllowed outside a demonstration."""
    if not settings.HUIMIN_DEMO or settings.HUIMIN_PRODUCTION:
        raise NotAllowed()
    if county != COUNTY[:6]:
        return 0
    missing = {account.username for account in ACCOUNTS} - set(
        Staff.objects.filter(username__in=[account.username for account in ACCOUNTS]).values_list(
            "username", flat=True
        )
    )
    password = make_password(PASSWORD) if missing else ""
    for account in ACCOUNTS:
        if account.username in missing:
            Staff.objects.create(username=account.username, name=account.name, password=password)
        staff = Staff.objects.get(username=account.username)
        grant_role(
            actor=actor, staff=staff, role=account.role, division_code=account.division_code, from_on=SINCE
        )
    return len(ACCOUNTS)
