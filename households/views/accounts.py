"""The account that benefits go to: entered by one person, confirmed by another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from households.enums import CorrectionState
from households.forms import AccountForm
from households.models import AccountCorrection, Person
from households.policies import may_confirm_accounts, may_enter_accounts, may_see_accounts
from households.services.accounts import confirm_account, current_account, propose_account, reject_account
from offices.errors import DomainError, NotAllowed
from offices.pages import OfficeRequest, note_read, page


@page(may_see_accounts)
@require_http_methods(["GET", "POST"])
def accounts(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """A person's account today, the one that waits, and the form to enter another."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=pk)
    note_read(request, person, reason="account")
    may_enter = may_enter_accounts(request.actor)
    form = AccountForm(request.POST if request.method == "POST" else None) if may_enter else None
    if form is not None and form.is_valid():
        try:
            propose_account(actor=request.actor, person=person, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The account is entered. Somebody else confirms it with the passbook or card.")
            )
            return redirect("households:accounts", person.pk)
    corrections = AccountCorrection.objects.visible_to(request.actor).filter(person=person)
    waiting = corrections.filter(state=CorrectionState.PROPOSED).select_related("proposed_by").first()
    context: dict[str, Any] = {
        "person": person,
        "account": current_account(person=person, on=request.business_day),
        "waiting": waiting,
        "may_confirm": waiting is not None
        and may_confirm_accounts(request.actor)
        and waiting.proposed_by_id != request.actor.staff_id,
        "may_reject": waiting is not None
        and (may_confirm_accounts(request.actor) or waiting.proposed_by_id == request.actor.staff_id),
        "form": form if waiting is None else None,
        "decided": corrections.exclude(state=CorrectionState.PROPOSED)
        .select_related("proposed_by", "decided_by")
        .order_by("-decided_on", "-pk"),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "households/accounts.html", context, status=status)


@page(may_see_accounts)
@require_POST
def account_decide(request: OfficeRequest, correction_id: UUID, decision: str) -> HttpResponse:
    """Confirm or reject an account that waits."""
    correction = get_object_or_404(
        AccountCorrection.objects.visible_to(request.actor).select_related("person"), pk=correction_id
    )
    try:
        if decision == "confirm":
            confirm_account(actor=request.actor, correction=correction)
            messages.success(request, _("From today on the money goes to this account."))
        elif decision == "reject":
            reject_account(actor=request.actor, correction=correction)
            messages.success(request, _("The entry is rejected; the account stays as it was."))
        else:
            raise Http404
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("households:accounts", correction.person_id)


@page(may_see_accounts)
@require_GET
def account_list(request: OfficeRequest) -> HttpResponse:
    """Accounts that wait for another person's confirmation."""
    rows = list(
        AccountCorrection.objects.visible_to(request.actor)
        .filter(state=CorrectionState.PROPOSED)
        .select_related("person", "proposed_by")
        .order_by("proposed_on", "pk")
    )
    note_read(request, [row.person for row in rows], reason="account")
    return render(request, "households/account_list.html", {"rows": rows})
