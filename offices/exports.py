"""What may leave the system as a file: each app registers its lists and sheets in AppConfig.ready().

A list leaves as its page shows it: the same rows by the same filters in the same order, the columns of
its resource and no others. A sheet is one record on one printed page.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.resources import Resource

from offices.actors import Actor
from offices.enums import ExportPurpose
from offices.pages import Policy

MOST_ROWS = 50_000
"""Rows of one file: a district's largest township fits, a county is exported township by township."""
_ROWS_AT_A_TIME = 500

ROWS = _("Rows")

LIST_PURPOSES = (
    ExportPurpose.ANNUAL_REVIEW,
    ExportPurpose.HOME_VISITS,
    ExportPurpose.COMPARISON,
    ExportPurpose.REPORT,
    ExportPurpose.AUDIT,
    ExportPurpose.OTHER,
)
SHEET_PURPOSES = (
    ExportPurpose.CASE_FILE,
    ExportPurpose.PERSON_ASKED,
    ExportPurpose.HOME_VISITS,
    ExportPurpose.ANNUAL_REVIEW,
    ExportPurpose.AUDIT,
    ExportPurpose.OTHER,
)

ReadRecords = tuple[str, tuple[UUID, ...]]
"""Kind of record (`households.person`) and the keys of those that a file shows."""


def column(heading: str | Promise, value: Callable[[Any], Any]) -> Any:
    """A column of a resource: its heading and how a line gives its value (text, whole number or day)."""
    return Field(column_name=heading, dehydrate_method=value)


class ListResource(Resource):
    """The rows of a list as a table, by import-export: only its declared columns leave."""

    def __init__(self, *, on: datetime.date, on_progress: Callable[[int], None] | None = None) -> None:
        super().__init__()
        self.on = on
        self.on_progress = on_progress
        self.reads: list[ReadRecords] = []

    def lines(self, records: Sequence[Any]) -> Iterable[Any]:
        """What the page shows of these records, a line each."""
        return records

    def shown(self, records: Sequence[Any]) -> ReadRecords:
        """Whose records the lines show, for the log of reads."""
        return records[0]._meta.label_lower, tuple(record.pk for record in records)

    def iter_queryset(self, queryset: QuerySet[Any]) -> Iterator[Any]:
        """Lines of all rows, some hundreds of rows at a time."""
        records = queryset.iterator(chunk_size=_ROWS_AT_A_TIME)
        done = 0
        while some := list(islice(records, _ROWS_AT_A_TIME)):
            self.reads.append(self.shown(some))
            yield from self.lines(some)
            done += len(some)
            if self.on_progress:
                self.on_progress(done)


@dataclass(frozen=True, slots=True)
class Listed:
    """All rows of a list as an address asks for them, and its filters in words (label, value)."""

    rows: QuerySet[Any]
    filters: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class ListExport:
    """A list that may be exported. `rows` raises DomainError where the address cannot be followed.

    `counted` says what the rows are, where a row becomes several lines of the file.
    """

    code: str
    label: str | Promise
    policy: Policy
    rows: Callable[[Actor, QueryDict, datetime.date], Listed]
    resource: type[ListResource]
    purposes: Sequence[ExportPurpose] = LIST_PURPOSES
    counted: str | Promise = ROWS


@dataclass(frozen=True, slots=True)
class Mark:
    """Who takes a file out, when and what for; `sentence` says all of it and stands in the file."""

    title: str
    by: str
    day: datetime.date
    purpose: str
    code: str
    sentence: str
    filters: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table of a sheet; `shares` are the columns' parts of the width in percent, `empty` stands for no row."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[int]
    empty: str


@dataclass(frozen=True, slots=True)
class SheetContent:
    """Everything a sheet prints, in the reader's language, read from the database already.

    `subtitle` says whose it is, `pairs` what is held (label, value); `reads` are the records it shows.
    """

    plain_title: str
    subtitle: str
    pairs: Sequence[tuple[str, str]]
    tables: Sequence[SheetTable]
    mark: Mark
    reads: Sequence[ReadRecords] = field(default=())


@dataclass(frozen=True, slots=True)
class SheetExport:
    """A record that may be printed on one page. `find` gives it within the actor's scope, else None."""

    code: str
    label: str | Promise
    policy: Policy
    find: Callable[[Actor, UUID], models.Model | None]
    compose: Callable[[Actor, Any, datetime.date, Mark], SheetContent]
    purposes: Sequence[ExportPurpose] = SHEET_PURPOSES


_kinds: dict[str, ListExport | SheetExport] = {}


def register_export(kind: ListExport | SheetExport) -> None:
    """Add a list or sheet that may leave as a file."""
    _kinds[kind.code] = kind


def export_kinds() -> Sequence[ListExport | SheetExport]:
    """Every list and sheet that may leave as a file."""
    return tuple(_kinds.values())


def kind_of(code: str) -> ListExport | SheetExport:
    """The registered list or sheet. Raises KeyError."""
    return _kinds[code]


def list_kind(code: str) -> ListExport:
    """The registered list. Raises KeyError."""
    kind = _kinds[code]
    if not isinstance(kind, ListExport):
        raise KeyError(code)
    return kind


def sheet_kind(code: str) -> SheetExport:
    """The registered sheet. Raises KeyError."""
    kind = _kinds[code]
    if not isinstance(kind, SheetExport):
        raise KeyError(code)
    return kind
