"""Pages without sign-in: health and verification. They run without scope."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from offices.models import Verification
from offices.pages import public_page


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
    """What a document with this code is, for whoever holds it; 404 for an unknown code."""
    # The database takes no character of code 0.
    found = Verification.objects.filter(code=code.replace("\0", "").strip().upper()).first()
    return render(
        request, "offices/verify.html", {"found": found, "code": code}, status=200 if found else 404
    )
