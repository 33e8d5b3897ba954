"""Pages without sign-in: health, verification, and the way in for the invited. They run without scope."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from offices.forms import FirstPasswordForm
from offices.models import Verification
from offices.pages import public_page
from offices.public_codes import answer_for
from offices.services.invitations import accept_invitation, invited


@public_page
@require_GET
def healthz(request: Any) -> HttpResponse:
    """Whether the web process reaches its database; no detail."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@public_page
@require_GET
def verify(request: Any, code: str) -> HttpResponse:
    """What a document with this code is, or how far a case, for whoever holds it; 404 for an unknown code."""
    # The database takes no character of code 0.
    asked = code.replace("\0", "").strip().upper()
    found = Verification.objects.filter(code=asked).first()
    told = None if found else answer_for(asked)
    context = {"found": found, "told": told, "code": code}
    return render(request, "offices/verify.html", context, status=200 if found or told else 404)


@public_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: Any, staff_id: UUID, token: str) -> HttpResponse:
    """The first password of an invited account; a link that has ended says so with 404."""
    staff = invited(staff_id, token)
    if staff is None:
        return render(request, "offices/welcome.html", {"staff": None, "form": None}, status=404)
    form = FirstPasswordForm(staff, request.POST or None)
    if form.is_valid():
        accept_invitation(staff_id=staff_id, token=token, password=form.cleaned_data["new_password1"])
        return redirect("account_login")
    return render(
        request,
        "offices/welcome.html",
        {"staff": staff, "form": form},
        status=422 if form.errors else 200,
    )
