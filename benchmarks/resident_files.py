"""Resident files of any size, and the same people as an office's own table would hold them."""

from __future__ import annotations

from pathlib import Path

from config.demonstration.residents import write_residents
from offices import clock
from offices.database.context import default_county, open_context
from offices.models import Division


def write_file(path: Path, *, residents: int, seed: int = 2013) -> int:
    """A file of about so many residents on the county's own villages; how many there are."""
    with open_context(scope=default_county()):
        villages = list(Division.objects.villages().within(default_county()).values_list("code", flat=True))
        today = clock.today()
    return write_residents(path, villages=villages, residents=residents, seed=seed, today=today)
