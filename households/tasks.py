"""Long work of the registry; each task is a door to a service."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from celery import shared_task
from django.db import OperationalError

from households.models import DepartmentFile, ResidentImport
from households.services.department_files import read_department_file as read_list
from households.services.department_files import settle_cancelled_reading
from households.services.division_changes.applying import (
    DUE_TASK,
    do_change,
    gather_stragglers,
    request_due_changes,
)
from households.services.division_changes.applying import TASK as CHANGE_TASK
from households.services.duplicate_search import find_all_duplicates
from households.services.import_undo import undo_import as take_back
from households.services.imports import ImportCancelled, settle_cancelled
from households.services.imports import run_import as take_in
from offices.database.context import keep_context, open_context
from offices.services.jobs import job_at_work
from offices.services.staff import system_actor


@shared_task(name="households.run_import", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def run_import(county: str, job_id: str) -> None:
    """Take in the resident file of a job. Killed at any moment it leaves nothing and starts anew."""
    with open_context(county=county, scope=""), keep_context():
        actor = system_actor(county)
    with job_at_work(county=county, actor=actor, job_id=UUID(job_id)) as is_mine:
        if is_mine:
            with suppress(ImportCancelled), open_context(county=county, actor=actor, channel="task"):
                brought = ResidentImport.objects.get(job_id=job_id)
                take_in(import_id=brought.pk)
        with open_context(county=county, actor=actor, channel="task"):
            settle_cancelled(job_id=UUID(job_id))


@shared_task(name="households.undo_import", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def undo_import(county: str, job_id: str) -> None:
    """Take an import back, or say in the job why that cannot be."""
    with open_context(county=county, scope=""), keep_context():
        system = system_actor(county)
    with job_at_work(county=county, actor=system, job_id=UUID(job_id)) as is_mine:
        if is_mine:
            with open_context(county=county, actor=system, channel="task"):
                take_back(job_id=UUID(job_id))


@shared_task(
    name="households.find_duplicates", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5
)
def find_duplicates(county: str) -> None:
    """Compare everybody with everybody, at night and after a large file. Idempotent; may be killed."""
    with open_context(county=county, scope=""), keep_context():
        actor = system_actor(county)
    with open_context(county=county, actor=actor, channel="task"):
        find_all_duplicates()


@shared_task(name=DUE_TASK, autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def do_due_division_changes(county: str) -> int:
    """Queue the changes of divisions whose day has come, and gather what former ones left; returns how many."""
    with open_context(county=county, scope=""), keep_context():
        actor = system_actor(county)
    with open_context(county=county, actor=actor, channel="task"):
        gather_stragglers()
        return request_due_changes(actor=actor)


@shared_task(name=CHANGE_TASK, autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def do_division_change(county: str, job_id: str) -> None:
    """Do the change of a job. Killed at any moment it leaves nothing and starts anew."""
    with open_context(county=county, scope=""), keep_context():
        system = system_actor(county)
    with job_at_work(county=county, actor=system, job_id=UUID(job_id)) as is_mine:
        if is_mine:
            with open_context(county=county, actor=system, channel="task"):
                do_change(actor=system, job_id=UUID(job_id))


@shared_task(
    name="households.read_department_file", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5
)
def read_department_file(county: str, job_id: str) -> None:
    """Read the list of a job. Killed at any moment it leaves nothing and starts anew."""
    with open_context(county=county, scope=""), keep_context():
        actor = system_actor(county)
    with job_at_work(county=county, actor=actor, job_id=UUID(job_id)) as is_mine:
        if is_mine:
            with suppress(ImportCancelled), open_context(county=county, actor=actor, channel="task"):
                read_list(file_id=DepartmentFile.objects.get(job_id=job_id).pk)
        with open_context(county=county, actor=actor, channel="task"):
            settle_cancelled_reading(job_id=UUID(job_id))
