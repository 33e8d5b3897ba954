"""Printing: faces inside the file, the page of GB/T 9704, rare characters, tables, the same bytes again."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from offices.errors import DomainError
from offices.pdf import fonts
from offices.pdf.documents import FormalDocument, Section, Verification
from offices.pdf.engine import render_pdf
from offices.pdf.fonts import BUNDLED_FACES, Place, missing_glyphs
from offices.pdf.marks import mark_face
from offices.pdf.print_out import print_document
from offices.pdf.tables import Column, Row, RowKind, Table, ems
from tests.reports.reading import Pages, told_by

POINTS_OF_MM = 72 / 25.4
RARE = "𠀀"  # the first character of Extension B: in no bundled face
PRIVATE = "\ue123"  # a character that an older system made for itself


def letter(**changes: object) -> FormalDocument:
    fields: dict[str, object] = {
        "title": "关于奖励扶助申请审核结果的通知",
        "issuer": "枣庄市山亭区卫生和计划生育局",
        "issued_on": dt.date(2014, 1, 6),
        **changes,
    }
    return FormalDocument(**fields)  # type: ignore[arg-type]


def printed(document: FormalDocument, language: str = "zh-hans") -> Pages:
    with translation.override(language):
        return Pages(print_document(document, template="print/monthly.html"))


def test_bundled_faces_are_static_and_hold_names() -> None:
    from fontTools.ttLib import TTFont

    for face in BUNDLED_FACES:
        with TTFont(fonts.bundled_folder() / face.file_name, lazy=True) as opened:
            assert "fvar" not in opened
            assert opened["name"].getDebugName(1).startswith(face.family)
            assert opened["OS/2"].usWeightClass == face.weight
    assert missing_glyphs("王𠮷 李𬭎 阿依古丽·买买提 龢䶮〔2014〕—“”、￥ Shanting 1,234.50\n") == set()


def test_characters_without_a_glyph_are_found_before_printing() -> None:
    assert missing_glyphs(f"王{RARE}{PRIVATE}龙\ufe00") == {RARE, PRIVATE}


def test_a_missing_face_stops_the_print(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]
    assert fonts.absent_faces() == BUNDLED_FACES
    with pytest.raises(DomainError) as refused:
        render_pdf("<p>一</p>", title="一", language="zh-CN")
    assert refused.value.code == "fonts_missing"
    assert BUNDLED_FACES[0].file_name in str(refused.value)


def test_every_face_is_embedded_as_a_subset_with_its_text() -> None:
    paper = printed(letter(opening=(f"王𠮷、李𬭎、欧阳{RARE}华。", PRIVATE)))
    assert "王𠮷、李𬭎、欧阳" in paper.text
    assert RARE in paper.text
    for line in told_by("pdffonts", paper.file).splitlines()[2:]:
        embedded, subset, mapped = line.split()[-5:-2]
        assert (embedded, subset, mapped) == ("yes", "yes", "yes"), line
    faces = told_by("pdffonts", paper.file)
    assert "Noto-Serif-JP" in faces  # 𠮷
    assert "Huimin-Code-Point" in faces
    assert "DejaVu" not in faces


def test_a_boxed_character_is_explained_on_the_paper() -> None:
    paper = printed(letter(opening=(f"欧阳{RARE}华。",)))
    assert "U+20000" in paper.flat
    assert "U+20000" in printed(letter(opening=(f"欧阳{RARE}华。",)), "en").flat
    assert "U+" not in printed(letter(opening=("欧阳华。",))).flat


def test_the_box_is_the_same_for_the_same_characters() -> None:
    assert mark_face([RARE, PRIVATE]) == mark_face([PRIVATE, RARE, RARE])
    assert mark_face([RARE]) != mark_face([PRIVATE])


def test_it_is_pdf_a_tagged_and_speaks_its_language(tmp_path: Path) -> None:
    paper = printed(letter(title="两行的\n标题"))
    told = told_by("pdfinfo", paper.file)
    assert re.search(r"Tagged:\s+yes", told)
    assert re.search(r"Title:\s+两行的标题\n", told)
    assert re.search(r"Author:\s+枣庄市山亭区卫生和计划生育局\n", told)
    metadata = told_by("pdfinfo", paper.file, "-meta", "-")
    assert 'pdfaid:part="2"' in metadata
    assert 'pdfaid:conformance="U"' in metadata
    if shutil.which("qpdf"):
        (tmp_path / "letter.pdf").write_bytes(paper.file)
        subprocess.run(["qpdf", "--check", tmp_path / "letter.pdf"], check=True, capture_output=True)


def test_the_same_document_gives_the_same_bytes() -> None:
    document = letter(
        opening=(f"欧阳{RARE}华。",), number="山卫计通〔2014〕12号", letterhead="山亭区卫生和计划生育局"
    )
    assert printed(document).file == printed(document).file


def test_nothing_is_fetched() -> None:
    from weasyprint.urls import FatalURLFetchingError

    for address in ("http://127.0.0.1:9/seal.png", "file:///etc/hostname"):
        with pytest.raises((FatalURLFetchingError, ValueError)):
            render_pdf(f'<img src="{address}">', title="一", language="zh-CN")


def test_the_page_holds_22_lines_of_28_characters() -> None:
    paper = printed(letter(title="标题", opening=("字" * 28 * 60,)))
    lines = [line for line in paper.pages[1].splitlines() if "字" in line]
    assert [len(line.strip()) for line in lines] == [28] * 22
    words = paper.words(2)
    left, right = min(word.left for word in words if "字" in word.text), max(word.right for word in words)
    top = min(word.top for word in words)
    assert left == pytest.approx(28 * POINTS_OF_MM, abs=1)
    assert right == pytest.approx((28 + 156) * POINTS_OF_MM, abs=2)
    assert top == pytest.approx(37 * POINTS_OF_MM, abs=6)


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages() -> None:
    paper = printed(letter(opening=("字" * 28 * 60,)))
    assert len(paper.pages) >= 3
    for number in (1, 2, 3):
        assert f"—{number}—" in re.sub(r"\s", "", paper.pages[number - 1])
        (word,) = [word for word in paper.words(number) if word.text == str(number)]
        middle = (word.top + word.bottom) / 2
        assert middle == pytest.approx((37 + 225 + 7) * POINTS_OF_MM, abs=4)
        assert (word.left > 105 * POINTS_OF_MM) is (number % 2 == 1)


def test_the_formal_head_has_the_office_and_the_number_in_brackets() -> None:
    document = letter(
        number="山卫计通〔2014〕12号",
        letterhead="枣庄市山亭区卫生和计划生育局文件",
        addressee="王𠮷同志",
        copies_to="山亭区财政局",
        printed_by="山亭区卫生和计划生育局办公室",
    )
    paper = printed(document)
    for words in (
        "卫生和计划生育局文件",
        "山卫计通〔2014〕12号",
        "王𠮷同志：",
        "2014年1月6日",
        "抄送：山亭区财政局。",
    ):
        assert words in paper.flat
    (office,) = [word for word in paper.words(1) if word.text == document.letterhead]
    assert office.right <= (28 + 156) * POINTS_OF_MM + 1
    with pytest.raises(ValueError, match="〔〕"):
        letter(number="山卫计通[2014]12号")


def test_the_verification_block_says_how() -> None:
    digest = "0123456789abcdef" * 4
    seal = Verification("K7QM-2R4T", "http://127.0.0.1:8000/verify/K7QM-2R4T/", digest, audit_seal="第128号")
    paper = printed(letter(verification=seal))
    for words in ("核验码：K7QM-2R4T", "http://127.0.0.1:8000/verify/K7QM-2R4T/", digest, "第128号"):
        assert words in paper.flat
    assert "<path" in seal.picture
    with pytest.raises(ValueError, match="SHA-256"):
        Verification("K7QM-2R4T", "http://127.0.0.1/", "12")


def table_of(columns: int, rows: int, cell: str = "123,456") -> Table:
    heads = (Column("村（居）"), *(Column(f"第{n}项", is_figure=True) for n in range(columns)))
    return Table("表1　测试表", heads, tuple(Row((f"第{n}村", *[cell] * columns)) for n in range(rows)))


def test_the_head_of_a_long_table_comes_back() -> None:
    paper = printed(letter(sections=(Section("表", tables=(table_of(3, 100),)),)))
    assert len(paper.pages) > 3
    for page in paper.pages[:-1]:
        assert "村（居）" in page
    assert all(f"第{number}村" in paper.flat for number in range(100))


def test_a_wide_table_lies_on_its_side_and_the_text_after_it_stands() -> None:
    wide = table_of(12, 5)
    assert wide.fit.is_sideways
    assert not table_of(4, 5).fit.is_sideways
    paper = printed(letter(sections=(Section("宽表", tables=(wide,)), Section("后文", ("后文。",)))))
    sizes = told_by("pdfinfo", paper.file, "-f", "1", "-l", "9", "-").split("size:")[1:]
    assert [float(size.split()[0]) > 700 for size in sizes[: len(paper.pages)]] == [False, True, False]
    assert "后文" in paper.pages[2]


def test_a_table_too_wide_for_any_page_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        _ = table_of(30, 2).fit
    assert refused.value.code == "table_too_wide"
    assert "表1" in str(refused.value)


def test_figures_are_neither_clipped_nor_broken() -> None:
    cell = "88,888,888.88"
    table = table_of(5, 3, cell)
    paper = printed(letter(sections=(Section("表", tables=(table,)),)))
    words = [
        word for page in range(1, len(paper.pages) + 1) for word in paper.words(page) if word.text == cell
    ]
    assert len(words) == 15
    for row in (words[0:5], words[5:10], words[10:15]):
        for one, other in itertools.pairwise(row):
            assert one.right < other.left


@given(st.lists(st.tuples(st.text("甲乙丙 ab", max_size=12), st.integers(0, 10**9)), min_size=1, max_size=6))
def test_columns_share_the_whole_width_and_give_each_its_need(lines: list[tuple[str, int]]) -> None:
    table = Table(
        "表",
        (Column("名称"), Column("金额", is_figure=True)),
        tuple(Row((name, f"{amount:,}")) for name, amount in lines),
    )
    widths = [float(width) for width in table.widths]
    assert sum(widths) == pytest.approx(100, abs=0.05)
    longest = max(ems(f"{amount:,}") for _name, amount in lines) * table.fit.points
    assert widths[1] / 100 * table.fit.width > longest


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        Table("表", (Column("一"),), (Row(("1", "2")),))
    with pytest.raises(ValueError, match="1 columns"):
        Table("表", (Column("一"),), (Row(("1", "2"), RowKind.GROUP),))


def test_more_rows_than_can_be_printed_are_refused() -> None:
    with pytest.raises(DomainError) as refused:
        letter(sections=(Section("表", tables=(table_of(1, 3001),)),))
    assert refused.value.code == "too_long_to_print"
    assert "3001" in str(refused.value)


def test_the_office_s_own_faces_come_first(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    from fontTools.ttLib import TTFont

    with TTFont(fonts.bundled_folder() / "NotoSansSC_400Regular.ttf") as face:
        for record in face["name"].names:
            if record.nameID in (1, 4, 6, 16):
                face["name"].setName(
                    "FangSong_GB2312", record.nameID, record.platformID, record.platEncID, record.langID
                )
        face.save(tmp_path / "simfang.ttf")
    (tmp_path / "damaged.ttf").write_bytes(b"not a font")
    settings.HUIMIN_PDF_FONTS = str(tmp_path)  # type: ignore[attr-defined]
    assert fonts.licensed_family(Place.TEXT) == "FangSong_GB2312"
    assert fonts.licensed_family(Place.TITLE) is None
    paper = printed(letter(opening=("王𠮷同志。",)))
    faces = told_by("pdffonts", paper.file)
    assert "FangSong" in faces
    assert "Noto-Serif-SC-Semi-Bold" in faces
    assert "𠮷" in paper.text


def test_the_style_sheet_is_understood(caplog: pytest.LogCaptureFixture) -> None:
    seal = Verification("K7QM-2R4T", "http://127.0.0.1:8000/verify/K7QM-2R4T/", "0" * 64)
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        printed(
            letter(
                number="山卫计通〔2014〕12号",
                letterhead="山亭区卫生和计划生育局",
                standing="已生成未上报",
                opening=(f"王{RARE} 李",),
                sections=(Section("表", tables=(table_of(12, 2), table_of(2, 2))),),
                signers=(("审核人", "刘敏"), ("填表人", "")),
                verification=seal,
            )
        )
    unexpected = [record.getMessage() for record in caplog.records if "HarfBuzz" not in record.getMessage()]
    assert unexpected == []


def test_markup_in_a_name_stays_text() -> None:
    paper = printed(letter(opening=("王<b>二</b>&amp;",)))
    assert "王<b>二</b>&amp;" in paper.flat
