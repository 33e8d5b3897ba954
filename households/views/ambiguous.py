"""Rows of resident files that fit several people: a clerk says whom they mean."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households.forms import AmbiguousRowForm
from households.models import AmbiguousRow, Person, RegistryTask
from households.policies import may_settle_tasks
from households.selectors.ambiguous import candidates_of
from households.services.ambiguous_rows import settle_ambiguous_row
from offices.errors import DomainError
from offices.pages import note_read, page


@page(may_settle_tasks)
@require_http_methods(["GET", "POST"])
def ambiguous_rows(request: Any, pk: UUID) -> HttpResponse:
    """The rows of one household that wait for an answer, each with the people it fits."""
    task = get_object_or_404(
        RegistryTask.objects.visible_to(request.actor).select_related("household"),
        pk=pk,
        kind=RegistryTask.Kind.AMBIGUOUS,
    )
    # Without the import itself: the county's own is out of a township's sight.
    asked: list[dict[str, Any]] = [
        {"row": row, "form": _form(request, row)} for row in task.ambiguous_rows.unsettled()
    ]
    for entry in asked:
        if entry["form"].is_bound and entry["form"].is_valid():
            chosen = entry["form"].cleaned_data["person"]
            try:
                settle_ambiguous_row(
                    actor=request.actor,
                    row=entry["row"],
                    person_id=None if chosen == "none" else UUID(chosen),
                )
            except DomainError as refusal:
                entry["form"].add_error(None, str(refusal))
            else:
                is_last = len(asked) == 1
                return redirect("households:tasks") if is_last else redirect(request.path)
    status = 422 if any(entry["form"].errors for entry in asked) else 200
    return render(request, "households/ambiguous_rows.html", {"task": task, "asked": asked}, status=status)


def _form(request: Any, row: AmbiguousRow) -> AmbiguousRowForm:
    people = candidates_of(row)
    note_read(request, people)
    is_meant = request.method == "POST" and request.POST.get("row") == str(row.pk)
    return AmbiguousRowForm(
        request.POST if is_meant else None,
        choices=[(str(person.pk), _words(person)) for person in people],
        prefix=str(row.line),
    )


def _words(person: Person) -> str:
    number = str(person.id_number) if person.id_number else _("no identity number")
    died = _("died on %(day)s") % {"day": person.died_on.isoformat()} if person.died_on else ""
    return " · ".join(filter(None, [person.name, person.birth_date.isoformat(), number, died]))
