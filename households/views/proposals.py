"""What other departments report: the list, one report beside our record, and what a clerk decides."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from households.consequences import Consequence, consequences_of
from households.enums import DeclineReason, EventKind, ProposalState, Relation
from households.forms_of_proposals import ConfirmForm, DeclineForm, ProposalFilterForm, WhomForm
from households.models import DepartmentFile, EventProposal, LifeEvent, Person
from households.policies import may_decide_proposals, may_say_whom_rows_mean, may_see_proposals
from households.selectors.proposal_words import (
    candidate_words,
    proposal_lines,
    side_by_side,
    words_of_proposals,
)
from households.selectors.proposals import Look, kinds_of, looks_at
from households.services.events.checks import living_members, membership_on
from households.services.events.taking_back import may_take_back
from households.services.proposals import (
    candidates_for,
    confirm_proposal,
    decline_proposal,
    say_whom_it_means,
    take_up_again,
)
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import note_read, page

_COLUMNS = (
    Column("", kind="actions"),
    Column(gettext_lazy("Person"), key="name", order=("name",)),
    Column(gettext_lazy("What is reported"), key="day", order=("happened_on",)),
    Column(gettext_lazy("Department")),
    Column(gettext_lazy("Proposed on"), key="since", order=("proposed_on",)),
    Column(gettext_lazy("State"), key="state", order=("state",)),
    Column(gettext_lazy("To be seen")),
)
MOST_AT_ONCE = 50


@page(may_see_proposals)
@require_GET
def proposal_list(request: Any) -> HttpResponse:
    """Reports by village, event and state; what is left to do first."""
    return _show_list(request)


@page(may_decide_proposals)
@require_POST
def proposals_confirm(request: Any) -> HttpResponse:
    """Enter several reports from which nothing follows; the others are left with a sentence each."""
    chosen = request.POST.getlist("chosen")[:MOST_AT_ONCE]
    proposals = EventProposal.objects.visible_to(request.actor).filter(pk__in=_keys(chosen)).order_by("pk")
    if not proposals:
        return _show_list(request, error=_("Choose at least one report that is to be entered."))
    entered = 0
    for proposal in proposals:
        try:
            done = confirm_proposal(actor=request.actor, proposal=proposal, only_if_harmless=True)
        except NotAllowed:
            raise
        except DomainError as refusal:
            messages.warning(request, f"{proposal.name}: {refusal}")
        else:
            entered += done.state == ProposalState.CONFIRMED
    messages.success(
        request,
        ngettext("%(count)s report entered.", "%(count)s reports entered.", entered) % {"count": entered},
    )
    return redirect(f"{reverse('households:proposals')}?{request.GET.urlencode()}")


@page(may_see_proposals)
@require_GET
def proposal_detail(request: Any, pk: UUID) -> HttpResponse:
    """What the list says beside what we have, what follows, and the decision."""
    return _show(request, _proposal(request, pk))


@page(may_see_proposals)
@require_GET
def proposal_history(request: Any, pk: UUID) -> HttpResponse:
    """Who decided what about a report, and when."""
    proposal = _proposal(request, pk)
    return show_history(
        request,
        record=proposal,
        heading=_("History of this report"),
        back_url=reverse("households:proposal", args=[proposal.pk]),
        back_label=proposal.name,
    )


@page(may_say_whom_rows_mean)
@require_POST
def proposal_step(request: Any, pk: UUID, step: str) -> HttpResponse:
    """Enter it, decline it, take it up again, or say whom it means."""
    proposal = _proposal(request, pk)
    if step not in _STEPS:
        raise Http404
    return _STEPS[step](request, proposal)


def _confirm(request: Any, proposal: EventProposal) -> HttpResponse:
    if not may_decide_proposals(request.actor):
        raise NotAllowed
    look = looks_at([proposal])[proposal.pk]
    is_proposed = proposal.state == ProposalState.PROPOSED
    if is_proposed and request.POST.get("seen") != _mark(proposal, look, _follows(request, proposal, look)):
        return _show(
            request,
            proposal,
            error=_("What follows from it has changed since the page was opened. Read it, then enter it."),
        )
    form = ConfirmForm(request.POST, members=_heirs(request, proposal, look))
    if not form.is_valid():
        return _show(request, proposal, confirm=form)
    chosen = form.cleaned_data.get("new_head")
    new_head = Person.objects.visible_to(request.actor).filter(pk=chosen).first() if chosen else None
    try:
        done = confirm_proposal(actor=request.actor, proposal=proposal, new_head=new_head)
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _show(request, proposal, error=str(refusal))
    if done.state == ProposalState.KNOWN:
        messages.info(request, _("The registry says this already; nothing was entered twice."))
    else:
        messages.success(
            request, _("Entered, with the department as its source and the letter as its document.")
        )
    return redirect("households:proposal", pk=proposal.pk)


def _decline(request: Any, proposal: EventProposal) -> HttpResponse:
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _show(request, proposal, decline=form)
    try:
        decline_proposal(
            actor=request.actor,
            proposal=proposal,
            reason=DeclineReason(form.cleaned_data["reason"]),
            remark=form.cleaned_data["remark"],
        )
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _show(request, proposal, decline=form, error=str(refusal))
    messages.success(
        request, _("Declined. Nothing was entered; the same report of a later list stays declined.")
    )
    return redirect("households:proposal", pk=proposal.pk)


def _again(request: Any, proposal: EventProposal) -> HttpResponse:
    try:
        take_up_again(actor=request.actor, proposal=proposal)
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _show(request, proposal, error=str(refusal))
    messages.success(request, _("It awaits a decision again."))
    return redirect("households:proposal", pk=proposal.pk)


def _whom(request: Any, proposal: EventProposal) -> HttpResponse:
    form = WhomForm(request.POST, candidates=_candidates(request, proposal))
    if not form.is_valid():
        return _show(request, proposal, whom=form)
    try:
        done = say_whom_it_means(
            actor=request.actor, proposal=proposal, person_id=UUID(form.cleaned_data["person"])
        )
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _show(request, proposal, error=str(refusal))
    messages.success(request, _("Noted. The township that serves this person decides about it."))
    if request.actor.covers(done.division_code):
        return redirect("households:proposal", pk=proposal.pk)
    return redirect("households:proposals")


_STEPS = {"confirm": _confirm, "decline": _decline, "again": _again, "whom": _whom}


def _proposal(request: Any, pk: UUID) -> EventProposal:
    proposals = EventProposal.objects.visible_to(request.actor).select_related("decided_by")
    return get_object_or_404(proposals, pk=pk)


def _show_list(request: Any, *, error: str = "") -> HttpResponse:
    filters = ProposalFilterForm(request.GET or None, actor=request.actor)
    rows = filters.narrow(EventProposal.objects.visible_to(request.actor))
    listing = make_listing(
        query=request.GET, rows=rows, columns=_COLUMNS, default_sort="day", filters=filters
    )
    shown = list(listing.page.object_list)
    looks = looks_at(shown)
    note_read(request, [look.whom for look in looks.values() if look.whom])
    may_decide = may_decide_proposals(request.actor)
    lines = [
        {
            "line": line,
            "state": ProposalState(line.proposal.state),
            "may_choose": may_decide
            and line.proposal.state == ProposalState.PROPOSED
            and line.look.is_harmless,
        }
        for line in proposal_lines(shown, looks)
    ]
    context = {
        "listing": listing,
        "filters": filters,
        "lines": lines,
        "may_choose_any": any(line["may_choose"] for line in lines),
        "query": request.GET.urlencode(),
        "error": error,
    }
    return render(request, "households/proposal_list.html", context, status=422 if error else 200)


def _show(
    request: Any,
    proposal: EventProposal,
    *,
    error: str = "",
    confirm: ConfirmForm | None = None,
    decline: DeclineForm | None = None,
    whom: WhomForm | None = None,
) -> HttpResponse:
    look = looks_at([proposal])[proposal.pk]
    if look.whom:
        note_read(request, look.whom, reason="proposal")
    is_ambiguous = proposal.state == ProposalState.AMBIGUOUS
    may_decide = may_decide_proposals(request.actor)
    may_say_whom = is_ambiguous and may_say_whom_rows_mean(request.actor)
    is_proposed = proposal.state == ProposalState.PROPOSED
    follows = _follows(request, proposal, look) if is_proposed else []
    if is_proposed and may_decide and confirm is None:
        confirm = ConfirmForm(members=_heirs(request, proposal, look))
    context = {
        "proposal": proposal,
        "state": ProposalState(proposal.state),
        "look": look,
        "says": words_of_proposals([proposal])[0]["says"],
        "lines": side_by_side(proposal, look),
        "follows": follows,
        "seen": _mark(proposal, look, follows),
        "confirm": confirm if is_proposed and may_decide else None,
        "decline": (decline or DeclineForm()) if (is_proposed and may_decide) or may_say_whom else None,
        "whom": (whom or WhomForm(candidates=_candidates(request, proposal))) if may_say_whom else None,
        "may_take_up": proposal.state == ProposalState.DECLINED
        and (may_decide or (proposal.person_id is None and may_say_whom_rows_mean(request.actor))),
        **_entered(request, proposal),
        "brought_url": _brought_url(request, proposal),
        "error": error,
    }
    is_refused = bool(error or any(form and form.errors for form in (confirm, decline, whom)))
    return render(request, "households/proposal.html", context, status=422 if is_refused else 200)


def _follows(request: Any, proposal: EventProposal, look: Look) -> list[Consequence]:
    if look.whom is None or look.is_known:
        return []
    found = [
        one
        for kind in kinds_of(proposal)
        for one in consequences_of(
            actor=request.actor, kind=kind, person=look.whom, happened_on=proposal.happened_on
        )
    ]
    return list({str(one.text): one for one in found}.values())


def _mark(proposal: EventProposal, look: Look, follows: Sequence[Consequence]) -> str:
    """Stands for what the clerk was told: told otherwise meanwhile, she reads it first."""
    told: list[str | Promise] = [*look.against, *(one.text for one in follows)]
    words = [str(proposal.pk), str(look.is_known), str(look.whom.pk if look.whom else ""), *map(str, told)]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _heirs(request: Any, proposal: EventProposal, look: Look) -> list[tuple[str, str]]:
    """Who may be the next head of a dead head's household."""
    if proposal.kind != EventKind.DEATH or not look.ends_headship or look.whom is None:
        return []
    with county_scope():
        membership = membership_on(look.whom, proposal.happened_on)
        members = living_members(membership.household, proposal.happened_on) if membership else []
    return [
        (str(row.person_id), f"{row.person.name} · {Relation(row.relation).label}")
        for row in members
        if row.person_id != look.whom.pk and request.actor.covers(row.person.division_code)
    ]


def _candidates(request: Any, proposal: EventProposal) -> list[tuple[Person, str]]:
    with county_scope():
        people = candidates_for(proposal=proposal)
    note_read(request, [person for person in people if request.actor.covers(person.division_code)])
    return candidate_words(people, actor=request.actor)


def _entered(request: Any, proposal: EventProposal) -> dict[str, Any]:
    """The event that was recorded, also when it was taken back, and whether she may take it back."""
    if proposal.event_id is None:
        return {"event": None, "may_take_back": False}
    with county_scope():
        events = LifeEvent.objects.select_related("person", "taken_back_by")
        event = events.get(pk=proposal.event_id)
    return {"event": event, "may_take_back": may_take_back(actor=request.actor, event=event)}


def _brought_url(request: Any, proposal: EventProposal) -> str:
    """The page of the list, for who sees it: another office may have brought it."""
    is_seen = DepartmentFile.objects.visible_to(request.actor).filter(pk=proposal.brought_id).exists()
    return reverse("households:department_file", args=[proposal.brought_id]) if is_seen else ""


def _keys(chosen: Sequence[str]) -> list[UUID]:
    keys = []
    for text in chosen:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    return keys
