"""Who may do what with staff, acts and jobs."""

from __future__ import annotations

from offices.enums import Role
from offices.models.exports import TRACING_ROLES
from offices.pages import roles

may_see_staff = roles(Role.COUNTY, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.AUDITOR)
may_grant_roles = roles(Role.SECURITY_ADMIN)
may_invite = roles(Role.SECURITY_ADMIN, Role.SYSTEM)
may_read_acts = roles(Role.AUDITOR, Role.AUDIT_ADMIN)
may_open_exports = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.AUDITOR,
    Role.AUDIT_ADMIN,
)
"""Everybody finds her own; what she may export is asked of each list."""
may_trace_exports = roles(*TRACING_ROLES)
