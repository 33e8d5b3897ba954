"""One table, saved in every way an office saves tables, is read alike."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import date
from functools import cache

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from households.readers import PAGE_LIMITS, RESIDENT_COLUMNS, FileKind, Line, open_table, read_headers
from households.readers.xlsx_values import date_reader
from offices.errors import DomainError
from tests.households.resident_files import (
    GOOD,
    SAMPLE,
    as_csv,
    as_xlsx,
    number,
    opened,
    repacked,
    sample_table,
    table_of,
)

pytestmark = pytest.mark.slow

_cells = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
        st.sampled_from('𠮷𬭎·,"=+-@ 0123456789Xx\n'),
    ),
    max_size=8,
).map(str.strip)
_rows = st.lists(
    st.lists(_cells, min_size=len(RESIDENT_COLUMNS), max_size=len(RESIDENT_COLUMNS)).filter(any), max_size=5
)


@pytest.fixture(scope="module")
def sample_lines() -> list[Line]:
    return list(opened(as_csv(sample_table())).lines())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encoding_is_found_out(encoding: str, sample_lines: list[Line]) -> None:
    table = opened(as_csv(sample_table(), encoding))
    assert table.kind is FileKind.CSV
    assert table.encoding == encoding.removesuffix("-sig")
    assert table.row_count == 1507
    assert list(table.lines()) == sample_lines


def test_workbook_is_read_as_its_csv(sample_lines: list[Line]) -> None:
    table = opened(as_xlsx(sample_table()))
    assert table.kind is FileKind.XLSX
    assert table.row_count == 1507
    assert list(table.lines()) == sample_lines


def test_workbook_with_texts_in_its_cells_is_read_alike(sample_lines: list[Line]) -> None:
    assert list(opened(as_xlsx(sample_table(), constant_memory=True)).lines()) == sample_lines


@given(st.permutations(range(25)))
@settings(max_examples=5, deadline=None)
def test_columns_may_stand_in_any_order(order: list[int]) -> None:
    table = sample_table()[:40]
    expected = list(opened(as_csv(table)).lines())
    shuffled = [[row[place] for place in order] for row in table]
    assert list(opened(as_csv(shuffled)).lines()) == expected
    assert list(opened(as_xlsx(shuffled)).lines()) == expected


def test_unknown_columns_are_named_and_left_out() -> None:
    header, row = table_of([GOOD])
    table = opened(as_csv([[*header, "备注", "民族"], [*row, "不详", "汉"]]))
    assert table.unknown_headers == ("备注", "民族")
    assert "不详" not in next(table.lines()).cells
    assert table.columns == set(GOOD)


def test_headers_are_read_as_meant() -> None:
    header, row = table_of([GOOD])
    header[3] = " 姓　名*"
    assert next(opened(as_csv([header, row])).lines()).cells[5] == GOOD["姓名"]


def test_rows_keep_the_numbers_that_a_spreadsheet_shows() -> None:
    header, row = table_of([GOOD])
    blank = [" "] * len(row)
    two_lines = [*row[:3], "曾\n静", *row[4:]]
    for source in (as_csv([header, row, blank, two_lines, row]), as_xlsx([header, row, [], two_lines, row])):
        table = opened(source)
        assert table.row_count == 3
        assert [line.number for line in table.lines()] == [2, 4, 5]


def test_interrupted_reading_goes_on_below_a_row(sample_lines: list[Line]) -> None:
    for source in (as_csv(sample_table()), as_xlsx(sample_table())):
        assert list(opened(source).lines(after=1400)) == sample_lines[1399:]


def test_short_rows_are_filled_up_and_long_ones_say_so() -> None:
    header, row = table_of([GOOD])
    source = io.BytesIO(
        "\n".join([",".join(header), ",".join([*row, "", "多", "余"]), ",".join(row[:4]), ""]).encode()
    )
    long, short = opened(source).lines()
    assert long.surplus == "多 余"
    assert short.surplus == ""
    assert short.cells[RESIDENT_COLUMNS.index("公民身份号码")] == ""


def test_dates_and_numbers_of_a_sheet_become_text() -> None:
    header = [*GOOD, "出生日期", "死亡日期", "残疾等级", "手机号", "银行账号"]
    row = [
        "000001",
        370406001001,
        "户主",
        "曾静伟",
        370406195302014000,
        "农业",
        date(1953, 2, 1),
        date(2013, 12, 31),
        3,
        13800000000,
        6228480402564890018,
    ]
    cells = dict(zip(RESIDENT_COLUMNS, next(opened(as_xlsx([header, row])).lines()).cells, strict=True))
    assert cells["户籍地代码"] == "370406001001"
    assert cells["公民身份号码"] == "3.70406E+17"
    assert cells["出生日期"] == "1953-02-01"
    assert cells["死亡日期"] == "2013-12-31"
    assert cells["残疾等级"] == "3"
    assert cells["手机号"] == "13800000000"
    assert cells["银行账号"] == "6.22848E+18"


@pytest.mark.parametrize(
    ("counts_from_1904", "stored", "day"),
    [
        ("0", "19391", "1953-02-01"),
        ("1", "17929", "1953-02-01"),
        ("0", "1", "1900-01-01"),
        ("0", "61", "1900-03-01"),
    ],
)
def test_days_are_counted_from_the_workbooks_own_beginning(
    counts_from_1904: str, stored: str, day: str
) -> None:
    assert date_reader(counts_from_1904=counts_from_1904 == "1")(stored) == day


def test_chinese_date_formats_are_dates() -> None:
    header, row = table_of([{**GOOD, "出生日期": "x"}])
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, header)
        for line, (code, index) in enumerate(
            [('yyyy"年"m"月"d"日"', None), ("[$-804]yyyy/m/d", None), (None, 31), ("0.00", None)], 1
        ):
            sheet.write_row(line, 0, row)
            style = workbook.add_format({"num_format": code if code else index})
            sheet.write_number(line, header.index("出生日期"), 19391, style)
    packed.seek(0)
    place = RESIDENT_COLUMNS.index("出生日期")
    assert [line.cells[place] for line in opened(packed).lines()] == ["1953-02-01"] * 3 + ["19391"]


def test_formula_like_cells_are_text_and_formulas_their_last_value() -> None:
    header, row = table_of([GOOD])
    row[3] = '=HYPERLINK("http://x","y")'
    assert next(opened(as_csv([header, row])).lines()).cells[5] == row[3]
    assert next(opened(as_xlsx([header, row])).lines()).cells[5] == row[3]
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, header)
        sheet.write_row(1, 0, row)
        sheet.write_formula(1, 3, '="曾"&"静"', value="曾静")
    packed.seek(0)
    assert next(opened(packed).lines()).cells[5] == "曾静"


def _hand_written(rows: str, declaration: str = "", prefix: str = "") -> io.BytesIO:
    sheet = (
        f'<?xml version="1.0" encoding="UTF-8"?>{declaration}<{prefix}worksheet '
        f'xmlns{":" + prefix[:-1] if prefix else ""}="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<{prefix}sheetData>{rows}</{prefix}sheetData></{prefix}worksheet>"
    )
    return repacked(as_xlsx([["x"]]), {"xl/worksheets/sheet1.xml": sheet.encode()})


def _inline(row: list[str], line: int, prefix: str = "") -> str:
    cells = "".join(
        f'<{prefix}c t="inlineStr">\n  <{prefix}is>\n <{prefix}r><{prefix}t>{cell[:1]}</{prefix}t></{prefix}r>'
        f"<{prefix}rPh><{prefix}t>jing</{prefix}t></{prefix}rPh>"
        f"<{prefix}r><{prefix}t>{cell[1:]}</{prefix}t></{prefix}r></{prefix}is></{prefix}c>"
        for cell in row
    )
    return f'<{prefix}row r="{line}">{cells}</{prefix}row>'


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_sheets_of_other_programs_are_read(prefix: str) -> None:
    header, row = table_of([GOOD])
    table = opened(_hand_written(_inline(header, 1, prefix) + _inline(row, 3, prefix), prefix=prefix))
    (line,) = table.lines()
    assert line.number == 3
    assert [cell for cell in line.cells if cell] == row


def test_first_worksheet_is_the_one_read() -> None:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as workbook:
        header, row = table_of([GOOD])
        chart = workbook.add_chartsheet("图")
        bars = workbook.add_chart({"type": "bar"})
        bars.add_series({"values": "=甲!$A$1:$A$2"})
        chart.set_chart(bars)
        first, second = workbook.add_worksheet("甲"), workbook.add_worksheet("乙")
        first.write_row(0, 0, header)
        first.write_row(1, 0, row)
        second.write_row(0, 0, ["别的"])
    packed.seek(0)
    assert opened(packed).row_count == 1


@given(_rows)
@settings(max_examples=40, deadline=None)
def test_every_table_comes_back_from_every_form(rows: list[list[str]]) -> None:
    table = [list(RESIDENT_COLUMNS), *rows]
    expected = [(place, tuple(row)) for place, row in enumerate(rows, start=2)]
    for source in (as_csv(table), as_csv(table, "utf-8"), as_csv(table, "gb18030"), as_xlsx(table)):
        assert [(line.number, line.cells) for line in opened(source).lines()] == expected


@cache
def _small_workbook() -> bytes:
    return as_xlsx(table_of([GOOD] * 4)).read()


def _read_all(content: bytes) -> int:
    """How many lines there are; a refusal with its sentence counts as none."""
    with suppress(DomainError):
        read_headers(io.BytesIO(content), limits=PAGE_LIMITS)
    try:
        return sum(1 for _line in open_table(io.BytesIO(content), limits=PAGE_LIMITS).lines())
    except DomainError as refusal:
        assert str(refusal)  # any refusal is right, if it can be said
        return 0


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_refused_with_a_sentence(content: bytes) -> None:
    assert _read_all(content) == 0


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_damaged_csv_gives_lines_or_a_sentence(data: st.DataObject) -> None:
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
    content = bytearray(as_csv(table_of([GOOD] * 4), encoding).read())
    for _time in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert _read_all(bytes(content)) <= 40


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_workbook_gives_lines_or_a_sentence(data: st.DataObject) -> None:
    content = bytearray(_small_workbook())
    for _time in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert _read_all(bytes(content)) <= 40


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_parts_give_lines_or_a_sentence(data: st.DataObject) -> None:
    """Damage inside the parts, where no checksum finds it first."""
    workbook = io.BytesIO(_small_workbook())
    name = data.draw(
        st.sampled_from(
            [
                "xl/worksheets/sheet1.xml",
                "xl/sharedStrings.xml",
                "xl/styles.xml",
                "xl/workbook.xml",
                "xl/_rels/workbook.xml.rels",
                "_rels/.rels",
            ]
        )
    )
    with zipfile.ZipFile(workbook) as package:
        part = bytearray(package.read(name))
    for _time in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(part) - 1))
        part[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.one_of(
                st.binary(max_size=3),
                st.sampled_from([b"<", b">", b"/>", b"99999999999", b"-1", b"<c>", b"&#x1f;", b"_x0000_"]),
            )
        )
    assert _read_all(repacked(workbook, {name: bytes(part)}).read()) <= 40


@cache
def _libreoffice_workbook() -> bytes:
    return (SAMPLE.parent / "residents-sample-libreoffice.xlsx").read_bytes()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_workbook_of_libreoffice_gives_lines_or_a_sentence(data: st.DataObject) -> None:
    content = bytearray(_libreoffice_workbook())
    for _time in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    assert _read_all(bytes(content)) <= 1507


@given(st.integers(1, 4000))
@settings(max_examples=60, deadline=None)
def test_truncated_workbook_is_refused(length: int) -> None:
    content = _small_workbook()
    with pytest.raises(DomainError):
        open_table(io.BytesIO(content[:-length]), limits=PAGE_LIMITS)


def test_memory_stays_flat_whatever_the_size() -> None:
    def peak(rows: int) -> int:
        table = table_of([GOOD])
        table += [[*table[1][:4], number("19530201", serial % 1000), "农业"] for serial in range(rows)]
        content = as_csv(table).read()
        tracemalloc.start()
        for _line in open_table(io.BytesIO(content), limits=PAGE_LIMITS).lines():
            pass
        highest = tracemalloc.get_traced_memory()[1] - len(content)
        tracemalloc.stop()
        return highest

    assert peak(20_000) < peak(1_000) + 200_000


def test_stray_cell_in_the_last_corner_of_a_sheet_costs_nothing() -> None:
    """A reader that lays a sheet out as a rectangle asks for half a terabyte here, and the worker dies."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as workbook:
        sheet = workbook.add_worksheet()
        for line, row in enumerate(table_of([GOOD])):
            sheet.write_row(line, 0, row)
        sheet.write_string(1_048_575, 16_383, "x")
    packed.seek(0)
    assert opened(packed).row_count == 1
