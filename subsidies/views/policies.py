"""A policy version on a page: what it says, what it changes, and its way from draft to published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.models import Job, Staff
from offices.pages import OfficeRequest, page
from offices.selectors.divisions import names_of_divisions
from offices.services.jobs import progress_of
from subsidies import policies
from subsidies.enums import FundingSource, PolicyState
from subsidies.models import PolicySimulation, PolicyVersion, Programme
from subsidies.policy_forms import KNOWN, RevisionForm, SendBackForm, SimulationForm
from subsidies.policy_words import AMOUNTS, READ_ELSEWHERE, kinds_of, name_of, value_in_words
from subsidies.predicates.tree import parameters_named
from subsidies.selectors.drafts import (
    content_digest,
    lacks_of,
    newest_simulation,
    open_draft,
    predecessor,
)
from subsidies.selectors.needs import may_state, needed_parameters
from subsidies.selectors.policy_differences import differences, notice_in_words
from subsidies.selectors.shown_rules import shown_rule
from subsidies.services.drafts import discard_draft, start_draft
from subsidies.services.publication import publish_policy, send_policy_back, submit_policy
from subsidies.services.simulation import SIMULATION_TASK, request_simulation


def visible_version(request: OfficeRequest, version_id: UUID) -> PolicyVersion:
    """The version, if the reader may read it: drafts are the county's and the auditor's."""
    versions = PolicyVersion.objects.visible_to(request.actor).select_related("programme")
    return get_object_or_404(versions, pk=version_id)


@page(policies.may_see_programmes)
@require_GET
def policy(request: OfficeRequest, version_id: UUID) -> HttpResponse:
    """One version: everything it says, how it differs from the one before, and what comes next."""
    version = visible_version(request, version_id)
    former = predecessor(version)
    is_open = version.state in (PolicyState.DRAFT, PolicyState.SUBMITTED) and not version.is_shipped
    context = {
        "version": version,
        "state": PolicyState(version.state),
        "is_open": is_open,
        "may_edit": may_edit(request.actor, version),
        "may_correct": former is None and may_correct(request.actor, version),
        "parts": shown_rule(version),
        "parameters": _parameters(version),
        "addable": _addable(version),
        "notice": notice_in_words(version.notice),
        "funding": [
            {"source": FundingSource(part["source"]).label, "share": part["share"]}
            for part in version.funding
        ],
        "former": former,
        "differences": differences(former, version) if former else [],
        "lacks": lacks_of(version) if is_open else [],
        "people": _people(version),
        "steps": _steps(request.actor, version),
        **(_simulation(request, version) if policies.may_see_drafts(request.actor) else {}),
    }
    return render(request, "subsidies/policy.html", context)


def may_edit(actor: Actor, version: PolicyVersion) -> bool:
    """Whether the actor may write on it: a draft of the county's own."""
    return (
        policies.may_publish_policies(actor) and version.state == PolicyState.DRAFT and not version.is_shipped
    )


def may_correct(actor: Actor, version: PolicyVersion) -> bool:
    """Whether the actor may correct what the programme of a draft is: no version of it is published."""
    return may_edit(actor, version) and not _is_published(version)


def _is_published(version: PolicyVersion) -> bool:
    return Programme.objects.published().filter(pk=version.programme_id).exists()


def _parameters(version: PolicyVersion) -> list[dict[str, Any]]:
    """Every dated parameter with its rows, the newest first; amounts before all others."""
    named = {*parameters_named(version.rule), *needed_parameters(version.programme)}
    known = dict(KNOWN)
    found = []
    for name in sorted({*version.parameters, *named}, key=lambda name: (name not in AMOUNTS, name)):
        kinds = kinds_of(version, name)
        rows = sorted(version.parameters.get(name) or [], key=lambda row: row["from"], reverse=True)
        found.append(
            {
                "name": name,
                "label": name_of(name),
                "is_amount": name in AMOUNTS,
                "is_unused": name not in named and name not in READ_ELSEWHERE,
                "rows": [
                    {
                        "from_on": row["from"],
                        "to_on": row.get("to"),
                        "value": value_in_words(kinds, row["value"]),
                        "known": known.get(row.get("known", ""), ""),
                        "is_sure": row.get("known") == "source",
                    }
                    for row in rows
                ],
            }
        )
    return found


def _addable(version: PolicyVersion) -> list[dict[str, str]]:
    """Parameters that can be stated though no condition names them: amounts, papers, time limits."""
    return [
        {"name": name, "label": name_of(name)}
        for name in READ_ELSEWHERE
        if not version.parameters.get(name) and may_state(version.programme, name)
    ]


def _people(version: PolicyVersion) -> dict[str, Any]:
    keys = [*version.authors, version.drafted_by_id, *filter(None, [version.approved_by_id])]
    names = dict(Staff.objects.filter(pk__in=keys).values_list("pk", "name"))
    authors = version.authors or [version.drafted_by_id]
    return {
        "authors": "、".join(names.get(key, "") for key in authors),
        "approver": names.get(version.approved_by_id, "") if version.approved_by_id else "",
    }


def _simulation(request: OfficeRequest, version: PolicyVersion) -> dict[str, Any]:
    found = newest_simulation(version)
    is_open = version.state in (PolicyState.DRAFT, PolicyState.SUBMITTED) and not version.is_shipped
    may_simulate = is_open and policies.may_simulate_policies(request.actor)
    day = max(request.business_day, version.from_on)
    return {
        "simulation": _told(found) if found else None,
        "is_outdated": found is not None and is_open and found.digest != content_digest(version),
        "simulation_form": SimulationForm(version=version, initial={"as_of": day}) if may_simulate else None,
    }


def _told(found: PolicySimulation) -> dict[str, Any]:
    """The counts of a simulation with the names of the places and of who pays."""
    counts = found.counts
    names = names_of_divisions(row["code"] for row in counts["rows"])
    total = counts["total"] or {}
    return {
        "record": found,
        "changed": total.get("raised", 0) + total.get("lowered", 0),
        "money_after": total.get("money_after"),
        "has_money": "money_after" in total,
        "rows": [{**row, "name": names.get(row["code"], row["code"])} for row in counts["rows"]],
        "rest": counts["rest"],
        "total": counts["total"],
        "unknown": counts["unknown"],
        "budget": [{**line, "source": FundingSource(line["source"]).label} for line in counts["budget"]],
    }


@page(policies.may_see_programmes)
@require_GET
def policy_history(request: OfficeRequest, version_id: UUID) -> HttpResponse:
    """Who wrote, submitted, sent back, approved it."""
    version = visible_version(request, version_id)
    return show_history(
        request,
        record=version,
        heading=title_of(version),
        back_url=reverse("subsidies:policy", args=[version.pk]),
        back_label=title_of(version),
    )


def title_of(version: PolicyVersion) -> str:
    """What a version is called on pages."""
    return _("%(programme)s, version %(number)s") % {
        "programme": version.programme.name,
        "number": version.number,
    }


@page(policies.may_publish_policies)
@require_POST
def policy_new(request: OfficeRequest, programme_code: str) -> HttpResponse:
    """Begin a version of one's own as a copy; where a draft is open, go on with that one."""
    programme = get_object_or_404(Programme, pk=programme_code)
    draft = open_draft(programme)
    if draft is not None:
        messages.info(request, _("This draft is open already."))
    else:
        draft = start_draft(actor=request.actor, programme=programme)
        messages.success(
            request,
            _("The draft is a copy of what holds. Change what is to change.")
            if draft.basis_title
            else _("The draft is begun. The page says what is still missing."),
        )
    return redirect("subsidies:policy", draft.pk)


# Simulation ----------------------------------------------------------------------------------


@page(policies.may_publish_policies)
@require_http_methods(["GET", "POST"])
def policy_simulate(request: OfficeRequest, version_id: UUID) -> HttpResponse:
    """Ask for a draft to be counted."""
    version = visible_version(request, version_id)
    day = max(request.business_day, version.from_on)
    form = SimulationForm(request.POST or None, version=version, initial={"as_of": day})
    if request.method == "POST" and form.is_valid():
        try:
            job = request_simulation(actor=request.actor, version=version, as_of=form.cleaned_data["as_of"])
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("subsidies:policy_simulation", version.pk, job.pk)
    is_refused = request.method == "POST"
    return render(
        request,
        "subsidies/policy_simulate.html",
        {"version": version, "form": form},
        status=422 if is_refused else 200,
    )


@page(policies.may_publish_policies)
@require_GET
def policy_simulation(request: OfficeRequest, version_id: UUID, job_id: UUID) -> HttpResponse:
    """How far the counting is; when it is done, what it found."""
    version = visible_version(request, version_id)
    job = get_object_or_404(Job, pk=job_id, kind=SIMULATION_TASK, result__version=str(version.pk))
    found = f"{reverse('subsidies:policy', args=[version.pk])}#simulation"
    is_htmx = bool(request.htmx)  # type: ignore[attr-defined] # set by its middleware
    if job.state == "done":
        if not is_htmx:
            return redirect(found)
        response = HttpResponse()
        response["HX-Redirect"] = found
        return response
    job.steps_done, job.steps_total = progress_of(job)
    template = "subsidies/policy_simulation.html#progress" if is_htmx else "subsidies/policy_simulation.html"
    poll_url = reverse("subsidies:policy_simulation", args=[version.pk, job.pk])
    return render(request, template, {"version": version, "job": job, "poll_url": poll_url})


# Steps ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a version: what it is called, what it does, and what is said when it is done."""

    label: str | Promise
    consequence: str | Promise
    done: str | Promise
    take: Callable[..., PolicyVersion]
    form: type[RevisionForm] = RevisionForm
    tone: str = "primary"


STEPS = {
    "submit": Step(
        gettext_lazy("Submit for approval"),
        gettext_lazy("Nothing can be changed in it while somebody else at the county reads it."),
        gettext_lazy("It waits for a second person at the county."),
        lambda **given: submit_policy(draft=given.pop("version"), **given),
    ),
    "publish": Step(
        gettext_lazy("Approve and publish"),
        gettext_lazy(
            "A published version never changes. The one before it ends on the day on which this one begins; "
            "the next assessment goes by it."
        ),
        gettext_lazy("The version is published."),
        publish_policy,
    ),
    "send-back": Step(
        gettext_lazy("Send back"),
        gettext_lazy("It is a draft again, and its author reads why."),
        gettext_lazy("It is a draft again."),
        send_policy_back,
        form=SendBackForm,
    ),
    "take-back": Step(
        gettext_lazy("Take back"),
        gettext_lazy("It is a draft again and can be changed."),
        gettext_lazy("It is a draft again."),
        send_policy_back,
    ),
    "discard": Step(
        gettext_lazy("Discard the draft"),
        gettext_lazy("It stays on record as discarded; what holds today does not change."),
        gettext_lazy("The draft is discarded."),
        lambda **given: discard_draft(draft=given.pop("version"), **given),
        tone="danger",
    ),
}


def _steps(actor: Actor, version: PolicyVersion) -> list[dict[str, Any]]:
    """The steps that the actor may take with a version now."""
    if not policies.may_publish_policies(actor) or version.is_shipped:
        return []
    is_own = actor.staff_id in version.authors or actor.staff_id == version.drafted_by_id
    submitted = ("take-back",) if is_own else ("publish", "send-back")
    words = {PolicyState.DRAFT: ("submit", "discard"), PolicyState.SUBMITTED: submitted}
    return [
        {"word": word, "label": STEPS[word].label, "tone": STEPS[word].tone}
        for word in words.get(PolicyState(version.state), ())
    ]


@page(policies.may_publish_policies)
@require_http_methods(["GET", "POST"])
def policy_step(request: OfficeRequest, version_id: UUID, step: str) -> HttpResponse:
    """Ask before a step, then take it."""
    version = visible_version(request, version_id)
    chosen = STEPS.get(step)
    if chosen is None:
        return redirect("subsidies:policy", version.pk)
    form = chosen.form(request.POST or None, version=version)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "revision"}
        try:
            chosen.take(actor=request.actor, version=version, revision=form.opened_revision, **given)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, str(chosen.done))
            return redirect("subsidies:policy", version.pk)
    former = predecessor(version)
    context = {
        "version": version,
        "step": chosen,
        "is_past": step == "publish" and former is not None and version.from_on < request.business_day,
        "is_new": former is None
        and not Programme.objects.announced().filter(pk=version.programme_id).exists(),
        "former": former,
        "differences": differences(former, version) if former else [],
        "form": form,
        "confirm_label": chosen.label,
        "confirm_tone": chosen.tone,
        "cancel_url": reverse("subsidies:policy", args=[version.pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/policy_step.html", context, status=status)
