"""Banks that pay out batches: reference data that a county completes."""

from __future__ import annotations

import json
from pathlib import Path

from offices.actors import Actor
from subsidies.models import Bank

SHIPPED = Path(__file__).resolve().parent.parent / "reference" / "banks.json"


def load_banks(*, actor: Actor, county: str) -> int:
    """Bring the banks that come with the installation, once; what a county has changed stays."""
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    for entry in shipped:
        Bank.objects.get_or_create(code=entry["code"], defaults=entry)
    return len(shipped)
