"""The package around a worksheet: what may be opened, and where the first sheet is.

Source: ECMA-376 (Office Open XML), transitional and strict. Nothing is unpacked before the
sizes that the package declares are within limits, and no more than those is ever read.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from households.readers.csv_rows import truncated
from households.readers.limits import MEBIBYTE, ReadingLimits, refuse_cell
from households.readers.sniffing import encrypted
from offices.errors import DomainError

# A workbook needs some twenty parts; a package of thousands is something else.
_PARTS_LIMIT = 5000
_DIRECTORY_BYTES = 2 * MEBIBYTE
_DIRECTORY_END = re.compile(rb"PK\x05\x06.{8}(.{4})", re.DOTALL)
_LONGEST_DIRECTORY_END = 22 + 65_535
_CHUNK = 128 * 1024
_SMALL_PART = 16 * MEBIBYTE
# Elements of a workbook nest some ten deep; a parser pays for each level.
DEEPEST = 200
_ENCRYPTED_FLAG = 0x1
_WORKSHEET_RELATION = "/worksheet"
_STRINGS_RELATION = "sharedStrings"
_STYLES_RELATION = "styles"


@dataclass(frozen=True, slots=True)
class Workbook:
    """The parts of a workbook that reading its first sheet needs."""

    sheet: str
    strings: str | None
    styles: str | None
    counts_from_1904: bool


class SheetXml(Exception):
    """A part of the package is not the XML it should be."""


@contextmanager
def opened(source: BinaryIO, limits: ReadingLimits) -> Iterator[zipfile.ZipFile]:
    """Open the package; whatever is wrong inside becomes a sentence.

    Raises DomainError: `file_truncated`, `file_damaged`, `file_encrypted`, `file_macros`,
    `file_not_workbook`, `file_bomb`.
    """
    try:
        _check_directory(source, limits)
        with zipfile.ZipFile(source) as package:
            _check(package, limits)
            yield package
    except zipfile.BadZipFile as error:
        # The directory stands at the end: without it the end is missing.
        raise truncated() if "not a zip file" in str(error) else _damaged() from error
    except (
        zlib.error,
        EOFError,
        SheetXml,
        expat.ExpatError,
        KeyError,
        NotImplementedError,
        struct.error,
    ) as error:
        raise _damaged() from error
    except (OverflowError, ValueError, RuntimeError, OSError) as error:
        # zipfile's own words for impossible offsets, versions and passwords.
        raise _damaged() from error


def _check_directory(source: BinaryIO, limits: ReadingLimits) -> None:
    """Refuse a directory of millions of parts before it is loaded."""
    size = source.seek(0, io.SEEK_END)
    source.seek(max(0, size - _LONGEST_DIRECTORY_END))
    ends = _DIRECTORY_END.findall(source.read())
    if any(int.from_bytes(declared, "little") > _DIRECTORY_BYTES for declared in ends):
        raise _bomb(limits)


def _check(package: zipfile.ZipFile, limits: ReadingLimits) -> None:
    parts = package.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise encrypted()
    if len(parts) > _PARTS_LIMIT or sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise _bomb(limits)
    if any(name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name.lower() for name in names):
        raise DomainError(
            "file_macros",
            _(
                "The workbook contains macros. Save it as an Excel workbook without macros (.xlsx) and choose it again."
            ),
        )
    if "xl/workbook.bin" in names or "mimetype" in names or "[Content_Types].xml" not in names:
        raise _not_workbook()


def workbook_of(package: zipfile.ZipFile, limits: ReadingLimits) -> Workbook:
    """Find the first worksheet and what belongs to it. Raises DomainError `file_not_workbook`."""
    roots = _relations(package, "_rels/.rels", "", limits)
    path = next((target for kind, target in roots.values() if kind.endswith("/officeDocument")), None)
    if path is None or not path.endswith(".xml"):
        raise _not_workbook()
    folder, name = posixpath.split(path)
    relations = _relations(package, posixpath.join(folder, "_rels", f"{name}.rels"), folder, limits)
    sheet_ids: list[str] = []
    settings = {"date1904": "0"}
    is_workbook = False

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal is_workbook
        local = element.rpartition(" ")[2]
        if local == "workbook":
            is_workbook = True
        elif local == "workbookPr":
            settings.update(attributes)
        elif local == "sheet":
            sheet_ids.extend(
                value for name, value in attributes.items() if name.endswith("/relationships id")
            )

    parse_small_part(package, path, start, limits)
    by_kind = {kind.rpartition("/")[2]: target for kind, target in relations.values()}
    sheets = [
        relations[key][1]
        for key in sheet_ids
        if key in relations and relations[key][0].endswith(_WORKSHEET_RELATION)
    ]
    if not is_workbook or not sheets:
        raise _not_workbook()
    return Workbook(
        sheet=sheets[0],
        strings=by_kind.get(_STRINGS_RELATION),
        styles=by_kind.get(_STYLES_RELATION),
        counts_from_1904=settings["date1904"] in ("1", "true", "on"),
    )


def _relations(
    package: zipfile.ZipFile, path: str, folder: str, limits: ReadingLimits
) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(" ")[2] == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), target.lstrip("/"))

    if path in package.NameToInfo:
        parse_small_part(package, path, start, limits)
    return found


def new_parser() -> expat.XMLParserType:
    """A parser that tells namespaces and takes every part for UTF-8, whatever it declares."""
    return expat.ParserCreate("utf-8", namespace_separator=" ")


def parse_small_part(
    package: zipfile.ZipFile,
    path: str,
    start: Callable[[str, dict[str, str]], None],
    limits: ReadingLimits,
) -> None:
    """Tell the elements of a part that is small in any honest workbook to `start`."""
    if package.getinfo(path).file_size > _SMALL_PART:
        raise SheetXml
    parser = new_parser()
    depth = 0

    def open_element(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise SheetXml
        start(name, attributes)

    def close_element(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    for _chunk in parsed(package, path, parser, limits):
        pass


def parsed(
    package: zipfile.ZipFile, path: str, parser: expat.XMLParserType, limits: ReadingLimits
) -> Iterator[None]:
    """Feed a part to a parser, pausing after each piece; the part's checksum is proved at its end.

    Spreadsheet programs write no declarations, comments or instructions into these parts, and
    an enormous tag makes the parser begin again with every piece: both are refused. The
    parser's handlers refuse elements that nest deeper than DEEPEST.
    """
    rest = b""
    after_declaration = len(b"\xef\xbb\xbf<?")
    with package.open(path) as part:
        while chunk := part.read(_CHUNK):
            window = rest + chunk
            if b"<!" in window or window.find(b"<?", after_declaration) >= 0:
                raise SheetXml
            after_declaration = 0
            parser.Parse(chunk, False)
            rest = window[max(window.rfind(b"<"), 0) :]
            if len(rest) > 2 * limits.cell_characters:
                raise refuse_cell(limits)
            yield
    parser.Parse(b"", True)
    yield


def _damaged() -> DomainError:
    return DomainError(
        "file_damaged",
        _("The workbook is damaged. Open it in a spreadsheet program, save it again and choose it again."),
    )


def _not_workbook() -> DomainError:
    return DomainError(
        "file_not_workbook",
        _(
            "This is not an Excel workbook (.xlsx). "
            "Open it in a spreadsheet program and save it as an Excel workbook or as CSV UTF-8."
        ),
    )


def _bomb(limits: ReadingLimits) -> DomainError:
    return DomainError(
        "file_bomb",
        _(
            "Unpacked, the workbook would be larger than %(limit)s MB. "
            "Copy the residents' table into a new workbook and choose that."
        ),
        limit=limits.unpacked_bytes // MEBIBYTE,
    )
