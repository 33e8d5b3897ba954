"""Long work of the registry; each task is a door to a service."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.db import OperationalError

from households.models import ResidentImport
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
        if not is_mine:
            return
        with open_context(county=county, actor=actor, channel="task"):
            brought = ResidentImport.objects.get(job_id=job_id)
            take_in(import_id=brought.pk)
