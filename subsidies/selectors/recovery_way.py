"""The way of a recovery, step by step, as its page shows it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from offices.models import Staff
from subsidies.enums import RecoveryState
from subsidies.models import Recovery


@dataclass(frozen=True, slots=True)
class WayStep:
    """A step with its state (done, current, waiting, refused), who took it and when."""

    label: str
    state: str
    who: str = ""
    on: datetime.date | None = None
    note: str = ""


def way_of_recovery(recovery: Recovery) -> list[WayStep]:
    """Proposed, told, heard, decided, in force, settled; a dropped or withdrawn one ends where it ended."""
    speaks_until = _until(recovery.heard_until) if recovery.state == RecoveryState.NOTIFIED else ""
    steps: list[tuple[str, Staff | None, datetime.date | None, str]] = [
        (_("Proposed"), recovery.proposed_by, recovery.proposed_on, ""),
        (_("The family is told"), recovery.notified_by, recovery.notified_on, ""),
        (_("The family is heard"), recovery.heard_by, recovery.heard_on, speaks_until),
        (_("Decided by another"), recovery.decided_by, recovery.decided_on, ""),
        (_("In force"), None, recovery.in_force_on, ""),
    ]
    way = []
    is_current = recovery.state not in (RecoveryState.DROPPED, RecoveryState.WITHDRAWN, RecoveryState.SETTLED)
    for label, who, on, note in steps:
        if on is not None:
            way.append(WayStep(label, "done", who.name if who else "", on, note))
            continue
        way.append(WayStep(label, "current" if is_current else "skipped", note=note))
        if not is_current:
            continue
        is_current = False
        way += [WayStep(step[0], "waiting") for step in steps[len(way) :]]
        break
    return [*way, _end(recovery)]


def _end(recovery: Recovery) -> WayStep:
    label = _("Paid back or waived")
    if recovery.state == RecoveryState.SETTLED:
        return WayStep(label, "done")
    if recovery.state == RecoveryState.DROPPED and recovery.dropped_by is not None:
        return WayStep(
            str(RecoveryState.DROPPED.label), "refused", recovery.dropped_by.name, recovery.dropped_on
        )
    if recovery.state == RecoveryState.WITHDRAWN:
        return WayStep(str(RecoveryState.WITHDRAWN.label), "refused")
    return WayStep(label, "current" if recovery.in_force_on else "waiting")


def _until(day: datetime.date | None) -> str:
    return _("until %(day)s") % {"day": date_format(day, "DATE_FORMAT")} if day else ""
