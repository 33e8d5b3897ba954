"""Work of the office itself; each task is a door to a service."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.db import OperationalError
from django.utils import translation

from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import ExportState
from offices.errors import DomainError
from offices.exports import ListExport, kind_of
from offices.models import Export
from offices.pdf.print_out import print_on_one_page
from offices.services.exports import DROP_TASK, asker_of, make_list_export, refuse_export
from offices.services.exports import TASK as EXPORT_TASK
from offices.services.exports import drop_export_files as drop_files
from offices.services.jobs import RESUME_TASK, job_at_work
from offices.services.jobs import resume_jobs as queue_again
from offices.services.sheets import SHEET_TEMPLATE, keep_sheet, prepare_sheet
from offices.services.staff import system_actor


@shared_task(name=RESUME_TASK)
def resume_jobs(county: str) -> int:
    """Queue again the jobs that nobody works on; returns how many."""
    actor = _installation(county)
    with open_context(county=county, actor=actor, channel="task"):
        return queue_again(actor=actor)


@shared_task(name=DROP_TASK)
def drop_export_files(county: str) -> int:
    """Drop files that were exported long ago; returns how many."""
    actor = _installation(county)
    with open_context(county=county, actor=actor, channel="task"):
        return drop_files(actor=actor)


@shared_task(name=EXPORT_TASK, autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def make_export(county: str, job_id: str) -> None:
    """Make the file of a job's export. Killed at any moment it leaves nothing and starts anew."""
    system = _installation(county)
    with job_at_work(county=county, actor=system, job_id=UUID(job_id)) as is_mine:
        if not is_mine:
            return
        with open_context(county=county, actor=system, channel="task"):
            export = Export.objects.select_related("job").get(job_id=job_id)
        if export.state != ExportState.WAITING:
            return
        with translation.override(export.language):
            try:
                _make(county, export)
            except DomainError as refusal:
                with open_context(county=county, actor=system, channel="task"):
                    refuse_export(actor=system, export=export, refusal=refusal)


def _make(county: str, export: Export) -> None:
    """As the person who asked and within her scope; a sheet is drawn outside of any transaction."""
    with open_context(county=county, scope="", channel="task"):
        actor = asker_of(export=export)
    if isinstance(kind_of(export.kind), ListExport):
        with open_context(county=county, actor=actor, channel="task"):
            make_list_export(actor=actor, export=export)
        return
    with open_context(county=county, actor=actor, channel="task"):
        content = prepare_sheet(actor=actor, export=export)
    printed = print_on_one_page(content, template=SHEET_TEMPLATE)
    with open_context(county=county, actor=actor, channel="task"):
        keep_sheet(actor=actor, export=export, content=content, printed=printed)


def _installation(county: str) -> Actor:
    with open_context(county=county, scope="", channel="task"):
        return system_actor(county)
