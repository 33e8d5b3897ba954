"""The annual review: rounds and their progress, the work list, one grant under review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.asked_jobs import jobs_to_tell
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.enums import GrantState, ReviewReason, ReviewResult, ReviewState
from subsidies.letter_words import ways
from subsidies.models import AppealTerms, ReviewItem, ReviewRound
from subsidies.models.annual_reviews import TO_BE_TOLD
from subsidies.review_forms import (
    FindingForm,
    ProposalForm,
    ReviewItemFilter,
    ReviewNewForm,
    SampleForm,
    ToldForm,
)
from subsidies.selectors.annual_reviews import arithmetic_of, progress_of, rounds_with_progress
from subsidies.selectors.review_jobs import REVIEW_TASK, is_large_review
from subsidies.services import annual_reviews as services
from subsidies.services import review_results as results
from subsidies.services.review_jobs import request_review, said
from subsidies.views.applications import village_of
from subsidies.views.asked_jobs import Work, asked_job, show_asked_job

COLUMNS = (
    Column(gettext_lazy("Name"), "name", ("grant__person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("Registers")),
    Column(gettext_lazy("State"), "state", ("state",)),
    Column(gettext_lazy("Result")),
)


@page(policies.may_see_reviews)
@require_GET
def review_list(request: OfficeRequest) -> HttpResponse:
    """The reviews of all years, with how far they are within the reader's place."""
    context = {
        "rounds": rounds_with_progress(actor=request.actor, today=request.business_day),
        "may_open": policies.may_open_reviews(request.actor),
        "jobs": jobs_to_tell(request.actor, REVIEW_TASK) if policies.may_open_reviews(request.actor) else (),
    }
    return render(request, "subsidies/review_list.html", context)


@page(policies.may_open_reviews)
@require_http_methods(["GET", "POST"])
def review_new(request: OfficeRequest) -> HttpResponse:
    """Open the review of a programme and year."""
    posted = request.POST if request.method == "POST" else None
    form = ReviewNewForm(posted)
    if form.is_valid():
        try:
            return _opened(request, form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form}
    return render(request, "subsidies/review_new.html", context, status=422 if form.errors else 200)


def _opened(request: OfficeRequest, wanted: dict[str, Any]) -> HttpResponse:
    """Open it, or have a worker open it where thousands of grants are running. Raises DomainError."""
    if is_large_review(wanted["programme"]):
        job = request_review(actor=request.actor, **wanted)
        return redirect("subsidies:review_job", job.pk)
    opened = services.open_review(actor=request.actor, **wanted)
    messages.success(request, said(opened))
    return redirect("subsidies:review", opened.pk)


@page(policies.may_open_reviews)
@require_GET
def review_job(request: OfficeRequest, job_id: UUID) -> HttpResponse:
    """How far a worker is with opening a review; once it is done, the review."""
    job = asked_job(request, job_id, REVIEW_TASK)
    list_url = reverse("subsidies:review_list")
    opened = job.result.get("review")
    work = Work(
        title=_("Opening an annual review"),
        unit=_("grants"),
        icon="calendar-event",
        list_label=_("Annual review"),
        list_url=list_url,
        back_label=_("To the annual reviews"),
        back_url=list_url,
        done_url=reverse("subsidies:review", args=[opened]) if opened else list_url,
    )
    return show_asked_job(request, job, work)


@page(policies.may_see_reviews)
@require_GET
def review(request: OfficeRequest, round_id: UUID) -> HttpResponse:
    """One review: progress by township, its frozen roster and the city's sample."""
    found = get_object_or_404(ReviewRound.objects.select_related("programme", "opened_by"), pk=round_id)
    items = ReviewItem.objects.visible_to(request.actor).filter(round=found)
    context = {
        "round": found,
        "progress": progress_of(found, actor=request.actor),
        "is_overdue": found.due_on < request.business_day and items.waiting().exists(),
        "to_tell": items.to_tell().count(),
        "sampled": items.filter(is_sampled=True).count(),
        "judged": items.filter(is_sampled=True).exclude(finding="").count(),
        "may_open": policies.may_open_reviews(request.actor),
        "may_propose_green": found.accepts_precheck and policies.may_propose_reviews(request.actor),
        "may_decide_green": found.accepts_precheck and policies.may_decide_reviews(request.actor),
    }
    return render(request, "subsidies/review.html", context)


@page(policies.may_see_reviews)
@require_GET
def review_history(request: OfficeRequest, round_id: UUID) -> HttpResponse:
    """Who opened a review, compared it again, drew its sample and decided what was green."""
    found = get_object_or_404(ReviewRound.objects.select_related("programme"), pk=round_id)
    title = f"{found.programme.name} {found.year}"
    return show_history(
        request,
        record=found,
        heading=title,
        back_url=reverse("subsidies:review", args=[found.pk]),
        back_label=title,
    )


@page(policies.may_see_reviews)
@require_GET
def review_items(request: OfficeRequest, round_id: UUID) -> HttpResponse:
    """The work list of a review within the reader's place; filters stand in the address."""
    found = get_object_or_404(ReviewRound.objects.select_related("programme"), pk=round_id)
    filters = ReviewItemFilter(request.GET or None, actor=request.actor)
    rows = ReviewItem.objects.visible_to(request.actor).filter(round=found).select_related("grant__person")
    listing = make_listing(
        query=request.GET, rows=filters.narrow(rows), columns=COLUMNS, default_sort="village", filters=filters
    )
    shown = list(listing.page)
    note_read(request, [item.grant.person for item in shown], reason="list")
    names = names_of_divisions({item.division_code for item in shown})
    context = {
        "round": found,
        "listing": listing,
        "filters": filters,
        "lines": [
            {
                "item": item,
                "state": ReviewState(item.state),
                "reasons": [ReviewReason(one).label for one in item.reasons],
                "village": names.get(item.division_code, ""),
            }
            for item in shown
        ],
    }
    return render(request, "subsidies/review_items.html", context)


ROUND_STEPS: dict[str, tuple[Any, Any]] = {
    "check": (policies.may_open_reviews, services.check_again),
    "sample": (policies.may_open_reviews, services.draw_sample),
    "propose-green": (policies.may_propose_reviews, results.propose_all_green),
    "decide-green": (policies.may_decide_reviews, results.decide_all_green),
}


@page(policies.may_see_reviews)
@require_http_methods(["GET", "POST"])
def review_do(request: OfficeRequest, round_id: UUID, step: str) -> HttpResponse:
    """What is done for a whole review: checked again, sampled, green ones proposed or decided together."""
    found = get_object_or_404(ReviewRound.objects.select_related("programme"), pk=round_id)
    if step not in ROUND_STEPS:
        raise Http404
    may, take = ROUND_STEPS[step]
    if not may(request.actor):
        raise NotAllowed()
    posted = request.POST if request.method == "POST" else None
    form = SampleForm(posted) if step == "sample" else None
    if posted is not None and (form is None or form.is_valid()):
        try:
            count = take(actor=request.actor, round=found, **(form.cleaned_data if form else {}))
        except NotAllowed:
            raise
        except DomainError as refusal:
            if form is None:
                messages.error(request, str(refusal))
                return redirect("subsidies:review", found.pk)
            form.add_error(None, str(refusal))
        else:
            said = ngettext("Done: %(count)s grant.", "Done: %(count)s grants.", count)
            messages.success(request, said % {"count": count})
            return redirect("subsidies:review", found.pk)
    context = {
        "round": found,
        "step": step,
        "form": form,
        "confirm_label": _("Do it"),
        "cancel_url": reverse("subsidies:review", args=[found.pk]),
    }
    return render(request, "subsidies/review_do.html", context, status=200 if posted is None else 422)


def _visible(request: OfficeRequest, item_id: UUID) -> ReviewItem:
    found = get_object_or_404(
        ReviewItem.objects.visible_to(request.actor).select_related(
            "round__programme",
            "grant__person",
            "grant__programme",
            "grant__application",
            "proposed_by",
            "decided_by",
            "found_by",
        ),
        pk=item_id,
    )
    note_read(request, found.grant.person, reason="review")
    return found


@page(policies.may_see_reviews)
@require_GET
def review_item(request: OfficeRequest, item_id: UUID) -> HttpResponse:
    """One grant under review: what registers say, what was proposed and decided, what it means in money."""
    found = _visible(request, item_id)
    return render(request, "subsidies/review_item.html", _context(request, found))


def _context(request: OfficeRequest, found: ReviewItem) -> dict[str, Any]:
    actor = request.actor
    waits = found.state == ReviewState.PROPOSED and found.proposed_by_id != actor.staff_id
    decides = (
        policies.may_decide_reviews if found.result == ReviewResult.CONTINUE else policies.may_stop_grants
    )
    may_judge = found.is_sampled and not found.finding and policies.may_record_samples(actor)
    return {
        "item": found,
        "state": ReviewState(found.state),
        "grant_state": GrantState(found.grant.state),
        "reasons": [ReviewReason(one).label for one in found.reasons],
        "village": village_of(found.division_code),
        "arithmetic": arithmetic_of(
            found.grant, result=found.result, event_on=found.event_on, today=request.business_day
        ),
        "is_told_of": found.state == ReviewState.DECIDED and found.result in TO_BE_TOLD,
        "may_propose": found.state == ReviewState.OPEN and policies.may_propose_reviews(actor),
        "may_decide": waits and decides(actor),
        "may_tell": found.state == ReviewState.DECIDED
        and found.result in TO_BE_TOLD
        and found.told_on is None
        and policies.may_propose_reviews(actor),
        "may_judge": may_judge and actor.staff_id not in (found.proposed_by_id, found.decided_by_id),
    }


@page(policies.may_see_reviews)
@require_GET
def review_notice(request: OfficeRequest, item_id: UUID) -> HttpResponse:
    """The notice that the family gets of a stop or a suspension: why, from when, the sum, how to object."""
    found = _visible(request, item_id)
    context = _context(request, found)
    if not context["is_told_of"]:
        raise Http404
    terms = AppealTerms.objects.on(found.decided_on).first() if found.decided_on else None
    context["ways"] = ways(terms).paragraphs if terms else ()
    return render(request, "subsidies/review_notice.html", context)


@page(policies.may_see_reviews)
@require_GET
def review_item_history(request: OfficeRequest, item_id: UUID) -> HttpResponse:
    """Who did what with a grant under review, and what its row was before."""
    found = _visible(request, item_id)
    return show_history(
        request,
        record=found,
        heading=f"{found.grant.person.name} · {found.round.programme.name} {found.round.year}",
        back_url=reverse("subsidies:review_item", args=[found.pk]),
        back_label=found.grant.person.name,
    )


ITEM_STEPS: dict[str, tuple[Any, Any]] = {
    "propose": (policies.may_propose_reviews, results.propose_result),
    "decide": (policies.may_decide_reviews, results.decide_result),
    "send-back": (policies.may_decide_reviews, results.send_review_back),
    "tell": (policies.may_propose_reviews, results.record_told),
    "finding": (policies.may_record_samples, results.record_finding),
}


@page(policies.may_see_reviews)
@require_http_methods(["GET", "POST"])
def review_item_step(request: OfficeRequest, item_id: UUID, step: str) -> HttpResponse:
    """Propose, decide, send back, tell the family, or record what the city found."""
    found = _visible(request, item_id)
    if step not in ITEM_STEPS:
        raise Http404
    may, take = ITEM_STEPS[step]
    if not may(request.actor):
        raise NotAllowed()
    posted = request.POST if request.method == "POST" else None
    form = _form_of(step, posted, found)
    if posted is not None and (form is None or form.is_valid()):
        said = form.cleaned_data if form else {"proposal": posted.get("proposal", "")}
        try:
            take(actor=request.actor, item=found, **said)
        except NotAllowed:
            raise
        except DomainError as refusal:
            if form is None:
                messages.error(request, str(refusal))
                return redirect("subsidies:review_item", found.pk)
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded."))
            return redirect("subsidies:review_item", found.pk)
    labels = {
        "propose": _("Propose this result"),
        "decide": _("Decide so"),
        "send-back": _("Send it back"),
        "tell": _("The family is told"),
        "finding": _("Record the finding"),
    }
    context = {
        **_context(request, found),
        "form": form,
        "step": step,
        "confirm_label": labels[step],
        "cancel_url": reverse("subsidies:review_item", args=[found.pk]),
    }
    return render(request, "subsidies/review_item_step.html", context, status=200 if posted is None else 422)


def _form_of(step: str, posted: Any, item: ReviewItem) -> forms.Form | None:
    if step == "propose":
        return ProposalForm(posted, item=item)
    made = {"tell": ToldForm, "finding": FindingForm}.get(step)
    return made(posted) if made else None
