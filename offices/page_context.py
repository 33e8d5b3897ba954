"""What every page shows around its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from offices.actors import Actor
from offices.enums import Role
from offices.work import navigation_for


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role that she may act in, with the name of its division; `is_in_use` marks the present one."""

    role: Role
    division_code: str
    division_name: str
    is_in_use: bool


def office(request: Any) -> dict[str, Any]:
    """Context of base.html: who acts, where she may go, which day it is (docs/components.md)."""
    actor = getattr(request, "actor", None)
    names = getattr(request, "division_names", {})
    path = request.path
    return {
        "actor": actor,
        "county_name": getattr(request, "county_name", ""),
        "actor_division_name": names.get(actor.division_code, "") if actor else "",
        "actor_roles": _choices(getattr(request, "actors", []), actor, names),
        "idle_minutes": settings.HUIMIN_IDLE_MINUTES,
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


def _choices(actors: list[Actor], in_use: Actor | None, names: dict[str, str]) -> list[RoleChoice]:
    return [
        RoleChoice(
            role=actor.role,
            division_code=actor.division_code,
            division_name=names.get(actor.division_code, ""),
            is_in_use=actor == in_use,
        )
        for actor in actors
    ]
