"""The text of a letter of decision: frozen as JSON to the byte, and the document that is printed from it."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from offices.pdf.documents import FormalDocument, Section, Verification
from offices.pdf.tables import Column, Row, RowKind, Table

TEMPLATE = "print/decision_letter.html"


@dataclass(frozen=True, slots=True)
class LetterTable:
    """A table of a letter: `figures` names the columns that stand right, `total` is the sum below, or empty."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[int, ...] = ()
    unit: str = ""
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterSection:
    """A section with its heading, sentences and at most one table."""

    heading: str
    paragraphs: tuple[str, ...]
    table: LetterTable | None = None


@dataclass(frozen=True, slots=True)
class LetterBody:
    """What a kind of letter says of its case."""

    title: str
    opening: tuple[str, ...]
    sections: tuple[LetterSection, ...]
    closing: str = ""


@dataclass(frozen=True, slots=True)
class LetterText:
    """Everything that is printed on a letter but the way to verify it."""

    number: str
    issuer: str
    addressee: str
    issued_on: str
    body: LetterBody

    def as_json(self) -> str:
        """The text to the byte."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def read_text(content: str) -> LetterText:
    """The text that was frozen."""
    told: dict[str, Any] = json.loads(content)
    body = told.pop("body")
    return LetterText(
        body=LetterBody(
            title=body["title"],
            opening=tuple(body["opening"]),
            sections=tuple(
                LetterSection(
                    heading=section["heading"],
                    paragraphs=tuple(section["paragraphs"]),
                    table=_table(section["table"]),
                )
                for section in body["sections"]
            ),
            closing=body["closing"],
        ),
        **told,
    )


def _table(told: dict[str, Any] | None) -> LetterTable | None:
    if told is None:
        return None
    return LetterTable(
        title=told["title"],
        columns=tuple(told["columns"]),
        rows=tuple(tuple(row) for row in told["rows"]),
        figures=tuple(told["figures"]),
        unit=told["unit"],
        total=tuple(told["total"]),
    )


def document_from(text: LetterText, *, code: str, digest: str) -> FormalDocument:
    """The page after GB/T 9704, with the code and the picture that verify it."""
    return FormalDocument(
        title=text.body.title,
        issuer=text.issuer,
        issued_on=datetime.date.fromisoformat(text.issued_on),
        number=text.number,
        letterhead=text.issuer,
        addressee=text.addressee,
        opening=text.body.opening,
        sections=tuple(
            Section(
                heading=section.heading,
                paragraphs=section.paragraphs,
                tables=(_printed(section.table),) if section.table else (),
            )
            for section in text.body.sections
        ),
        closing=text.body.closing,
        printed_by=text.issuer,
        verification=Verification(
            code=code,
            url=f"{settings.HUIMIN_PUBLIC_URL}{reverse('verify', args=[code])}",
            figures_digest=digest,
        ),
    )


def _printed(table: LetterTable) -> Table:
    rows = [Row(row) for row in table.rows]
    if table.total:
        rows.append(Row(table.total, RowKind.TOTAL))
    return Table(
        title=table.title,
        columns=tuple(
            Column(heading, is_figure=place in table.figures) for place, heading in enumerate(table.columns)
        ),
        rows=tuple(rows),
        unit=table.unit,
    )
