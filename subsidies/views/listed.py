"""Steps taken by list: what would go and what stays, the act, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from offices.actors import Actor
from offices.acts_in_words import words_of
from offices.errors import DomainError, NotAllowed
from offices.history import Change, HistoryLine
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.asked_jobs import jobs_to_tell
from offices.selectors.divisions import names_of_divisions
from offices.tones import Tone
from subsidies import policies
from subsidies.enums import ApplicationState, LeftBehind, Step
from subsidies.listed_forms import FORM_OF, ListChoice, programmes_by_list
from subsidies.models import Application, ApplicationStep, ListedAct
from subsidies.selectors import list_jobs
from subsidies.selectors.list_jobs import LIST_TASK, LOOK
from subsidies.selectors.listed import lists_of
from subsidies.services.list_jobs import (
    count_listed,
    is_large_list,
    request_list,
    request_look,
    said,
    take_by_list,
)
from subsidies.services.listed_acts import look_ahead
from subsidies.views.asked_jobs import Work, asked_job, show_asked_job

COLUMNS = (
    Column(gettext_lazy("File number"), "file", ("file_number",)),
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("State")),
)
_VERBS: dict[str, str] = {
    Step.ENTRY: "subsidies.enter_listed",
    Step.VILLAGE_REVIEW: "subsidies.review_listed_in_village",
    Step.TOWNSHIP_REVIEW: "subsidies.review_listed_in_township",
    Step.COUNTY_CONFIRMATION: "subsidies.confirm_listed",
    Step.GRANT: "subsidies.grant_listed",
}


def steps_by_list(actor: Actor) -> list[Step]:
    """The steps that somebody may take by list today; none where no such programme is in force."""
    own = [step for step in policies.LISTED_STEPS if actor.role in policies.STEP_ROLES[step]]
    return own if own and programmes_by_list() else []


@page(policies.may_act_by_list)
@require_http_methods(["GET", "POST"])
def list_new(request: OfficeRequest, step: str) -> HttpResponse:
    """Choose programme and place, see how many go and who stays behind and why, and take the step."""
    if step not in policies.LISTED_STEPS:
        raise Http404
    if request.actor.role not in policies.STEP_ROLES[step]:
        raise NotAllowed()
    choice = ListChoice(request.GET or None, actor=request.actor)
    context: dict[str, Any] = {
        "step": Step(step),
        "choice": choice,
        "form": None,
        "refused": "",
        "jobs": jobs_to_tell(request.actor, LIST_TASK).filter(result__step=step),
    }
    if not choice.is_valid():
        return render(request, "subsidies/listed_new.html", context)
    where = {
        "actor": request.actor,
        "programme": choice.cleaned_data["programme"],
        "step": step,
        "division_code": choice.cleaned_data["place"].pk,
    }
    is_taken = request.method == "POST" and LOOK not in request.POST
    form = FORM_OF[step](request.POST if is_taken else None)
    if form.is_valid():
        try:
            return _taken(request, where, _given(form.cleaned_data))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    try:
        if LOOK in request.POST:
            return redirect("subsidies:listed_job", request_look(**where).pk)
        context |= _ahead(where)
    except DomainError as refusal:
        context["refused"] = str(refusal)
    context |= {"form": form, "programme": where["programme"], "place": choice.cleaned_data["place"]}
    return render(
        request, "subsidies/listed_new.html", context, status=422 if request.method == "POST" else 200
    )


def _ahead(where: dict[str, Any]) -> dict[str, Any]:
    """How many go and who stays behind; of a very long list as a worker found it, or that one has still to look."""
    count = count_listed(**where)
    if count <= list_jobs.LOOKED_AT_ONCE:
        ahead = look_ahead(**where)
        return {"ready": ahead.taken, "left_behind": in_words(ahead.left_behind)}
    look = list_jobs.last_look(**where)
    if look is None:
        return {"to_look": count}
    return {
        "ready": look.result["ready"],
        "left_behind": in_words(look.result["left_behind"]),
        "looked_at": look.finished_at,
    }


def _taken(request: OfficeRequest, where: dict[str, Any], told: dict[str, Any]) -> HttpResponse:
    """Take the step, or give it to a worker where thousands of cases stand before it. Raises DomainError."""
    if is_large_list(**where):
        job = request_list(**where, told=told)
        return redirect("subsidies:listed_job", job.pk)
    act = take_by_list(**where, told=told)
    messages.success(request, said(act))
    return redirect("subsidies:listed_act", act.pk)


def _given(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "present": told["present"].splitlines()} if "present" in told else told


@page(policies.may_act_by_list)
@require_GET
def list_job(request: OfficeRequest, job_id: UUID) -> HttpResponse:
    """How far a worker is with a list; once it is done, the act."""
    job = asked_job(request, job_id, LIST_TASK)
    step, act = job.result.get("step", Step.ENTRY), job.result.get("act")
    where = {name: job.result[name] for name in ("programme", "place") if name in job.result}
    list_url = reverse("subsidies:application_list")
    back_url = f"{reverse('subsidies:listed_new', args=[step])}?{urlencode(where)}"
    work = Work(
        title=_("%(step)s by list") % {"step": Step(step).label},
        unit=_("cases"),
        icon="list",
        list_label=_("Applications"),
        list_url=list_url,
        back_label=_("To the list"),
        back_url=back_url,
        done_url=reverse("subsidies:listed_act", args=[act]) if act else back_url,
    )
    return show_asked_job(request, job, work)


def in_words(left_behind: Mapping[Any, int]) -> list[tuple[str, int]]:
    """Each reason and how many, in the order of the reasons."""
    words: Iterable[LeftBehind] = LeftBehind
    return [(str(reason.label), left_behind[reason]) for reason in words if left_behind.get(reason)]


@page(policies.may_see_applications)
@require_GET
def listed_act(request: OfficeRequest, act_id: UUID) -> HttpResponse:
    """What was done by a list: by whom, how many went, how many stayed behind and why, and whose cases."""
    act = get_object_or_404(
        ListedAct.objects.visible_to(request.actor).select_related("programme", "acted_by"), pk=act_id
    )
    listing = make_listing(
        query=request.GET,
        rows=Application.objects.visible_to(request.actor).filter(steps__listed=act).select_related("person"),
        columns=COLUMNS,
        default_sort="file",
    )
    shown = list(listing.page)
    note_read(request, [case.person for case in shown], reason="list")
    names = names_of_divisions({act.division_code, *(case.division_code for case in shown)})
    context = {
        "act": act,
        "place": names.get(act.division_code, act.division_code),
        "left_behind": in_words(act.left_behind),
        "listing": listing,
        "rows": [
            {
                "application": case,
                "state": ApplicationState(case.state),
                "village": names.get(case.division_code, ""),
            }
            for case in shown
        ],
    }
    return render(request, "subsidies/listed_act.html", context)


def lines_of_lists(steps: Iterable[ApplicationStep]) -> list[HistoryLine]:
    """For the history of a case: what was done to it by list, by whom, with how many others."""
    return [
        HistoryLine(
            what=words_of(_VERBS[on_list.act.step]),
            who=on_list.act.acted_by.name,
            role=on_list.act.get_role_display(),
            at=on_list.act.known_at,
            changes=[Change(_("By list"), "", on_list.words)],
            tone=Tone.ACTIVE.value,
        )
        for on_list in lists_of(steps).values()
    ]
