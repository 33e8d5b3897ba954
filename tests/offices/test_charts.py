"""Charts are pure functions of their figures: markup that a strict policy and WeasyPrint take."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offices.charts import (
    Chart,
    Mark,
    Series,
    bar_chart,
    donut_chart,
    line_chart,
    plain_number,
    ranked_bars,
    sparkline,
)

SVG = "{http://www.w3.org/2000/svg}"
LABELS = ["城头镇", "徐庄镇", "店子镇"]


def parsed(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(chart.svg)  # noqa: S314 # our own markup


def series(*values: int | Decimal | None, name: str = "Paid", href: str = "/rows/") -> Series:
    return Series(name, [Mark(value, f"{href}?n={index}") for index, value in enumerate(values)])


def every_chart() -> list[Chart]:
    two = [series(3, 5, 8), series(1, 0, 2, name="Owed")]
    return [
        bar_chart(chart_id="a", title="A", labels=LABELS, series=[series(3, 5, 8)]),
        bar_chart(chart_id="b", title="B", labels=LABELS, series=two),
        bar_chart(chart_id="c", title="C", labels=LABELS, series=two, is_stacked=True),
        line_chart(chart_id="d", title="D", labels=LABELS, series=two),
        ranked_bars(chart_id="e", title="E", labels=LABELS, series=series(3, 5, 8)),
        donut_chart(chart_id="f", title="F", labels=LABELS, series=series(3, 5, 8)),
    ]


@pytest.mark.parametrize("chart", every_chart(), ids=lambda chart: chart.title)
def test_a_chart_needs_no_style_and_no_script(chart: Chart) -> None:
    for element in parsed(chart).iter():
        assert element.tag not in {f"{SVG}style", f"{SVG}script"}
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]


@pytest.mark.parametrize("chart", every_chart(), ids=lambda chart: chart.title)
def test_each_mark_leads_to_its_rows_and_says_its_value(chart: Chart) -> None:
    links = parsed(chart).findall(f".//{SVG}a")
    assert links
    for link in links:
        title = link.find(f"{SVG}title")
        assert title is not None
        assert link.attrib["aria-label"] == title.text
        assert link.attrib["href"].startswith("/rows/")


@pytest.mark.parametrize("chart", every_chart(), ids=lambda chart: chart.title)
def test_the_table_holds_what_is_drawn(chart: Chart) -> None:
    table = ElementTree.fromstring(chart.table)  # noqa: S314 # our own markup
    assert [head.text for head in table.iterfind("./tbody/tr/th")] == LABELS
    assert [cell.text for cell in table.iterfind("./tbody/tr/td[1]/a")] == ["3", "5", "8"]


def test_words_are_escaped() -> None:
    chart = bar_chart(
        chart_id="x",
        title='<b>"&',
        labels=["<script>"],
        series=[Series("</svg>", [Mark(1, '/?a=1&b="2')])],
    )
    assert "<script>" not in chart.svg + chart.table
    assert parsed(chart).attrib["aria-label"] == '<b>"&'
    assert parsed(chart).find(f".//{SVG}a").attrib["href"] == '/?a=1&b="2'  # type: ignore[union-attr] # there


def test_what_is_not_known_is_not_drawn_as_zero() -> None:
    chart = bar_chart(chart_id="x", title="X", labels=LABELS, series=[series(3, None, 0)])
    assert len(parsed(chart).findall(f".//{SVG}a")) == 2
    assert "—" in chart.table


def test_a_line_breaks_where_a_value_is_missing() -> None:
    labels = ["1", "2", "3", "4", "5"]
    chart = line_chart(chart_id="x", title="X", labels=labels, series=[series(1, 2, None, 4, 5)])
    lines = parsed(chart).findall(f".//{SVG}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [2, 2]


def test_stacked_bars_stand_on_each_other() -> None:
    chart = bar_chart(
        chart_id="x", title="X", labels=["a"], series=[series(30), series(10, name="b")], is_stacked=True
    )
    lower, upper = (link.find(f"{SVG}rect").attrib for link in parsed(chart).findall(f".//{SVG}a"))  # type: ignore[union-attr] # there
    assert float(upper["y"]) + float(upper["height"]) == pytest.approx(float(lower["y"]), abs=0.15)
    assert float(lower["height"]) == pytest.approx(3 * float(upper["height"]), rel=0.01)


def test_series_differ_without_colour() -> None:
    two = [series(1, 2, 3), series(3, 2, 1, name="Owed")]
    lines = parsed(line_chart(chart_id="x", title="X", labels=LABELS, series=two)).findall(
        f".//{SVG}polyline"
    )
    assert len({line.attrib["stroke-dasharray"] for line in lines}) == 2
    grouped = bar_chart(chart_id="y", title="Y", labels=LABELS, series=two)
    paints = {rect.attrib["fill"] for rect in parsed(grouped).findall(f".//{SVG}a/{SVG}rect")}
    assert "url(#y-t1)" in paints
    assert parsed(grouped).find(f".//{SVG}pattern[@id='y-t1']") is not None


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="one mark for each label"):
        bar_chart(chart_id="x", title="X", labels=LABELS, series=[series(1, 2)])


def test_negative_values_stand_below_the_line_but_not_in_a_stack() -> None:
    chart = bar_chart(chart_id="x", title="X", labels=["a", "b"], series=[series(5, -5)])
    up, down = (link.find(f"{SVG}rect").attrib for link in parsed(chart).findall(f".//{SVG}a"))  # type: ignore[union-attr] # there
    assert float(up["y"]) + float(up["height"]) == pytest.approx(float(down["y"]), abs=0.15)
    with pytest.raises(ValueError, match="negative"):
        bar_chart(chart_id="x", title="X", labels=["a", "b"], series=[series(5, -5)], is_stacked=True)


def test_a_donut_of_one_part_is_whole() -> None:
    chart = donut_chart(chart_id="x", title="X", labels=LABELS, series=series(8, 0, None))
    assert len(parsed(chart).findall(f".//{SVG}a")) == 1
    assert "100.0%" in chart.svg


def test_a_donut_of_many_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="five parts"):
        donut_chart(chart_id="x", title="X", labels=list("abcdef"), series=series(1, 2, 3, 4, 5, 6))


@settings(deadline=None)  # a busy machine is no fault of a drawing
@given(
    values=st.lists(
        st.none() | st.integers(-(10**9), 10**12) | st.decimals(-(10**6), 10**6, places=2),
        min_size=0,
        max_size=40,
    )
)
def test_any_figures_give_a_drawing_within_its_frame(values: list[int | Decimal | None]) -> None:
    labels = [f"{index}月" for index in range(len(values))]
    for draw in (bar_chart, line_chart):
        root = parsed(draw(chart_id="x", title="X", labels=labels, series=[series(*values)]))
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        for rect in root.iter(f"{SVG}rect"):
            assert 0 <= float(rect.attrib["x"]) <= width
            assert 0 <= float(rect.attrib["y"]) <= height
            assert 0 <= float(rect.attrib["height"]) <= height


def test_a_sparkline_says_first_and_last() -> None:
    drawn = sparkline(title="Paid", values=[None, 3, 9, None, 7])
    assert 'aria-label="Paid: 3 – 7"' in drawn
    assert sparkline(title="Paid", values=[None]) == ""
    assert "polyline" not in sparkline(title="Paid", values=[5])


def test_numbers_are_written_with_cents_only_where_there_are_any() -> None:
    assert plain_number(1234) == "1,234"
    assert plain_number(Decimal("1234.5")) == "1,234.50"
    assert plain_number(0.1) == "0.10"
