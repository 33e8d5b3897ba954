"""The division tree as reference data."""

from __future__ import annotations

import csv
from pathlib import Path

from offices.actors import Actor
from offices.models import Division

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


def load_divisions(*, actor: Actor, county: str) -> int:
    """Insert or update the divisions of a county from its list; returns how many there are.

    Source: the statistics bureau's list of 2023.
    """
    with (REFERENCE / f"divisions-{county}.csv").open(encoding="utf-8", newline="") as lines:
        divisions = [
            Division(
                code=row["code"], name=row["name"], level=row["level"], parent_id=row["parent_code"] or None
            )
            for row in csv.DictReader(lines)
        ]
    known = {division.code for division in divisions}
    for division in divisions:
        if division.parent_id not in known:
            division.parent_id = None
    divisions.sort(key=lambda division: division.code)
    Division.objects.bulk_create(
        divisions, update_conflicts=True, unique_fields=["code"], update_fields=["name", "level", "parent"]
    )
    return len(divisions)
