"""Steps with a resident file that was brought: assign its columns, take in, cancel, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from households.enums import ImportState
from households.forms import HeadersForm
from households.models import ResidentImport
from households.policies import may_import
from households.services.import_decisions import assign_headers, cancel_import, take_in_after_trial
from households.services.import_undo import request_undo
from offices.actors import Actor
from offices.errors import DomainError
from offices.pages import page

_Step = Callable[[Actor, ResidentImport], UUID]


def _cancel(actor: Actor, brought: ResidentImport) -> UUID:
    return cancel_import(actor=actor, brought=brought).pk


def _take_in(actor: Actor, brought: ResidentImport) -> UUID:
    return take_in_after_trial(actor=actor, brought=brought).pk


def _take_back(actor: Actor, brought: ResidentImport) -> UUID:
    request_undo(actor=actor, brought=brought)
    return brought.pk


_STEPS: dict[str, tuple[_Step, Promise, Promise, Promise]] = {
    "cancel": (
        _cancel,
        _("Cancel the import"),
        _("The import stops at its next step, and nothing of it stays in the registry."),
        _("Cancel the import"),
    ),
    "take-in": (
        _take_in,
        _("Take the tried file in"),
        _("The very file that was tried is taken in, for the same day and with the same columns."),
        _("Take it in now"),
    ),
    "take-back": (
        _take_back,
        _("Take the import back"),
        _(
            "People and households that the file brought go, and what it changed becomes what it was. "
            "That is possible while nothing later has changed these people or rests on them."
        ),
        _("Take the import back"),
    ),
}


@page(may_import)
@require_http_methods(["GET", "POST"])
def import_headers(request: Any, pk: UUID) -> HttpResponse:
    """Say what the columns of a sender's file stand for."""
    brought = get_object_or_404(ResidentImport.objects.visible_to(request.actor), pk=pk)
    if brought.state != ImportState.HEADERS:
        return redirect("households:import", pk=brought.pk)
    form = HeadersForm(
        request.POST if request.method == "POST" else None,
        headers=brought.headers,
        initial={"sender": brought.sender},
    )
    if request.method == "POST" and form.is_valid():
        try:
            assign_headers(
                actor=request.actor,
                brought=brought,
                sender=form.cleaned_data["sender"],
                columns=form.columns,
            )
        except DomainError as refusal:
            form.add_error("sender" if refusal.code == "sender_missing" else None, str(refusal))
        else:
            return redirect("households:import", pk=brought.pk)
    status = 422 if form.errors else 200
    return render(
        request, "households/import_headers.html", {"brought": brought, "form": form}, status=status
    )


@page(may_import)
@require_http_methods(["GET", "POST"])
def import_step(request: Any, pk: UUID, step: str) -> HttpResponse:
    """Ask before a step, then take it; a refusal says why and what to do."""
    brought = get_object_or_404(ResidentImport.objects.visible_to(request.actor), pk=pk)
    if step not in _STEPS:
        raise Http404
    act, title, words, submit = _STEPS[step]
    refused = ""
    if request.method == "POST":
        try:
            return redirect("households:import", pk=act(request.actor, brought))
        except DomainError as refusal:
            refused = str(refusal)
    context = {"brought": brought, "title": title, "words": words, "submit": submit, "refused": refused}
    return render(request, "households/import_step.html", context, status=422 if refused else 200)
