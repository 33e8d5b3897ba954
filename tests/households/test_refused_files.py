"""Files that cannot be taken in are refused by a sentence, before anything is written."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

import pytest
import xlsxwriter

from households.readers import COMMAND_LIMITS, PAGE_LIMITS, ReadingLimits, open_table
from offices.errors import DomainError
from tests.households.resident_files import GOOD, as_csv, as_xlsx, repacked, sample_table, table_of

pytestmark = pytest.mark.slow

_SHEET = "xl/worksheets/sheet1.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SMALL = replace(PAGE_LIMITS, file_bytes=20_000, unpacked_bytes=400_000, rows=10)


def refusal_of(source: BinaryIO, limits: ReadingLimits = PAGE_LIMITS) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        open_table(source, limits=limits)
    assert "%(" not in str(refusal.value)
    return refusal.value


def good() -> list[list[str]]:
    return table_of([GOOD])


def with_sheet(content: bytes) -> BinaryIO:
    return repacked(as_xlsx(good()), {_SHEET: content})


def sheet_of(inside: bytes) -> bytes:
    return b'<?xml version="1.0"?><worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (
        _MAIN.encode(),
        inside,
    )


def merged_workbook() -> BinaryIO:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as workbook:
        sheet = workbook.add_worksheet()
        header, row = good()
        sheet.write_row(0, 0, header)
        sheet.write_row(1, 0, row)
        sheet.merge_range("A2:A3", "000001")
    packed.seek(0)
    return packed


def encrypted_package() -> BinaryIO:
    source = as_xlsx(good())
    content = bytearray(source.read())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(signature, place + 4)
    return io.BytesIO(bytes(content))


def old_office(inside: bytes) -> BinaryIO:
    return io.BytesIO(_OLE + b"\x00" * 600 + inside + b"\x00" * 600)


def bomb() -> BinaryIO:
    """A part that declares and holds 700 MB, in 700 kB."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
        zipfile.ZipFile(as_xlsx(good())) as honest,
    ):
        for name in honest.namelist():
            if name != _SHEET:
                package.writestr(name, honest.read(name))
        with package.open(_SHEET, "w") as part:
            for _time in range(700):
                part.write(b" " * 1024 * 1024)
    target.seek(0)
    return target


def lying_bomb() -> BinaryIO:
    """A part that declares a kilobyte and unpacks to a hundred megabytes."""
    honest = as_xlsx(good()).read()
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = squeezed.compress(b" " * 100_000_000) + squeezed.flush()
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(honest)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name != _SHEET:
                new.writestr(name, old.read(name))
        new.writestr(_SHEET, body)
    content = bytearray(target.getvalue())
    for signature, method, size in ((b"PK\x03\x04", 8, 22), (b"PK\x01\x02", 10, 24)):
        place = content.find(signature)
        while place >= 0:
            if _SHEET.encode() in content[place : place + 90]:
                struct.pack_into("<H", content, place + method, 8)
                struct.pack_into("<I", content, place + size, 1024)
            place = content.find(signature, place + 4)
    return io.BytesIO(bytes(content))


def wrong_checksum() -> BinaryIO:
    content = bytearray(as_xlsx(good()).read())
    place = content.rfind(b"PK\x01\x02", 0, content.rfind(_SHEET.encode()))
    content[place + 16] ^= 0xFF
    return io.BytesIO(bytes(content))


CASES: dict[str, tuple[str, Callable[[], BinaryIO]]] = {
    "nothing": ("file_empty", lambda: io.BytesIO()),
    "only blanks": ("file_empty", lambda: io.BytesIO(b"\xef\xbb\xbf \r\n\r\n")),
    "picture": ("file_kind", lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\x00" * 50)),
    "pdf": ("file_kind", lambda: io.BytesIO(b"%PDF-1.7\n...")),
    "web page named xls": (
        "file_kind",
        lambda: io.BytesIO("\ufeff<html><table><tr><td>户编号</td>".encode()),
    ),
    "unicode text": ("file_kind", lambda: as_csv(good(), "utf-16")),
    "binary": ("file_kind", lambda: io.BytesIO("户编号,".encode() + b"\x00\x01\x02")),
    "zeros later": ("file_not_text", lambda: io.BytesIO(as_csv(good()).read() + b"x" * 5000 + b"\x00")),
    "old excel": ("file_old_excel", lambda: old_office("Workbook".encode("utf-16-le"))),
    "password": ("file_encrypted", lambda: old_office("EncryptedPackage".encode("utf-16-le"))),
    "encrypted package": ("file_encrypted", encrypted_package),
    "macros": ("file_macros", lambda: repacked(as_xlsx(good()), {"xl/vbaProject.bin": b"x"})),
    "binary workbook": ("file_not_workbook", lambda: repacked(as_xlsx(good()), {"xl/workbook.bin": b"x"})),
    "open document": ("file_not_workbook", lambda: repacked(as_xlsx(good()), {"mimetype": b"x"})),
    "any archive": ("file_not_workbook", lambda: repacked(as_xlsx(good()), {"[Content_Types].xml": None})),
    "no workbook": ("file_damaged", lambda: repacked(as_xlsx(good()), {"xl/workbook.xml": None})),
    "no sheet": ("file_damaged", lambda: repacked(as_xlsx(good()), {_SHEET: None})),
    "cut workbook": ("file_truncated", lambda: io.BytesIO(as_xlsx(sample_table()).read()[:20_000])),
    "cut sheet": ("file_damaged", lambda: with_sheet(sheet_of(b'<row r="1"><c r="A1">')[:-40])),
    "cut csv": ("file_truncated", lambda: io.BytesIO(as_csv(sample_table(), "gb18030").read()[:20_003])),
    "wrong checksum": (
        "file_damaged",
        wrong_checksum,
    ),
    "bomb": ("file_bomb", bomb),
    "lying bomb": ("file_damaged", lying_bomb),
    "entities": (
        "file_damaged",
        lambda: with_sheet(b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + sheet_of(b"")),
    ),
    "nested without end": ("file_damaged", lambda: with_sheet(sheet_of(b"<a>" * 100_000))),
    "endless tag": ("cell_too_long", lambda: with_sheet(sheet_of(b'<row a="' + b"x" * 900_000))),
    "last corner row": ("file_damaged", lambda: with_sheet(sheet_of(b'<row r="99999999"><c r="A1"/></row>'))),
    "column beyond the last": (
        "file_damaged",
        lambda: with_sheet(sheet_of(b'<row r="1"><c r="ZZZZ1"><v>1</v></c></row>')),
    ),
    "missing text": (
        "file_damaged",
        lambda: with_sheet(sheet_of(b'<row r="1"><c r="A1" t="s"><v>999999</v></c></row>')),
    ),
    "wrong encoding": ("header_missing", lambda: as_csv(good(), "utf-7")),
    "damaged encoding": ("encoding_damaged", lambda: io.BytesIO(as_csv(good()).read() + b"\xff\xfe\xff\n")),
    "open quote": ("quotes_damaged", lambda: io.BytesIO(as_csv(good()).read() + b'1,"2\n')),
    "text after a quote": ("quotes_damaged", lambda: io.BytesIO(as_csv(good()).read() + b'"1"2,3\n')),
    "open quote in a long file": (
        "cell_too_long",
        lambda: io.BytesIO(as_csv(good()).read() + b'"' + b"1,2\n" * 50_000),
    ),
    "cell of a megabyte": ("cell_too_long", lambda: as_csv([*good(), ["x" * 1_000_000]])),
    "shared cell of a megabyte": (
        "cell_too_long",
        lambda: repacked(
            as_xlsx(good()),
            {
                "xl/sharedStrings.xml": b'<sst xmlns="%s"><si><t>%s</t></si></sst>'
                % (_MAIN.encode(), b"x" * 1_000_000)
            },
        ),
    ),
    "inline cell of a megabyte": (
        "cell_too_long",
        lambda: with_sheet(
            sheet_of(b'<row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row>' % (b"x" * 1_000_000))
        ),
    ),
    "400 columns": ("too_many_columns", lambda: as_csv([[*good()[0], *map(str, range(400))], good()[1]])),
    "400 columns in a sheet": (
        "too_many_columns",
        lambda: as_xlsx([[*good()[0], *map(str, range(400))], good()[1]]),
    ),
    "merged cells": ("cells_merged", merged_workbook),
    "title above": ("header_missing", lambda: as_csv([["山亭区居民花名册"], *good()])),
    "first row blank": ("header_missing", lambda: as_xlsx([[], *good()])),
    "tabs": ("header_missing", lambda: io.BytesIO("\n".join("\t".join(row) for row in good()).encode())),
    "columns missing": ("columns_missing", lambda: as_csv([row[1:] for row in good()])),
    "column twice": ("columns_repeated", lambda: as_csv([[*row, row[3]] for row in good()])),
}


@pytest.mark.parametrize("name", CASES)
def test_wrong_file_is_refused_with_its_reason(name: str) -> None:
    code, make = CASES[name]
    assert refusal_of(make()).code == code


def test_missing_columns_are_named_all_at_once() -> None:
    refusal = refusal_of(as_csv([["姓名"], ["曾静伟"]]))
    for column in ("户编号", "户籍地代码", "户主关系", "公民身份号码", "户口性质"):
        assert column in str(refusal)


def test_file_over_the_limit_is_refused_before_it_is_read() -> None:
    assert refusal_of(as_csv(sample_table()), _SMALL).code == "file_too_large"
    assert refusal_of(as_xlsx(sample_table()), _SMALL).code == "file_too_large"


def test_too_many_rows_are_refused() -> None:
    table = table_of([GOOD] * 11)
    assert refusal_of(as_csv(table), _SMALL).code == "too_many_rows"
    assert refusal_of(as_xlsx(table), _SMALL).code == "too_many_rows"
    assert open_table(as_csv(table[:-1]), limits=_SMALL).row_count == 10
    assert open_table(as_xlsx(table[:-1]), limits=_SMALL).row_count == 10


def test_full_sheet_of_a_spreadsheet_is_more_than_any_door_takes() -> None:
    assert PAGE_LIMITS.rows < COMMAND_LIMITS.rows < 1_048_575


def test_rows_of_a_damaged_sheet_are_not_begun() -> None:
    """Damage at the very end refuses the file when it is opened, not after its rows were used."""
    rows = b"".join(
        b'<row r="%d">%s</row>'
        % (
            line,
            "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row).encode(),
        )
        for line, row in enumerate([good()[0], *[good()[1]] * 500], start=1)
    )
    assert open_table(with_sheet(sheet_of(rows)), limits=PAGE_LIMITS).row_count == 500
    assert refusal_of(with_sheet(sheet_of(rows + b"<row"))).code == "file_damaged"


def test_directory_of_a_million_parts_is_refused_unread() -> None:
    content = bytearray(as_xlsx(good()).read())
    end = content.rfind(b"PK\x05\x06")
    struct.pack_into("<I", content, end + 12, 80_000_000)
    assert refusal_of(io.BytesIO(bytes(content))).code == "file_bomb"
