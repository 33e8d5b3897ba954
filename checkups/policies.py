"""Who may do what with health checks."""

from __future__ import annotations

from offices.enums import Role
from offices.pages import roles

may_see_sessions = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.CLINICIAN,
)
may_book = roles(Role.VILLAGE, Role.TOWNSHIP)
may_open_session = roles(Role.CLINICIAN, Role.COUNTY)
may_receive = roles(Role.CLINICIAN)
