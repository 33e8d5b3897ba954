"""How much a file may hold before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Sizes in bytes, rows without the header, cells in characters."""

    file_bytes: int
    unpacked_bytes: int
    rows: int
    columns: int = 100
    cell_characters: int = 100_000


# A page's upload: a county of half a million people fits, at some 130 bytes a person.
PAGE_LIMITS = ReadingLimits(file_bytes=80 * MEBIBYTE, unpacked_bytes=600 * MEBIBYTE, rows=600_000)
# A command, run beside the server, may take a county of a million.
COMMAND_LIMITS = ReadingLimits(file_bytes=400 * MEBIBYTE, unpacked_bytes=1500 * MEBIBYTE, rows=1_000_000)


def refuse_size(limits: ReadingLimits) -> DomainError:
    """The refusal of a file that is too large."""
    return DomainError(
        "file_too_large",
        _("The file is larger than %(limit)s MB. Split it by township and bring the parts one by one."),
        limit=limits.file_bytes // MEBIBYTE,
    )


def refuse_rows(limits: ReadingLimits) -> DomainError:
    """The refusal of a file with too many rows."""
    return DomainError(
        "too_many_rows",
        _(
            "The file has more than %(limit)s rows. Delete the empty rows below the table, "
            "or split the file by township and bring the parts one by one."
        ),
        limit=limits.rows,
    )


def refuse_columns(limits: ReadingLimits, found: int) -> DomainError:
    """The refusal of a file with too many columns."""
    return DomainError(
        "too_many_columns",
        _(
            "The file has %(found)s columns, more than %(limit)s. Delete the columns that do not belong to the residents' table."
        ),
        found=found,
        limit=limits.columns,
    )


def refuse_cell(limits: ReadingLimits, line: int | None = None) -> DomainError:
    """The refusal of a file with an enormous cell; its row is named where it is known."""
    if line is None:
        return DomainError(
            "cell_too_long",
            _(
                "A cell holds more than %(limit)s characters. Look for a cell into which a whole text "
                "was pasted, and empty it."
            ),
            limit=limits.cell_characters,
        )
    return DomainError(
        "cell_too_long",
        _(
            "Near row %(line)s a cell holds more than %(limit)s characters. "
            "Look for a quotation mark that is opened and not closed, or for pasted text, and correct it."
        ),
        line=line,
        limit=limits.cell_characters,
    )
