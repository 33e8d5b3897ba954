"""The monthly report on paper: what it says, in two languages, and that it adds up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from offices.charts import Mark, Series, ranked_bars
from offices.errors import DomainError
from offices.pdf.documents import Verification
from reports.enums import EditionState
from reports.pdf.monthly import (
    STANDINGS,
    CheckupCount,
    MoneyLine,
    MonthlyDocument,
    Payee,
    QualificationChange,
    VillagePayees,
    compose_monthly,
    render_monthly,
)
from tests.reports.reading import Pages

pytestmark = pytest.mark.slow

REWARD = "农村部分计划生育家庭奖励扶助"
SPECIAL = "计划生育家庭特别扶助"


def month(**changes: object) -> MonthlyDocument:
    given = MonthlyDocument(
        place="枣庄市山亭区",
        issuer="枣庄市山亭区卫生和计划生育局",
        month=dt.date(2013, 12, 31),
        issued_on=dt.date(2014, 1, 6),
        state=EditionState.LOCKED,
        changes=(
            QualificationChange(
                "山城街道", REWARD, opening=300, joined=20, left=7, closing=313, died=6, other=1
            ),
            QualificationChange(
                "店子镇", REWARD, opening=310, joined=5, left=3, closing=312, died=None, moved=None
            ),
            QualificationChange("山城街道", SPECIAL, opening=40, joined=1, left=0, closing=41),
        ),
        money=(
            MoneyLine(
                REWARD,
                "省级财政",
                Decimal(600000),
                Decimal(600000),
                Decimal("597120.00"),
                Decimal("2880.00"),
                Decimal("2880.00"),
            ),
        ),
        checkups=(CheckupCount("山亭区计划生育服务站", 1186, 170, None),),
        payees=(
            VillagePayees(
                "水泉镇东山村", (Payee("王𠮷", REWARD, Decimal(960)), Payee("李𬭎", REWARD, Decimal(960)))
            ),
            VillagePayees("店子镇西山村", (Payee("阿依古丽·买买提", REWARD, Decimal("960.50")),)),
        ),
        verification=Verification("K7QM-2R4T", "http://127.0.0.1:8000/verify/K7QM-2R4T/", "ab" * 32),
        number="山卫计统〔2014〕1号",
        letterhead="枣庄市山亭区卫生和计划生育局文件",
    )
    return dataclasses.replace(given, **changes)  # type: ignore[arg-type]


def paper_of(document: MonthlyDocument, language: str = "zh-hans") -> Pages:
    return Pages(render_monthly(document, language=language))


def test_the_paper_tells_the_month_in_official_chinese() -> None:
    paper = paper_of(month())
    for words in (
        "枣庄市山亭区2013年12月",
        "计划生育利益导向与服务工作月报",
        "山卫计统〔2014〕1号",
        "一、资格变动情况",
        f"{REWARD}：期初610＋新增25－退出10＝期末625。",
        f"{SPECIAL}：期初40＋新增1－退出0＝期末41。",
        "二、资金收支情况",
        "597,120.00",
        "三、孕前优生健康检查情况",
        "1,186",
        "四、本月发放对象名单",
        "本名单含个人信息，仅供审计使用，不得公开。",
        "王𠮷",
        "李𬭎",
        "阿依古丽·买买提",
        "水泉镇东山村（2笔，1,920.00元）",
        "2,880.50",
        "特此报告。",
        "2014年1月6日",
        "核验码：K7QM-2R4T",
        "ab" * 32,
    ):
        assert words in paper.flat, words


def test_no_english_word_is_left_in_the_chinese_paper() -> None:
    with translation.override("zh-hans"):
        document = compose_monthly(month(state=EditionState.COMPUTED))
    said = [document.title, document.standing, document.closing, *document.opening]
    for section in document.sections:
        said += [section.heading, *section.paragraphs]
        for table in section.tables:
            said += [table.title, table.unit, table.note]
            said += [str(cell.text) for row in table.head for cell in row]
    for words in said:
        assert not any("a" <= letter.lower() <= "z" for letter in words), words


def test_the_english_paper_says_the_same_figures() -> None:
    paper = paper_of(month(place="Shanting District", state=EditionState.SUBMITTED), "en")
    for words in (
        "Shanting District, December 2013",
        "1. Changes of qualifications",
        "opening 610 + new 25 − exits 10 = closing 625",
        "Submitted, not accepted: figures may change",
        "王𠮷",
        "Jan. 6, 2014",
    ):
        assert words.replace(" ", "") in paper.flat, words


def test_a_reader_who_may_not_see_names_gets_none() -> None:
    paper = paper_of(month(payees=()))
    assert "名单" not in paper.flat
    assert "王𠮷" not in paper.flat


def test_a_hidden_count_hides_its_sum() -> None:
    with translation.override("zh-hans"):
        (table,) = compose_monthly(month()).sections[0].tables
    total = table.rows[3]
    assert total.cells[0] == "合计"
    assert total.cells[3:8] == ("<5", "<5", "0", "1", "10")
    assert "<5" in table.note


@pytest.mark.parametrize("state", [state for state in STANDINGS if state is not EditionState.LOCKED])
def test_figures_that_may_change_say_so_on_every_page(state: EditionState) -> None:
    paper = paper_of(month(state=state))
    assert len(paper.pages) > 1
    assert all("数据可能变动" in page for page in paper.pages)
    assert "数据可能变动" not in paper_of(month()).flat


def test_a_report_that_does_not_balance_is_not_printed() -> None:
    with pytest.raises(DomainError) as refused:
        QualificationChange("店子镇", REWARD, opening=10, joined=1, left=0, closing=10)
    assert refused.value.code == "report_does_not_balance"
    assert "店子镇" in str(refused.value)
    with pytest.raises(DomainError):
        QualificationChange("店子镇", REWARD, opening=10, joined=1, left=2, closing=9, died=1)
    with pytest.raises(DomainError) as refused:
        MoneyLine(REWARD, "省级财政", Decimal(10), Decimal(10), Decimal(10), Decimal(1), Decimal(0))
    assert "省级财政" in str(refused.value)


def test_an_empty_month_says_so() -> None:
    paper = paper_of(month(changes=(), money=(), checkups=(), payees=()))
    assert paper.flat.count("本期无") == 3


def test_the_drawing_of_the_page_is_printed_too() -> None:
    chart = ranked_bars(
        chart_id="towns",
        title="图1　各镇（街道）期末人数",
        labels=["山城街道", "店子镇"],
        series=Series("期末", [Mark(313, href="/reports/"), Mark(312)]),
    )
    paper = paper_of(month(charts=(chart,)))
    assert "图1各镇（街道）期末人数" in paper.flat
    assert paper.flat.count("店子镇") == paper_of(month()).flat.count("店子镇") + 1


def test_the_same_month_gives_the_same_bytes() -> None:
    assert render_monthly(month(), language="zh-hans") == render_monthly(month(), language="zh-hans")


def test_a_month_of_a_whole_district_is_printed_in_seconds() -> None:
    village = VillagePayees("水泉镇东山村", (Payee("王秀英", REWARD, Decimal(960)),) * 25)
    paper = paper_of(month(payees=(village,) * 25))
    assert paper.flat.count("王秀英") == 625
