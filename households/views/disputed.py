"""Where a file says otherwise than the counter put right: a clerk says which of the two is true."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households.enums import Disputed, DisputeDecision, Sex
from households.forms import DisputeForm
from households.models import DisputedEntry, Person, RegistryTask
from households.policies import may_settle_tasks
from households.services.disputed_entries import settle_dispute
from offices.errors import DomainError
from offices.pages import note_read, page


@page(may_settle_tasks)
@require_http_methods(["GET", "POST"])
def disputed_entries(request: Any, pk: UUID) -> HttpResponse:
    """The values of one household that wait for an answer, each with what the registry and the file say."""
    task = get_object_or_404(
        RegistryTask.objects.visible_to(request.actor).select_related("household"),
        pk=pk,
        kind=RegistryTask.Kind.DISPUTED,
    )
    entries = task.disputed_entries.unsettled().select_related("person", "event", "put_right_by")
    asked: list[dict[str, Any]] = [_asked(request, entry) for entry in entries]
    note_read(request, [one["entry"].person for one in asked])
    for one in asked:
        form = one["form"]
        if form.is_bound and form.is_valid():
            try:
                settle_dispute(
                    actor=request.actor,
                    entry=one["entry"],
                    decision=DisputeDecision(form.cleaned_data["decision"]),
                    document=form.cleaned_data["document"],
                )
            except DomainError as refusal:
                form.add_error("document" if refusal.code == "document_needed" else None, str(refusal))
            else:
                return redirect("households:tasks") if len(asked) == 1 else redirect(request.path)
    status = 422 if any(one["form"].errors for one in asked) else 200
    return render(request, "households/disputed_entries.html", {"task": task, "asked": asked}, status=status)


def _asked(request: Any, entry: DisputedEntry) -> dict[str, Any]:
    is_meant = request.method == "POST" and request.POST.get("entry") == str(entry.pk)
    return {
        "entry": entry,
        "known": _known(entry.person, entry.word),
        "said": _said(entry),
        "is_own": entry.put_right_by_id == request.actor.staff_id,
        "form": DisputeForm(request.POST if is_meant else None, prefix=f"{entry.line}-{entry.word}"),
    }


def _known(person: Person, word: str) -> str:
    match word:
        case Disputed.NAME:
            return person.name
        case Disputed.SEX:
            return person.get_sex_display()
        case Disputed.BORN:
            return person.birth_date.isoformat()
    return str(person.id_number) if person.id_number else _("no identity number")


def _said(entry: DisputedEntry) -> str:
    if entry.word == Disputed.SEX:
        return str(Sex(entry.said).label)
    return str(entry.said_number) if entry.word == Disputed.NUMBER else entry.said
