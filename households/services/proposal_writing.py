"""The rows of another department's list on their way to become proposals, chunk by chunk.

Nothing of the registry is changed. What the registry says already is kept as known; what an earlier
file has told is not told again; who is not in the registry is listed for whoever brought the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection

from households.enums import DepartmentFileKind, MatchedBy, ProposalState
from households.error_file import ErrorFile
from households.models import DepartmentFile, EventProposal
from households.readers import Line, Table
from households.rows import DepartmentRow, DepartmentRows, RefusedRow
from households.selectors.people_meant import (
    Description,
    Meant,
    VillageNames,
    people_meant,
    smallest_division,
)
from households.selectors.proposals import looks_at
from offices import clock
from offices.database.context import current_context
from offices.identifiers import mask_citizen_number
from offices.sealing import Purpose, digest
from offices.spreadsheets import harmless_cell

CHUNK = 500
UNMATCHED_COLUMNS = ("行号", "姓名", "公民身份号码", "出生日期", "所在村", "日期")
_BYTE_ORDER_MARK = "\ufeff"


@dataclass
class Outcome:
    """What came of the rows so far; the six counts after `rows` add up to it."""

    rows: int = 0
    proposed: int = 0
    known: int = 0
    ambiguous: int = 0
    repeated: int = 0
    unmatched: int = 0
    refused: int = 0
    refused_text: io.StringIO = field(default_factory=lambda: io.StringIO(newline=""))
    unmatched_text: io.StringIO = field(default_factory=lambda: io.StringIO(newline=""))

    @property
    def counts(self) -> dict[str, int]:
        names = ("rows", "proposed", "known", "ambiguous", "repeated", "unmatched", "refused")
        return {name: getattr(self, name) for name in names}


def write_proposals(*, brought: DepartmentFile, table: Table, on_progress: Callable[[int], None]) -> Outcome:
    """Make the proposals of a file. At county scope, one file after the other."""
    county = current_context().county
    _wait_for_turn(county)
    villages = VillageNames(county=county)
    rows = DepartmentRows(
        kind=DepartmentFileKind(brought.kind),
        county=county,
        villages=frozenset(villages.codes),
        dated_on=brought.dated_on,
    )
    writing = _Writing(brought, rows, villages, county)
    for chunk in _chunks(table.lines()):
        writing.take(chunk)
        on_progress(writing.told.rows)
    return writing.told


class _Writing:
    def __init__(
        self, brought: DepartmentFile, rows: DepartmentRows, villages: VillageNames, county: str
    ) -> None:
        self._brought = brought
        self._rows = rows
        self._villages = villages
        self._county = county
        self.told = Outcome()
        self._errors = ErrorFile(self.told.refused_text)
        self.told.unmatched_text.write(_BYTE_ORDER_MARK)
        self._unmatched = csv.writer(self.told.unmatched_text)
        self._unmatched.writerow(UNMATCHED_COLUMNS)

    def take(self, lines: list[Line]) -> None:
        self.told.rows += len(lines)
        rows = list(self._new(self._readable(lines)))
        described = [Description(row.name, row.birth_date, row.place, row.number) for row, _key in rows]
        meant = people_meant(described=described, villages=self._villages)
        proposals = [
            self._proposal(row, key, found)
            for (row, key), found in zip(rows, meant, strict=True)
            if self._is_somebody(row, found)
        ]
        looks = looks_at(proposals, only_known=True)
        for proposal in proposals:
            if looks[proposal.pk].is_known:
                proposal.state = ProposalState.KNOWN
            count = "ambiguous" if proposal.state == ProposalState.AMBIGUOUS else proposal.state
            setattr(self.told, count, getattr(self.told, count) + 1)
        EventProposal.objects.bulk_create(proposals)

    def _readable(self, lines: Iterable[Line]) -> Iterator[DepartmentRow]:
        for line in lines:
            row = self._rows.read(line)
            if isinstance(row, RefusedRow):
                self.told.refused += 1
                self._errors.write(row)
            else:
                yield row

    def _new(self, rows: Iterable[DepartmentRow]) -> Iterator[tuple[DepartmentRow, bytes]]:
        """Rows whose words no earlier row or file has said."""
        keyed: dict[bytes, DepartmentRow] = {}
        for row in rows:
            key = digest(row.words(self._brought.dated_on), Purpose.RESIDENT_ROW)
            self.told.repeated += key in keyed
            keyed.setdefault(key, row)
        known = EventProposal.objects.filter(row_key__in=list(keyed)).exclude(state=ProposalState.WITHDRAWN)
        said = {bytes(key) for key in known.values_list("row_key", flat=True)}
        self.told.repeated += len(said)
        for key, row in keyed.items():
            if key not in said:
                yield row, key

    def _is_somebody(self, row: DepartmentRow, found: Meant) -> bool:
        if found.people:
            return True
        self.told.unmatched += 1
        day = row.told.happened_on
        cells = (
            row.name,
            mask_citizen_number(row.number),
            row.birth_date.isoformat(),
            row.place,
            day.isoformat() if day else "",
        )
        self._unmatched.writerow([row.line, *map(harmless_cell, cells)])
        return False

    def _proposal(self, row: DepartmentRow, key: bytes, found: Meant) -> EventProposal:
        brought = self._brought
        person = found.people[0] if found.by else None
        return EventProposal(
            brought=brought,
            line=row.line,
            row_key=key,
            kind=row.told.kind,
            happened_on=row.told.happened_on or brought.dated_on,
            particulars=dict(row.told.particulars),
            source=brought.source,
            document=brought.letter,
            proposed_on=clock.today(),
            name=row.name,
            number_masked=mask_citizen_number(row.number) if row.number else "",
            birth_date=row.birth_date,
            place=row.place,
            person=person,
            matched_by=MatchedBy(found.by) if found.by else "",
            state=ProposalState.PROPOSED if person else ProposalState.AMBIGUOUS,
            division_code=person.division_code
            if person
            else smallest_division(found.people, county=self._county),
        )


def _wait_for_turn(county: str) -> None:
    """One list of a county at a time, until its transaction ends: two of them never say the same twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"households.departments:{county}"]
        )


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rows: Any = iter(lines)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
