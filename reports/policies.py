"""Who may do what with reports: pure functions of the actor."""

from __future__ import annotations

from offices.enums import Role
from offices.pages import roles

may_see_reports = roles(
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.FINANCE,
    Role.AUDITOR,
    Role.SYSTEM,
)
"""A township sees its own; nobody of the clinic, whose work is counted here and never named."""
may_summarise = roles(Role.COUNTY, Role.SYSTEM)
may_print_reports = may_see_reports
