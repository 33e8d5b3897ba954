"""One row of another department's list: of whom it speaks and what has happened, or why it is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.enums import KIND_OF_SCHEME, DepartmentFileKind, EventKind, InsuranceScheme
from households.readers import DEPARTMENT_COLUMNS, Line
from households.rows.facts import read_examination_year
from households.rows.identity import read_birth, read_name, read_number, read_past_day
from households.rows.notes import Notes
from households.rows.places import Places
from households.rows.resident import RefusedRow, refuse_surplus
from households.rows.words import (
    HUKOU_TYPES,
    INSURANCE_NAMES,
    INSURANCE_SCHEMES,
    refuse_empty,
    refuse_word,
)

_LONGEST_PLACE = 120


@dataclass(frozen=True, slots=True)
class Told:
    """What a row tells: the event, its day (none: as of the letter) and its particulars."""

    kind: EventKind
    happened_on: date | None
    particulars: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A row in good order; `number` is empty or of 18 characters, `place` as the file writes it."""

    line: int
    name: str
    number: str
    birth_date: date
    place: str
    told: Told

    def words(self, dated_on: date) -> str:
        """What the row says, by which it is known when a later file says it again.

        A row without a day of its own is said again by the next year's letter.
        """
        whom = f"{self.name}\x1f{self.number or f'{self.birth_date.isoformat()}{self.place}'}"
        day = self.told.happened_on.isoformat() if self.told.happened_on else str(dated_on.year)
        said = json.dumps(dict(self.told.particulars), sort_keys=True, ensure_ascii=False)
        return "\x1e".join((self.told.kind, whom, day, said))


class DepartmentRows:
    """Reads the rows of one list, which speaks as of the day of its letter."""

    def __init__(
        self, *, kind: DepartmentFileKind, county: str, villages: frozenset[str], dated_on: date
    ) -> None:
        self._columns = DEPARTMENT_COLUMNS[kind].columns
        self._tell = {
            DepartmentFileKind.DEATHS: self._death,
            DepartmentFileKind.HUKOU: self._hukou,
            DepartmentFileKind.INSURED: self._insured,
            DepartmentFileKind.EXAMINATIONS: self._examination,
        }[kind]
        self._places = Places(county, villages)
        self._as_of = dated_on

    def read(self, line: Line) -> DepartmentRow | RefusedRow:
        """Check everything that concerns this row alone. Never raises for what a row contains."""
        cells = dict(zip(self._columns, line.cells, strict=True))
        notes = Notes()
        if line.surplus:
            refuse_surplus(line.surplus, notes)
        name = read_name(cells["姓名"], notes)
        number = cells["公民身份号码"]
        citizen = read_number(number, notes)
        born_on = read_birth(cells["出生日期"], citizen, needed=not number, as_of=self._as_of, notes=notes)
        told = self._tell(cells, born_on, notes)
        if notes.errors or born_on is None or told is None:
            return RefusedRow(line.number, name[:60], tuple(notes.errors))
        return DepartmentRow(
            line=line.number,
            name=name,
            number=citizen.number if citizen else "",
            birth_date=born_on,
            place=cells["所在村"][:_LONGEST_PLACE],
            told=told,
        )

    def _death(self, cells: Mapping[str, str], born_on: date | None, notes: Notes) -> Told | None:
        day = self._day("死亡日期", cells, born_on, notes)
        return Told(EventKind.DEATH, day) if day else None

    def _hukou(self, cells: Mapping[str, str], born_on: date | None, notes: Notes) -> Told | None:
        day = self._day("变动日期", cells, born_on, notes)
        kind, place = cells["户口性质"], cells["迁往地代码"]
        said: dict[str, str] = {}
        if kind:
            if kind in HUKOU_TYPES:
                said["hukou_type"] = HUKOU_TYPES[kind]
            else:
                refuse_word(notes, "户口性质", kind, HUKOU_TYPES)
        if place:
            said["to"] = self._places.read("迁往地代码", place, notes)
        if not (kind or place):
            notes.refuse(
                "户口性质",
                "",
                "nothing_told",
                _(
                    "The row names neither a kind of hukou nor a place to which it moved. Fill in one of them."
                ),
            )
        return Told(EventKind.MOVE if place else EventKind.HUKOU, day, said) if day else None

    def _insured(self, cells: Mapping[str, str], born_on: date | None, notes: Notes) -> Told | None:
        scheme = cells["险种"]
        if not scheme:
            refuse_empty(notes, "险种")
        elif scheme not in INSURANCE_NAMES:
            refuse_word(notes, "险种", scheme, INSURANCE_SCHEMES)
        begun = read_past_day("参保日期", cells["参保日期"], as_of=self._as_of, born_on=born_on, notes=notes)
        ended = read_past_day("停保日期", cells["停保日期"], as_of=self._as_of, born_on=born_on, notes=notes)
        if begun and ended and ended <= begun:
            notes.refuse(
                "停保日期",
                cells["停保日期"],
                "ended_before_begun",
                _("The insurance ends on or before the day on which it began. Correct one of the two days."),
            )
        if notes.errors:
            return None
        kind = KIND_OF_SCHEME[InsuranceScheme(INSURANCE_NAMES[scheme])]
        if ended and begun:
            return Told(kind, begun, {"is_insured": True, "until": ended.isoformat()})
        return Told(kind, ended or begun, {"is_insured": ended is None})

    def _examination(self, cells: Mapping[str, str], born_on: date | None, notes: Notes) -> Told | None:
        text = cells["考试年度"]
        if not text:
            refuse_empty(notes, "考试年度")
        year = read_examination_year(text, as_of=self._as_of, born_on=born_on, notes=notes)
        return Told(EventKind.EXAMINATION, None, {"year": year}) if year else None

    def _day(self, column: str, cells: Mapping[str, str], born_on: date | None, notes: Notes) -> date | None:
        if not cells[column]:
            refuse_empty(notes, column)
        return read_past_day(column, cells[column], as_of=self._as_of, born_on=born_on, notes=notes)
