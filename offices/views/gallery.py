"""Every shared component in every state, on one page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from offices.pages import anybody, page


@page(anybody)
@require_GET
def gallery(request: Any) -> HttpResponse:
    """The components that pages are built from, and their contracts."""
    return render(request, "gallery.html")
