"""What a printed document says, apart from how it looks: frozen, and in the reader's language already."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from offices.charts import Chart
from offices.errors import DomainError
from offices.pdf.tables import Table, ems

MAX_TABLE_ROWS = 3000
"""Rows in one print. A row takes some 10 ms, a register of thousands goes out as a spreadsheet."""

_LETTERHEAD_POINTS = 440.0
_LARGEST_LETTERHEAD = 46.0


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the first level (numbered by the page) and what stands under it."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Verification:
    """How the paper is verified: its code, the page's address, and the SHA-256 of its figures.

    `audit_seal` is the seal of the audit trail at the time the edition was locked, where it is.
    """

    code: str
    url: str
    figures_digest: str
    audit_seal: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}", self.figures_digest):
            raise ValueError("figures_digest must be a SHA-256 in 64 lower-case hexadecimal digits")

    @property
    def spaced_digest(self) -> str:
        """The digest in groups of eight, to be compared by eye."""
        return " ".join(re.findall(".{8}", self.figures_digest))

    @cached_property
    def picture(self) -> SafeString:
        """The address as a QR code, inline SVG without a white ground."""
        import segno

        drawn = segno.make(self.url, error="m", micro=False).svg_inline(omitsize=True, border=0)
        return mark_safe(drawn)  # noqa: S308  # segno's own drawing of squares: holds no text of ours


@dataclass(frozen=True)
class FormalDocument:
    """A document after GB/T 9704.

    `title` may hold a line break, where its sense asks for one. `number` (发文字号, such as 山卫计统〔2014〕1号) brings the red head and the imprint; without it the
    title comes first. `standing` is printed in the head margin of every page while the figures may
    change. `signers` are those who answer for a table: (role, name), an empty name left to be signed.
    Raises DomainError `too_long_to_print`, ValueError for a number whose year is not in 〔〕.
    """

    title: str
    issuer: str
    issued_on: dt.date
    number: str = ""
    letterhead: str = ""
    addressee: str = ""
    standing: str = ""
    opening: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    closing: str = ""
    signers: tuple[tuple[str, str], ...] = ()
    copies_to: str = ""
    printed_by: str = ""
    verification: Verification | None = None

    def __post_init__(self) -> None:
        if self.number and not re.search(r"〔\d{4}〕", self.number):
            raise ValueError(f"'{self.number}': the year of a document number stands in 〔〕")
        rows = sum(len(table.rows) for section in self.sections for table in section.tables)
        if rows > MAX_TABLE_ROWS:
            raise DomainError(
                "too_long_to_print",
                _(
                    "The document has %(rows)d rows, and %(most)d can be printed. Print it by township, or export it."
                ),
                rows=rows,
                most=MAX_TABLE_ROWS,
            )

    @property
    def plain_title(self) -> str:
        """The title in one line, for the file's own properties."""
        first, *others = self.title.split("\n")
        return "".join((first, *(line if line[:1] > "\u2e80" else f" {line}" for line in others)))

    @property
    def letterhead_points(self) -> int:
        """Size of the red name: as large as one line allows."""
        return int(min(_LARGEST_LETTERHEAD, _LETTERHEAD_POINTS / max(1.0, ems(self.letterhead) * 1.06)))
