"""Who may see and change the registry of families."""

from __future__ import annotations

from households.models import DepartmentFile, ResidentImport
from offices.actors import Actor
from offices.enums import Role
from offices.pages import roles

may_see_families = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.AUDITOR,
)
may_see_imports = roles(Role.TOWNSHIP, Role.COUNTY, Role.AUDITOR)
may_import = roles(Role.TOWNSHIP, Role.COUNTY, Role.SYSTEM)
may_show_numbers = roles(
    Role.VILLAGE, Role.TOWNSHIP, Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER, Role.COUNTY
)
may_open_families_elsewhere = roles(Role.TOWNSHIP)
may_enter_accounts = roles(Role.VILLAGE, Role.TOWNSHIP, Role.FINANCE)
may_confirm_accounts = roles(Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER, Role.COUNTY, Role.FINANCE)
"""By another person than who entered the account; the database refuses the same."""
may_settle_tasks = roles(Role.VILLAGE, Role.TOWNSHIP)


def may_see_accounts(actor: Actor) -> bool:
    """Whoever enters or confirms accounts."""
    return may_enter_accounts(actor) or may_confirm_accounts(actor)


may_record_events = roles(Role.VILLAGE, Role.TOWNSHIP)
"""Who meets the families: a village or township counter, for the families it serves."""


def may_cancel_import(actor: Actor, brought: ResidentImport) -> bool:
    """Whoever brought the file, and the county office; also who may take it back."""
    return may_import(actor) and (actor.staff_id == brought.requested_by_id or actor.role == Role.COUNTY)


may_see_duplicates = roles(Role.TOWNSHIP, Role.COUNTY_REVIEWER, Role.COUNTY, Role.AUDITOR)
may_decide_duplicates = roles(Role.TOWNSHIP, Role.COUNTY)
"""Whether two records are of one person, and merging them, within one's own division."""
may_merge_money = roles(Role.COUNTY)
"""A merge that takes grants or payments along."""
may_record_visits = roles(Role.VILLAGE, Role.TOWNSHIP)
may_enter_outreach = roles(Role.TOWNSHIP, Role.COUNTY)
"""Events, employers and compounds."""
may_enter_associations = roles(Role.COUNTY)
may_export_families = may_see_families
"""What one may see one may take out, with a purpose and a mark."""
may_see_division_changes = roles(Role.COUNTY, Role.COUNTY_REVIEWER, Role.AUDITOR)
may_draft_division_changes = roles(Role.COUNTY)
may_confirm_division_changes = roles(Role.COUNTY, Role.COUNTY_REVIEWER)
"""By another person than who prepared the change; the database refuses the same."""
may_bring_department_files = roles(Role.TOWNSHIP, Role.COUNTY, Role.SYSTEM)
may_see_department_files = roles(Role.TOWNSHIP, Role.COUNTY, Role.AUDITOR)
may_see_proposals = roles(Role.TOWNSHIP, Role.COUNTY, Role.AUDITOR)
may_decide_proposals = roles(Role.TOWNSHIP)
"""Whether what a department says is entered: the counter of the township that serves the person."""
may_say_whom_rows_mean = roles(Role.TOWNSHIP, Role.COUNTY)
"""The county, where people of several townships come into question."""


def may_stop_department_file(actor: Actor, brought: DepartmentFile) -> bool:
    """Whoever brought the file, and the county office; also who may withdraw it."""
    return may_bring_department_files(actor) and (
        actor.staff_id == brought.brought_by_id or actor.role == Role.COUNTY
    )


def may_say_who_one_is(actor: Actor) -> bool:
    """Everybody who works here, once, for herself."""
    return not actor.is_system


may_keep_staff_identities = roles(Role.SECURITY_ADMIN)
"""Who stands behind an account: recorded for others, and corrected, by the security administrator."""

may_see_representations = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.FINANCE,
    Role.AUDITOR,
)
may_enter_representations = roles(Role.VILLAGE, Role.TOWNSHIP)
"""Agents, guardians and heirs: whoever has them and their document at the counter."""
may_confirm_representations = roles(Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER, Role.COUNTY)
"""By another person than who entered it; the database refuses the same."""


def may_end_representations(actor: Actor) -> bool:
    """Whoever enters or confirms them."""
    return may_enter_representations(actor) or may_confirm_representations(actor)
