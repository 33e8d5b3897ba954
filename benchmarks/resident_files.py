"""Resident files of any size on the county's own villages."""

from __future__ import annotations

from pathlib import Path

from config.demonstration.residents import write_residents
from offices import clock
from offices.database.context import default_county, open_context
from offices.models import Division

_FAULTY_EVERY = 200


def write_file(path: Path, *, residents: int, seed: int = 2013) -> int:
    """A file of about so many residents, one row in two hundred faulty; how many rows there are.

    A faulty row is a copy of the row before it whose identity number has a wrong check digit.
    """
    with open_context(scope=default_county()):
        villages = list(Division.objects.villages().within(default_county()).values_list("code", flat=True))
        today = clock.today()
    draft = path.with_suffix(".draft")
    rows = write_residents(draft, villages=villages, residents=residents, seed=seed, today=today)
    with (
        draft.open(encoding="utf-8", newline="") as source,
        path.open("w", encoding="utf-8", newline="") as target,
    ):
        header = next(source)
        target.write(header)
        place = header.lstrip("\ufeff").strip().split(",").index("公民身份号码")
        for number, line in enumerate(source, start=1):
            target.write(line)
            if number % _FAULTY_EVERY == 0:
                cells = line.split(",")
                last = cells[place][-1]
                cells[place] = cells[place][:-1] + ("1" if last != "1" else "2")
                target.write(",".join(cells))
                rows += 1
    draft.unlink()
    return rows
