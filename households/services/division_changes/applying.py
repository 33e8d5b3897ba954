"""A change of divisions is done: everything or nothing, once, on its day."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from households.enums import DivisionChangeState
from households.models import DivisionChange, Household, Hukou, Person, Residence, SplitChoice
from households.models.division_changes import TRANSITIONS
from households.services.division_changes.checks import check_change
from households.services.division_changes.following import prepare
from households.services.division_changes.numbers import renumbered
from households.succession import Counted, Following, let_follow
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.enums import JobState, SuccessionKind
from offices.errors import DomainError
from offices.models import Division
from offices.services.divisions import Succession, succeed
from offices.services.jobs import finish_job, request_job
from offices.services.role_succession import pass_on_roles
from offices.services.schedule import schedule
from offices.services.states import locked, move

TASK = "households.do_division_change"
DUE_TASK = "households.do_due_division_changes"
_MOST_CHANGES = 50
"""More than that is no straggler but a mistake of ours: the night leaves it for the next."""


@transaction.atomic
def do_change(*, actor: Actor, job_id: UUID) -> DivisionChange | None:
    """Do the confirmed change of a job, whose day has come; None where there is nothing to do any more.

    Divisions, families, cases, open work and roles follow in one transaction, so a worker that is killed
    leaves nothing, and a message that comes twice changes nothing. By the installation. A refusal ends
    the job with its sentence, and the change waits on.
    """
    change = DivisionChange.objects.filter(job_id=job_id).first()
    if change is None:
        return None
    current = locked(change)
    if current.state != DivisionChangeState.CONFIRMED:
        finish_job(job_id=job_id, state=JobState.DONE)
        return None
    began = time.monotonic()
    try:
        with transaction.atomic():
            check_change(
                kind=SuccessionKind(current.kind),
                effective_on=current.effective_on,
                document=current.document,
                lines=lines_of(current),
                change=current.pk,
            )
            preview = _do(actor, current)
            done = move(
                record=current,
                to=DivisionChangeState.APPLIED,
                transitions=TRANSITIONS,
                actor=actor,
                verb="households.do_division_change",
                detail={"effective_on": current.effective_on, "counted": _sums(preview)},
                applied_on=clock.today(),
                preview=preview,
            )
    except DomainError as refusal:
        finish_job(job_id=job_id, state=JobState.FAILED, message=str(refusal))
        return None
    finish_job(job_id=job_id, state=JobState.DONE, seconds=round(time.monotonic() - began, 3))
    return done


def counted_if_done(*, actor: Actor, change: DivisionChange) -> dict[str, Any]:
    """What a change would move, found by doing it and taking it all back; part of preparing it."""
    with transaction.atomic():
        preview = _do(actor, change)
        transaction.set_rollback(True)
    return preview


@transaction.atomic
def request_due_changes(*, actor: Actor) -> int:
    """Queue every confirmed change whose day has come, in the order of their days; returns how many.

    The nightly task of the installation. A change that failed is left to whoever reads why.
    """
    due = [
        change
        for change in DivisionChange.objects.due_on(clock.today()).select_for_update(of=("self",))
        if change.job_id is None
    ]
    for change in due:
        change.job = request_job(actor=actor, kind=TASK, task=TASK)
        change.save(update_fields=["job"])
    return len(due)


def load_schedule(*, actor: Actor, county: str) -> int:
    """Have the changes of the day done at its beginning."""
    return schedule(task=DUE_TASK, county=county, hour=0, minute=5)


@transaction.atomic
def gather_stragglers() -> int:
    """Bring what still names a village that has ended to the one that followed; returns for how many changes.

    A file or an entry that speaks of a day before the change, or that was under way while it was done, may
    leave something behind. Everything follows as it would have on the day. Part of a file being taken in,
    and nightly.
    """
    gathered = 0
    with county_scope():
        while gathered < _MOST_CHANGES and (codes := _still_named()):
            left = DivisionChange.objects.filter(
                state=DivisionChangeState.APPLIED, lines__old_code__in=codes
            ).exclude(kind=SuccessionKind.RENAME)
            change = left.exclude(lines__new_code__in=codes).order_by("-effective_on").first()
            if change is None:
                break
            _let_follow(change, lines_of(change))
            gathered += 1
    return gathered


def _still_named() -> list[str]:
    """Villages that have ended and are still said to hold somebody."""
    if not Division.objects.villages().filter(to_on__lte=clock.today()).exists():
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT code FROM {Division._meta.db_table} d WHERE d.to_on <= %s AND d.level = 'village' AND ("
            f"EXISTS (SELECT FROM {Person._meta.db_table} p WHERE p.division_code = d.code) "
            f"OR EXISTS (SELECT FROM {Household._meta.db_table} h WHERE h.division_code = d.code)) UNION "
            + " UNION ".join(
                f"SELECT DISTINCT t.place_code FROM {model._meta.db_table} t JOIN {Division._meta.db_table} d "
                f"ON d.code = t.place_code AND d.to_on <= %s AND (t.to_on IS NULL OR t.to_on > d.to_on)"
                for model in (Residence, Hukou)
            ),
            [clock.today()] * 3,
        )
        return [code for (code,) in cursor.fetchall()]


def _do(actor: Actor, change: DivisionChange) -> dict[str, Any]:
    lines = lines_of(change)
    with county_scope():
        _one_at_a_time()
        succeed(
            change=change.pk,
            kind=SuccessionKind(change.kind),
            effective_on=change.effective_on,
            document=change.document,
            lines=lines,
        )
        following = _let_follow(change, lines)
        roles: list[dict[str, str]] = []
        numbers: list[dict[str, str]] = []
        if change.kind != SuccessionKind.RENAME:
            numbers = renumbered()
            roles = _pass_on(actor, change, lines)
        with connection.cursor() as cursor:
            # What deferred checks find belongs to this change, not to whatever commits it.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return {
        "counted_on": clock.today().isoformat(),
        "counted": [_plain(one) for one in following.counted],
        "numbers": numbers,
        "roles": roles,
    }


def _let_follow(change: DivisionChange, lines: list[Succession]) -> Following:
    following = Following(
        change=change.pk,
        effective_on=change.effective_on,
        document=change.document,
        defaults={line.old_code: line.new_code for line in lines if line.is_default},
    )
    if change.kind != SuccessionKind.RENAME:
        choices = SplitChoice.objects.filter(change=change).values_list("household_id", "new_code")
        prepare(following, dict(choices), {(line.old_code, line.new_code) for line in lines})
        let_follow(following)
    return following


def _pass_on(actor: Actor, change: DivisionChange, lines: list[Succession]) -> list[dict[str, str]]:
    followed: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        followed[line.old_code].append(line.new_code)
    ended = {old: new for old, new in followed.items() if old not in {line.new_code for line in lines}}
    return [
        {
            "staff": str(grant.staff_id),
            "role": grant.role,
            "old_code": grant.division_id,
            "new_code": code,
        }
        for grant, code in pass_on_roles(actor=actor, successors=ended, on=change.effective_on)
    ]


def _one_at_a_time() -> None:
    """No import and no other change meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"households.import:{current_context().county}"],
        )


def lines_of(change: DivisionChange) -> list[Succession]:
    """The old and new villages of a change."""
    return [
        Succession(line.old_code, line.new_code, line.new_name, line.is_default)
        for line in change.lines.all()
    ]


def _plain(one: Counted) -> dict[str, Any]:
    return {"kind": one.kind, "from": one.from_code, "to": one.to_code, "count": one.count}


def _sums(preview: dict[str, Any]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for one in preview["counted"]:
        if one["to"]:
            sums[one["kind"]] += one["count"]
    return dict(sums)
