"""Lists of other departments, small and true to life, and what came of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from households.enums import DepartmentFileKind, FactSource
from households.models import DepartmentFile, EventProposal, Person
from households.services.department_files import SENDERS, Letter, read_file_here
from offices.actors import Actor
from tests.households.resident_files import as_csv

LETTER_DAY = datetime.date(2014, 1, 5)


def letter(
    kind: DepartmentFileKind = DepartmentFileKind.DEATHS,
    *,
    source: FactSource | None = None,
    sender: str = "山亭区民政局",
    document: str = "山民函〔2014〕3号",
    dated_on: datetime.date = LETTER_DAY,
) -> Letter:
    return Letter(kind, source or SENDERS[kind][0], sender, document, dated_on)


def list_of(rows: Sequence[Mapping[str, str]]) -> BinaryIO:
    """The rows as a CSV file; every column that one of them has."""
    header = list(dict.fromkeys(name for cells in rows for name in cells))
    return as_csv([header, *([cells.get(name, "") for name in header] for cells in rows)])


def report(
    actor: Actor,
    rows: Sequence[Mapping[str, str]],
    kind: DepartmentFileKind = DepartmentFileKind.DEATHS,
    **of_letter: Any,
) -> DepartmentFile:
    """Read a list of these rows, brought by `actor`."""
    return read_file_here(
        actor=actor, source=list_of(rows), file_name="名单.csv", letter=letter(kind, **of_letter)
    )


def counts(brought: DepartmentFile) -> dict[str, int]:
    """What came of the rows, without what came to nothing; they add up."""
    names = ("proposed", "known", "ambiguous", "repeated", "unmatched", "refused")
    found = {name: getattr(brought, name) for name in names}
    assert sum(found.values()) == brought.rows
    return {name: count for name, count in found.items() if count}


def death_of(person: Person, on: str = "2014-01-03", **cells: str) -> dict[str, str]:
    """A row of civil affairs about somebody."""
    number = person.id_number.reveal() if person.id_number else ""
    born = "" if number else person.birth_date.isoformat()
    return {"姓名": person.name, "公民身份号码": number, "出生日期": born, "死亡日期": on, **cells}


def only(brought: DepartmentFile) -> EventProposal:
    """The one proposal of a list."""
    return EventProposal.objects.get(brought=brought)


def rows_of(stored: Any) -> list[list[str]]:
    """The rows of a kept list, without its header."""
    import csv
    import io

    from offices.services.files import content_of

    if stored is None:
        return []
    text = b"".join(content_of(stored)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]
