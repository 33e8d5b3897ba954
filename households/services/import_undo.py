"""Taking back an import that nothing has built on: by set, exactly, or not at all.

The owner's function deletes every row that bears the import's own time and restores the former
versions of those it changed. It refuses when any of them was changed later; the database's foreign
keys refuse when something later rests on a row that would go. What is recomputed anyway (the
assessments of a sweep) goes with its people.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from households.enums import EventState, ImportState
from households.models import Household, LifeEvent, Person, ResidentImport
from households.models.imports import TRANSITIONS
from households.policies import may_cancel_import
from households.services.duplicate_search import drop_pairs_of
from households.services.homes import FACTS, bring_all_along, served_today
from households.services.import_days import forget_rows, note_what_goes
from households.services.import_findings import find_heads, keep_head_tasks
from households.services.import_sql import MEMBERSHIP, PERSON
from households.services.import_writing import wait_for_turn
from households.services.proposal_following import let_go_of_proposals
from offices import clock
from offices.actors import Actor
from offices.database.access import access_of
from offices.database.context import county_scope
from offices.database.planning import refresh_statistics
from offices.enums import JobState, Role
from offices.errors import DomainError, NotAllowed
from offices.models import Job, Staff
from offices.services.jobs import finish_job, request_job
from offices.services.states import locked, move

TASK = "households.undo_import"
_CHANGED_SINCE = "HM001"
_STILL_NEEDED = "23503"


@transaction.atomic
def request_undo(*, actor: Actor, brought: ResidentImport) -> Job:
    """Queue the taking back of an import. Raises NotAllowed, DomainError `nothing_to_take_back`.

    Whoever brought the file may, and the county office.
    """
    if not may_cancel_import(actor, brought) or not actor.covers(brought.division_code):
        raise NotAllowed
    current = locked(brought)
    if not current.has_written:
        raise DomainError(
            "nothing_to_take_back",
            _("This import wrote nothing that could be taken back."),
        )
    if current.job and current.job.kind == TASK and current.job.finished_at is None:
        return current.job
    current.job = request_job(actor=actor, kind=TASK, task=TASK, role=actor.role)
    current.save(update_fields=["job"])
    return current.job


def undo_import(*, job_id: UUID) -> None:
    """Do what `request_undo` queued; a refusal stands in the job."""
    job = Job.objects.select_related("requested_by").get(pk=job_id)
    brought = ResidentImport.objects.get(job_id=job_id)
    try:
        rows = take_back_import(actor=_requester(job), brought=brought)
    except DomainError as refusal:
        finish_job(job_id=job_id, state=JobState.FAILED, message=str(refusal), role=job.result["role"])
    else:
        finish_job(job_id=job_id, state=JobState.DONE, rows=rows, role=job.result["role"])


def take_back_import(*, actor: Actor, brought: ResidentImport) -> int:
    """Bring the registry to where it was before an import; how many rows that concerned.

    Raises NotAllowed, Stale, and DomainError `nothing_to_take_back`, `changed_since`, `built_upon`.
    """
    if not may_cancel_import(actor, brought) or not actor.covers(brought.division_code):
        raise NotAllowed
    with county_scope(), transaction.atomic(), connection.cursor() as cursor:
        wait_for_turn(cursor)
        current = locked(brought)
        if not current.has_written or current.written_at is None:
            raise DomainError(
                "nothing_to_take_back",
                _("This import wrote nothing that could be taken back."),
            )
        _note_households(cursor, current)
        note_what_goes(cursor, current)
        _drop_derived(current.written_at)
        rows = _restore(cursor, current)
        forget_rows(cursor, current)
        _settle(cursor, current)
        today = clock.today()
        find_heads(cursor, "SELECT household_id FROM touched_households", as_of=today, today=today)
        keep_head_tasks(cursor, today=today)
        cursor.execute("DROP TABLE touched_households, going, heads")
        move(
            record=current,
            to=ImportState.TAKEN_BACK,
            transitions=TRANSITIONS,
            actor=actor,
            verb="households.take_back_import",
            detail={"rows": rows, "sha256": current.sha256},
            taken_back_by_id=actor.staff_id,
            taken_back_on=clock.today(),
        )
        refresh_statistics("households")
    return rows


def _settle(cursor: Any, brought: ResidentImport) -> None:
    """Everybody is served where her facts of today say, with all that goes with her.

    A note that was voided since the import stays void: what stood before says not all that is known.
    Kin to whom somebody of the file was linked may have moved since, and their facts with them.
    """
    keys = brought.history_bounds["keys"]
    changed = " UNION ".join(
        f"SELECT person_id FROM {table}event WHERE pgh_id > {int(keys[table][0])} AND pgh_id <= {int(keys[table][1])}"
        for table in (model._meta.db_table for model in FACTS)
        if table in keys
    )
    cursor.execute(
        f"UPDATE {PERSON} p SET row_digest = NULL FROM going g "
        "WHERE p.id = g.person_id AND p.row_digest IS NOT NULL AND g.is_void"
    )
    village, parameters = served_today("SELECT person_id FROM going")
    cursor.execute(
        f"UPDATE {PERSON} p SET division_code = v.division_code FROM ({village}) AS v "
        "WHERE p.id = v.person_id AND p.division_code <> v.division_code",
        parameters,
    )
    bring_all_along(
        cursor,
        f"SELECT p.id AS person_id, p.division_code FROM {PERSON} p "
        f"WHERE p.id IN (SELECT person_id FROM going UNION {changed})",
    )


def _requester(job: Job) -> Actor:
    staff: Staff = job.requested_by
    return Actor(
        staff_id=staff.pk,
        username=staff.username,
        name=staff.name,
        role=Role(job.result["role"]),
        division_code=job.division_code,
    )


def _note_households(cursor: Any, brought: ResidentImport) -> None:
    """Whose head may be another afterwards: households of people whom the import wrote or changed."""
    first, last = brought.history_bounds["keys"][PERSON]
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE touched_households ON COMMIT DROP AS
        SELECT DISTINCT m.household_id FROM {MEMBERSHIP} m
         WHERE m.recorded_at = %s
            OR m.person_id IN (SELECT pgh_obj_id FROM {PERSON}event WHERE pgh_id > %s AND pgh_id <= %s)
        UNION
        SELECT household_id FROM {MEMBERSHIP}event WHERE pgh_id > %s AND pgh_id <= %s
        """,
        [brought.written_at, first, last, *brought.history_bounds["keys"][MEMBERSHIP]],
    )


def _drop_derived(written_at: datetime) -> None:
    """What would hold the people back: rows that are recomputed anyway, and names in events taken back."""
    brought = Person.objects.filter(recorded_at=written_at).values("pk")
    events = LifeEvent.objects.filter(state=EventState.TAKEN_BACK)
    events.filter(person__in=brought).update(person=None)
    events.filter(other__in=brought).update(other=None)
    events.filter(household__in=Household.objects.filter(recorded_at=written_at)).update(household=None)
    drop_pairs_of(brought)
    let_go_of_proposals(brought)
    for model in (Person, Household):
        made: QuerySet[Any] = model._default_manager.filter(recorded_at=written_at)
        relations: list[Any] = model._meta.get_fields(include_hidden=True)
        for relation in relations:
            if not relation.one_to_many or relation.related_model._meta.app_label == "households":
                continue
            if "DELETE" in access_of(relation.related_model).rights:
                referring = relation.related_model._default_manager
                referring.filter(**{f"{relation.field.name}__in": made}).delete()


def _restore(cursor: Any, brought: ResidentImport) -> int:
    try:
        with transaction.atomic():
            cursor.execute("SELECT households_undo_import(%s)", [brought.pk])
            rows = int(cursor.fetchone()[0])
            # What refers to a row that went is found here, not at the end of whoever called.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return rows
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state == _CHANGED_SINCE:
            raise DomainError(
                "changed_since",
                _(
                    "Something entered later, or a later file, has changed people of this file, "
                    "so it cannot be taken back. Take back the later ones first, or correct the rows in a new file."
                ),
            ) from error
        if state == _STILL_NEEDED:
            raise DomainError(
                "built_upon",
                _(
                    "Something entered later rests on people of this file, such as an application or an account. "
                    "It cannot be taken back any more; correct the rows in a new file."
                ),
            ) from error
        raise
