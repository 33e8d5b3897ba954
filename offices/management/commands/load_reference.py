from __future__ import annotations

from typing import Any

from offices.actors import Actor
from offices.commands import OfficeCommand
from offices.database.context import current_context
from offices.reference_data import load_all


class Command(OfficeCommand):
    """Load divisions, the working calendar, published policies and roles. Idempotent."""

    help = "load the reference data that an installation needs without the demonstration"

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        return load_all(actor=actor, county=current_context().county)
