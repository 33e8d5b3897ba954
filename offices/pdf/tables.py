"""Tables of a printed document, and whether they fit the page: a table is never clipped."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError

UPRIGHT_POINTS = 442.0
"""Width of the text area, 156 mm."""
SIDEWAYS_POINTS = 637.0
"""Width of the text area of a sheet on its side, 225 mm."""
_CELL_PADDING_POINTS = 6.8
_HEADING_LINES = 2
_TEXT_CELL_EMS = 8.0
_WIDEST_EMS = 24.0
_WHOLE_ROWS = 12


@dataclass(frozen=True, slots=True)
class Column:
    """A column; neighbours of one `group` share a heading above theirs. Figures stand right."""

    heading: str | Promise
    group: str | Promise = ""
    is_figure: bool = False


class RowKind(StrEnum):
    """A row of cells, the sum below them, or a line over the whole width that names what follows."""

    PLAIN = "plain"
    TOTAL = "total"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells as they are printed, one for each column; a GROUP row has a single one."""

    cells: tuple[str, ...]
    kind: RowKind = RowKind.PLAIN


@dataclass(frozen=True, slots=True)
class HeadCell:
    """A cell of the head with the columns and rows it spans."""

    text: str
    across: int = 1
    down: int = 1


@dataclass(frozen=True, slots=True)
class BodyCell:
    """A cell of the body; figures stand right and never break."""

    text: str
    across: int = 1
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row as the page draws it."""

    kind: RowKind
    cells: tuple[BodyCell, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table is set: its letters (style class and size), its width in points, the side of its sheet."""

    letters: str
    points: float
    width: float
    is_sideways: bool


_FITS = (
    Fit("regular", 12.0, UPRIGHT_POINTS, is_sideways=False),
    Fit("dense", 10.5, UPRIGHT_POINTS, is_sideways=False),
    Fit("dense", 10.5, SIDEWAYS_POINTS, is_sideways=True),
    Fit("tiny", 9.0, SIDEWAYS_POINTS, is_sideways=True),
)


@dataclass(frozen=True)
class Table:
    """A table with its title, unit (printed at the right above it) and note (below)."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unit: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != (1 if row.kind is RowKind.GROUP else len(self.columns)):
                raise ValueError(
                    f"'{self.title}' has a row of {len(row.cells)} cells for {len(self.columns)} columns"
                )

    @property
    def head(self) -> tuple[tuple[HeadCell, ...], ...]:
        """One row of headings, or two where columns share a heading."""
        if not any(column.group for column in self.columns):
            return (tuple(HeadCell(str(column.heading)) for column in self.columns),)
        upper: list[HeadCell] = []
        lower: list[HeadCell] = []
        before = ""
        for column in self.columns:
            group = str(column.group)
            if not group:
                upper.append(HeadCell(str(column.heading), down=2))
            else:
                lower.append(HeadCell(str(column.heading)))
                if group == before:
                    upper[-1] = HeadCell(group, across=upper[-1].across + 1)
                else:
                    upper.append(HeadCell(group))
            before = group
        return tuple(upper), tuple(lower)

    @property
    def printed_rows(self) -> Iterator[PrintedRow]:
        """The body, cell by cell."""
        for row in self.rows:
            if row.kind is RowKind.GROUP:
                yield PrintedRow(row.kind, (BodyCell(row.cells[0], across=len(self.columns)),))
            else:
                cells = zip(row.cells, self.columns, strict=True)
                yield PrintedRow(
                    row.kind, tuple(BodyCell(text, is_figure=column.is_figure) for text, column in cells)
                )

    @cached_property
    def fit(self) -> Fit:
        """The largest letters, upright before sideways, with which nothing is cut.

        Raises DomainError `table_too_wide` where even small letters on a sheet on its side do not fit.
        """
        padding = _CELL_PADDING_POINTS * len(self.columns)
        for fit in _FITS:
            if sum(self._needs) * fit.points + padding <= fit.width:
                return fit
        raise DomainError(
            "table_too_wide",
            _("The table '%(title)s' is too wide for a page. Split it, or export it as a spreadsheet."),
            title=self.title,
        )

    @property
    def widths(self) -> tuple[str, ...]:
        """The columns' shares of the width in percent: their need, then what words still want, then more for all."""
        room = (self.fit.width - _CELL_PADDING_POINTS * len(self.columns)) / self.fit.points
        needs = self._needs
        wants = [min(self._want(index), _WIDEST_EMS) for index in range(len(self.columns))]
        lacking = sum(wants) - sum(needs)
        share = min(1.0, (room - sum(needs)) / lacking) if lacking > 0 else 0.0
        # The padding of every cell is part of its column.
        padding = _CELL_PADDING_POINTS / self.fit.points
        given = [need + (want - need) * share + padding for need, want in zip(needs, wants, strict=True)]
        return tuple(f"{100 * width / sum(given):.2f}" for width in given)

    @property
    def is_whole(self) -> bool:
        """Whether the table is short enough to be kept on one page."""
        return len(self.rows) <= _WHOLE_ROWS

    @cached_property
    def _needs(self) -> tuple[float, ...]:
        """The least width of each column: figures never break, headings and words may."""
        return tuple(self._need(index) for index in range(len(self.columns)))

    def _need(self, index: int) -> float:
        heading = _heading_ems(str(self.columns[index].heading))
        longest = self._longest(index)
        return max(2.0, heading, longest if self.columns[index].is_figure else min(longest, _TEXT_CELL_EMS))

    def _want(self, index: int) -> float:
        return max(self._needs[index], self._longest(index))

    def _longest(self, index: int) -> float:
        return max((ems(row.cells[index]) for row in self.rows if row.kind is not RowKind.GROUP), default=0.0)


_WIDTHS = {"Na": 0.56, "N": 0.56, "H": 0.56, "W": 1.0, "F": 1.0, "A": 1.0}


def ems(text: str) -> float:
    """The width of `text` in units of its letters' size, rather too wide: 1 for a Chinese character."""
    return sum(
        0.3
        if letter in ",. "
        else 0.9
        if "A" <= letter <= "Z"
        else _WIDTHS[unicodedata.east_asian_width(letter)]
        for letter in text
    )


def _heading_ems(heading: str) -> float:
    """Chinese breaks between any two characters, other writing between words."""
    if heading and unicodedata.east_asian_width(heading[0]) == "W":
        return math.ceil(len(heading) / _HEADING_LINES)
    return max(map(ems, heading.split()), default=0.0)
