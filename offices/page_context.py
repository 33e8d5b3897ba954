"""What every page shows around its content."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from offices.work import navigation_for


def office(request: Any) -> dict[str, Any]:
    """Context of base.html: who acts, where she may go, which day it is (docs/components.md)."""
    actor = getattr(request, "actor", None)
    names = getattr(request, "division_names", {})
    path = request.path
    return {
        "actor": actor,
        "county_name": getattr(request, "county_name", ""),
        "actor_division_name": names.get(actor.division_code, "") if actor else "",
        "actor_roles": getattr(request, "actors", []),
        "navigation": [
            {
                "entry": entry,
                "is_here": path == entry.url or (entry.url != "/" and path.startswith(entry.url)),
            }
            for entry in (navigation_for(actor) if actor else [])
        ],
        "business_day": getattr(request, "business_day", None),
        "is_demo": settings.HUIMIN_DEMO,
        "search_text": request.GET.get("q", "") if path == "/search/" else "",
    }
