"""How long a step and a notice may take: dated parameters of the policy, with stated defaults.

The objection's ten working days are published; the others are inferred, so a policy version may
say otherwise: parameters `days_village_review`, `days_township_review`, `days_county_review`,
`days_county_confirmation`, `days_grant`, `days_objection`, `days_overdue` (working days: so long a
township has for what its village left undone) and
`present_at_village_review` (people).
"""

from __future__ import annotations

import datetime
from typing import Any

from subsidies.enums import NoticeLevel, Step
from subsidies.models.programmes import PolicyVersion

_DEFAULTS = {
    "days_village_review": 10,
    "days_township_review": 10,
    "days_county_review": 10,
    "days_county_confirmation": 10,
    "days_grant": 5,
    "days_objection": 10,
    "days_overdue": 5,
    "present_at_village_review": 3,
}
_NOTICE_AFTER = {
    Step.VILLAGE_REVIEW: NoticeLevel.VILLAGE,
    Step.TOWNSHIP_REVIEW: NoticeLevel.TOWNSHIP,
    Step.COUNTY_CONFIRMATION: NoticeLevel.COUNTY,
}


def stated_number(version: PolicyVersion, name: str, on: datetime.date) -> int:
    """A parameter of the policy on a day as a whole number, else its default."""
    for dated in _dated(version, name):
        begins, ends = dated.get("from"), dated.get("to")
        if (not begins or begins <= on.isoformat()) and (not ends or on.isoformat() < ends):
            return int(dated["value"])
    return _DEFAULTS[name]


def _dated(version: PolicyVersion, name: str) -> list[dict[str, Any]]:
    found = version.parameters.get(name, [])
    return found if isinstance(found, list) else []


def days_of(version: PolicyVersion, step: str, on: datetime.date) -> int:
    """Working days for a step."""
    return stated_number(version, f"days_{step}", on)


def notice_after(version: PolicyVersion, step: str, *, is_posted: bool) -> NoticeLevel | None:
    """The notice that a passed step is followed by; None where there is none."""
    level = _NOTICE_AFTER.get(Step(step))
    return level if is_posted and level in version.notice.get("levels", []) else None
