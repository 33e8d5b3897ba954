"""The page of long work that somebody asked for: how far a worker is, why it could not be done, and what it brought."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise

from offices.enums import JobState
from offices.models import Job
from offices.pages import OfficeRequest
from offices.selectors.asked_jobs import asked_jobs
from offices.services.jobs import progress_of
from subsidies.selectors.batch_jobs import errors_of


@dataclass(frozen=True, slots=True)
class Work:
    """What stands on the page of a piece of work, whither it leads meanwhile, and whither once it is done."""

    title: str | Promise
    unit: str
    icon: str
    list_label: str
    list_url: str
    back_label: str
    back_url: str
    done_url: str


def asked_job(request: OfficeRequest, job_id: UUID, kind: str) -> Job:
    """The work, for whoever asked for it alone. Raises Http404."""
    return get_object_or_404(asked_jobs(request.actor, kind), pk=job_id)


def show_asked_job(request: OfficeRequest, job: Job, work: Work) -> HttpResponse:
    """How far it is, the component alone for htmx; once it is done, its outcome and what it brought."""
    if job.state == JobState.DONE and not request.htmx:  # type: ignore[attr-defined] # set by its middleware
        if job.message:
            messages.success(request, job.message)
        return redirect(work.done_url)
    job.steps_done, job.steps_total = progress_of(job)
    template = "subsidies/asked_job.html#progress" if request.htmx else "subsidies/asked_job.html"  # type: ignore[attr-defined] # as above
    context = {
        "job": job,
        "work": work,
        "poll_url": request.path,
        "errors": errors_of(job),
        "error_count": job.result.get("error_count", 0),
    }
    response = render(request, template, context)
    if request.htmx and job.finished_at:  # type: ignore[attr-defined] # as above
        response["HX-Refresh"] = "true"
    return response
