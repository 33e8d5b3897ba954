"""How an exported file is written: its mark, and that no cell of it is ever computed."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from typing import Any

import pytest
import tablib
from python_calamine import CalamineWorkbook

from offices.export_formats import MarkedCsv, MarkedXlsx
from offices.exports import Mark

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=cmd|' /C calc'!A0",
    " =1",
    "＝1＋1",
    "\u200b=1",
    '=HYPERLINK("http://x","y")',
    "﹣2",
)
HARMLESS = (
    "王秀英",
    "𠮷野",
    "阿依古丽·买买提",
    'a "quoted", name',
    "1953",
    "http://example.org",
    "x=1",
    "a&b<c>",
)
MARK = Mark(
    title="List of families",
    by="李&四 (店子镇)",
    day=datetime.date(2014, 1, 6),
    purpose="For the annual review",
    code="ABCD-EFGH-2345",
    sentence="Taken out by 李&四 on 6 January 2014. For the annual review. Code ABCD-EFGH-2345.",
    filters=(("Village", "东村"),),
)


def table(*rows: tuple[Any, ...]) -> tablib.Dataset:
    return tablib.Dataset(*rows, headers=["Name", "Members", "Born on"])


def as_xlsx(dataset: tablib.Dataset) -> bytes:
    return MarkedXlsx().export_data(dataset, mark=MARK, sheets=("List", "About"))


def csv_rows(dataset: tablib.Dataset) -> list[list[str]]:
    content = MarkedCsv().export_data(dataset, mark=MARK, sheets=("List", "About"))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_workbook_never_computes_a_cell(name: str) -> None:
    content = as_xlsx(table((name, 3, None)))
    sheet = parts(content)["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    read = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert read[1][0] == name.translate({9: " ", 10: " ", 13: " "})
    assert isinstance(read[1][0], str)
    assert 'quotePrefix="1"' in parts(content)["xl/styles.xml"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_csv_cell_never_begins_as_a_formula(name: str) -> None:
    cell = csv_rows(table((name, 3, None)))[1][0]
    assert cell.startswith("'")
    assert cell[1:] == name.translate({9: " ", 10: " ", 13: " "})


def test_a_heading_is_as_harmless_as_a_cell() -> None:
    dataset = tablib.Dataset(("x",), headers=["=1+1"])
    assert csv_rows(dataset)[0] == ["'=1+1"]
    assert "<f>" not in parts(as_xlsx(dataset))["xl/worksheets/sheet1.xml"]


def test_what_is_harmless_comes_back_as_it_was() -> None:
    dataset = table(*((name, number, datetime.date(1953, 2, 1)) for number, name in enumerate(HARMLESS)))
    read = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(dataset))).get_sheet_by_index(0).to_python()
    assert read[0] == ["Name", "Members", "Born on"]
    assert [row[0] for row in read[1 : len(HARMLESS) + 1]] == list(HARMLESS)
    assert [row[1] for row in read[1 : len(HARMLESS) + 1]] == list(range(len(HARMLESS)))
    assert read[1][2] == datetime.date(1953, 2, 1)
    rows = csv_rows(dataset)
    assert [row[0] for row in rows[1:-1]] == list(HARMLESS)
    assert rows[1][1:] == ["0", "1953-02-01"]


def test_the_mark_is_below_the_table_on_every_page_and_in_the_properties() -> None:
    content = as_xlsx(table(("王秀英", 3, None)))
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.get_sheet_by_index(0).to_python()[-1][0] == MARK.sentence
    about = book.get_sheet_by_index(1).to_python()
    assert about[0][0] == MARK.sentence
    assert about[-1][:2] == ["Village", "东村"]
    package = parts(content)
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "docProps/core.xml"):
        assert MARK.code in package[name], name
    assert "李＆四" in package["xl/worksheets/sheet1.xml"]
    assert csv_rows(table(("王秀英", 3, None)))[-1] == [f"# {MARK.sentence}"]


def test_a_hostile_clerk_name_does_no_harm_in_the_mark() -> None:
    mark = Mark("=1+1", '&R&"=1+1', MARK.day, "", "CODE", "=1+1 &P" * 100)
    content = MarkedXlsx().export_data(table(("x", 1, None)), mark=mark, sheets=("List", "About"))
    sheet = parts(content)["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert csv_rows(table())[-1][0].startswith("# ")
