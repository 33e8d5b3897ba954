"""The error file says which row, which cell, and what to do; nothing in it computes."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.error_file import ERROR_COLUMNS, ErrorFile
from households.rows import RefusedRow, RowError
from offices.spreadsheets import harmless_cell
from tests.households.resident_files import number, read_row

_DANGEROUS = "=+-@＝＋－＠\t\r\n"


def _error(value: str, column: str = "户编号") -> RowError:
    return RowError(column, "value_missing", value, "Fill it in.", {})


def _written(*rows: RefusedRow) -> str:
    target = io.StringIO(newline="")
    file = ErrorFile(target)
    for row in rows:
        file.write(row)
    return target.getvalue()


def test_each_reason_is_a_line_under_the_agreed_header() -> None:
    outcome = read_row({"姓名": "曾静", "残疾等级": "9", "公民身份号码": number("19530201", 486)[:-1] + "-"})
    assert isinstance(outcome, RefusedRow)
    text = _written(outcome)
    assert text.startswith("\ufeff行号,姓名,列,原值,代码,说明\r\n")
    header, first, second = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert tuple(header) == ERROR_COLUMNS
    assert first[:5] == ["2", "曾静", "公民身份号码", "370*************6-", "number_characters"]
    assert second[:5] == ["2", "曾静", "残疾等级", "9", "word_unknown"]
    assert all(line[5] for line in (first, second))


def test_lines_are_counted() -> None:
    file = ErrorFile(io.StringIO(newline=""))
    file.write(RefusedRow(7, "曾静", (_error("1"), _error("2"))))
    file.write_note(line=8, name="曾静", note=_error("3"))
    assert file.lines == 3


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1", " =1", "\n=1", "＝1", "\u200b=1", "\ufeff=cmd|' /C calc'!A0"],
)
def test_what_looks_like_a_formula_becomes_text(value: str) -> None:
    assert harmless_cell(value).startswith("'")


@pytest.mark.parametrize("value", ["曾静", "370406", "", "1953-02-01", "a=b", "a@b"])
def test_what_is_harmless_is_left_alone(value: str) -> None:
    assert harmless_cell(value) == value


@given(st.text(max_size=40))
def test_no_cell_of_any_content_can_be_computed(content: str) -> None:
    text = _written(RefusedRow(2, content, (_error(content, column=content),)))
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))):
        for cell in row:
            assert cell.lstrip()[:1] not in _DANGEROUS or cell.lstrip() == ""
            assert "\n" not in cell
            assert "\r" not in cell


@given(st.lists(st.text(max_size=20), max_size=5))
def test_the_file_is_read_back_line_by_line(values: list[str]) -> None:
    text = _written(
        *(RefusedRow(line, value, (_error(value),)) for line, value in enumerate(values, start=2))
    )
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row[0] for row in rows[1:]] == [str(line) for line in range(2, len(values) + 2)]
    assert all(len(row) == len(ERROR_COLUMNS) for row in rows)
