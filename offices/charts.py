"""Charts as SVG made on the server: the same drawing in the page and in the PDF.

A chart is a pure function of its figures. Every mark carries a title and, where it has an
address, leads to its rows; beside the drawing stands the same as a table. Series differ by
texture or shape as well as by colour. Only presentation attributes are used, no style and no
script, so that a strict content security policy and WeasyPrint both take it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from offices import drawing
from offices.drawing import INK, PALETTE, SIZE, WIDTH, Frame, Mark, Number, Series, Words, Written

__all__ = [
    "Chart",
    "Mark",
    "Series",
    "bar_chart",
    "donut_chart",
    "line_chart",
    "plain_number",
    "ranked_bars",
    "sparkline",
]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and its figures as a table, both markup."""

    title: Words
    svg: SafeString
    table: SafeString


def plain_number(value: Number) -> str:
    """Thousands separated; cents only where there are any: 1,234 or 1,234.50."""
    exact = Decimal(str(value))
    return f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact:,.2f}"


def bar_chart(
    *,
    chart_id: str,
    title: Words,
    labels: Sequence[Words],
    series: Sequence[Series],
    is_stacked: bool = False,
    written: Written = plain_number,
    label_title: Words = "",
) -> Chart:
    """Upright bars: one series alone, several side by side, or stacked.

    `chart_id` is unique in the page; `written` says a value in words. Raises ValueError when a
    series has not one mark for each label, and for negative values in a stack.
    """
    _check(labels, series)
    if is_stacked:
        _check_not_negative(series)
        tops = [sum(drawing.real(one.marks[index].value) for one in series) for index in range(len(labels))]
    else:
        tops = [drawing.real(mark.value) for one in series for mark in one.marks]
    is_alone = len(series) == 1
    frame = Frame.around(tops, labels, has_legend=not is_alone, written=written)
    side_by_side = 1 if is_stacked else len(series)
    bar_width = min(frame.slot * 0.7 / side_by_side, 56.0)
    said_widths = [
        drawing.width_of(written(mark.value)) for mark in series[0].marks if mark.value is not None
    ]
    has_values = is_alone and max(said_widths, default=0) <= frame.slot
    pieces = [frame.grid(), frame.label_row(labels)]
    for index, label in enumerate(labels):
        foot = 0.0
        for order, one in enumerate(series):
            mark = one.marks[index]
            if mark.value is None:
                continue
            head = foot + drawing.real(mark.value)
            shift = -0.5 if is_stacked else order - len(series) / 2
            left = frame.middle(index) + shift * bar_width
            top, low = sorted((frame.y(head), frame.y(foot)))
            gap = 0 if side_by_side == 1 else 1
            bar = drawing.rect(left, top, bar_width - gap, max(low - top, 0.5), drawing.fill(chart_id, order))
            pieces.append(drawing.linked(mark, _said(label, one.name, mark.value, written, is_alone), bar))
            if has_values:
                beside = top - 6 if head >= 0 else low + SIZE + 3
                pieces.append(
                    drawing.text(frame.middle(index), beside, written(mark.value), anchor="middle", paint=INK)
                )
            if is_stacked:
                foot = head
    pieces.append(frame.base_line())
    if not is_alone:
        pieces.insert(0, drawing.textures(chart_id, len(series)))
        pieces.append(drawing.legend(chart_id, series, frame.left, has_lines=False))
    return Chart(
        title,
        drawing.svg(chart_id, title, frame.height, pieces),
        drawing.table(title, labels, series, written, label_title),
    )


def line_chart(
    *,
    chart_id: str,
    title: Words,
    labels: Sequence[Words],
    series: Sequence[Series],
    written: Written = plain_number,
    label_title: Words = "",
) -> Chart:
    """Lines through points; the series differ by marker and dash. A missing value breaks its line.

    Raises ValueError when a series has not one mark for each label.
    """
    _check(labels, series)
    values = [drawing.real(mark.value) for one in series for mark in one.marks]
    is_alone = len(series) == 1
    frame = Frame.around(values, labels, has_legend=not is_alone, written=written)
    pieces = [frame.grid(), frame.label_row(labels), frame.base_line()]
    for order, one in enumerate(series):
        places = [
            (frame.middle(index), frame.y(drawing.real(mark.value))) for index, mark in enumerate(one.marks)
        ]
        pieces += [
            drawing.polyline([places[i] for i in stretch], order) for stretch in drawing.runs(one.marks)
        ]
        for index, mark in enumerate(one.marks):
            if mark.value is not None:
                said = _said(labels[index], one.name, mark.value, written, is_alone)
                pieces.append(drawing.linked(mark, said, drawing.marker(order, *places[index])))
    if not is_alone:
        pieces.append(drawing.legend(chart_id, series, frame.left, has_lines=True))
    return Chart(
        title,
        drawing.svg(chart_id, title, frame.height, pieces),
        drawing.table(title, labels, series, written, label_title),
    )


def ranked_bars(
    *,
    chart_id: str,
    title: Words,
    labels: Sequence[Words],
    series: Series,
    written: Written = plain_number,
    label_title: Words = "",
) -> Chart:
    """Lying bars below each other: for townships, villages and other long names.

    Raises ValueError when the series has not one mark for each label, and for negative values.
    """
    _check(labels, [series])
    _check_not_negative([series])
    row = 30.0
    left = min(max((drawing.width_of(str(label)) for label in labels), default=40) + 14, 240.0)
    said_widths = [drawing.width_of(written(mark.value)) for mark in series.marks if mark.value is not None]
    most = max((drawing.real(mark.value) for mark in series.marks), default=0.0) or 1.0
    scale = (WIDTH - left - max(said_widths, default=0) - 16) / most
    height = row * len(labels) + 6
    pieces = []
    for index, (label, mark) in enumerate(zip(labels, series.marks, strict=True)):
        middle = 3 + row * (index + 0.5)
        baseline = middle + SIZE * 0.36
        pieces.append(drawing.text(left - 8, baseline, label, anchor="end", paint=INK))
        if mark.value is None:
            pieces.append(drawing.text(left + 8, baseline, "—"))
            continue
        length = max(drawing.real(mark.value) * scale, 1)
        bar = drawing.rect(left, middle - 10, length, 20, PALETTE[0])
        pieces.append(drawing.linked(mark, _said(label, series.name, mark.value, written, True), bar))
        pieces.append(drawing.text(left + length + 8, baseline, written(mark.value), paint=INK))
    return Chart(
        title,
        drawing.svg(chart_id, title, height, pieces),
        drawing.table(title, labels, [series], written, label_title),
    )


def sparkline(
    *, title: Words, values: Sequence[Number | None], written: Written = plain_number
) -> SafeString:
    """A small line without axes, its last point marked; first and last value are read out.

    Nothing known: nothing is drawn.
    """
    marks = [Mark(value) for value in values]
    known = [value for value in values if value is not None]
    if not known:
        return SafeString("")
    width, height, edge = 120.0, 28.0, 4.0
    low, high = drawing.real(min(known)), drawing.real(max(known))
    step = (width - 2 * edge) / max(len(values) - 1, 1)

    def at(index: int) -> tuple[float, float]:
        level = (drawing.real(values[index]) - low) / (high - low) if high > low else 0.5
        return edge + index * step, height - edge - level * (height - 2 * edge)

    stretches = drawing.runs(marks)
    lines = [drawing.polyline(map(at, stretch), 0, width=2) for stretch in stretches if len(stretch) > 1]
    return format_html(
        '<svg class="sparkline" role="img" aria-label="{}: {} – {}" viewBox="0 0 120 28" width="120"'
        ' height="28">{}{}</svg>',
        title,
        written(known[0]),
        written(known[-1]),
        drawing.joined(lines),
        drawing.marker(3, *at(stretches[-1][-1])),
    )


def donut_chart(
    *,
    chart_id: str,
    title: Words,
    labels: Sequence[Words],
    series: Series,
    written: Written = plain_number,
    label_title: Words = "",
) -> Chart:
    """Shares of a whole, with their words beside them.

    Raises ValueError for more than five parts (no eye tells them apart), for negative ones, and
    when marks and labels differ in number.
    """
    _check(labels, [series])
    _check_not_negative([series])
    if len(labels) > len(PALETTE):
        raise ValueError("a donut takes up to five parts: put the small ones together")
    whole = sum((Decimal(str(mark.value or 0)) for mark in series.marks), Decimal(0))
    height, centre, radius = 200.0, 100.0, 78.0
    pieces = [drawing.textures(chart_id, len(labels))]
    angle = -math.pi / 2
    for order, (label, mark) in enumerate(zip(labels, series.marks, strict=True)):
        paint = drawing.fill(chart_id, order)
        y = height / 2 + (order - (len(labels) - 1) / 2) * 32
        value = mark.value or 0
        share = Decimal(str(value)) / whole if whole else Decimal(0)
        if share:
            turn = 2 * math.pi * float(share)
            said = f"{_said(label, series.name, value, written, True)} ({share:.1%})"
            piece = drawing.ring_piece(centre, radius, angle, turn, paint)
            pieces.append(drawing.linked(mark, said, piece))
            angle += turn
        pieces.append(drawing.rect(220, y - 8, 16, 16, paint))
        pieces.append(drawing.text(248, y + 5, label, paint=INK))
        pieces.append(drawing.text(440, y + 5, written(value), anchor="end", paint=INK, weight=600))
        pieces.append(drawing.text(520, y + 5, f"{share:.1%}", anchor="end"))
    pieces.append(
        drawing.text(centre, centre + 7, written(whole), anchor="middle", paint=INK, size=18, weight=600)
    )
    return Chart(
        title,
        drawing.svg(chart_id, title, height, pieces),
        drawing.table(title, labels, [series], written, label_title),
    )


def _check(labels: Sequence[Words], series: Sequence[Series]) -> None:
    if any(len(one.marks) != len(labels) for one in series):
        raise ValueError("every series needs one mark for each label")


def _check_not_negative(series: Sequence[Series]) -> None:
    if any(drawing.real(mark.value) < 0 for one in series for mark in one.marks):
        raise ValueError("this chart takes no negative values: use bars side by side")


def _said(label: Words, name: Words, value: Number, written: Written, is_alone: bool) -> str:
    return f"{label}: {written(value)}" if is_alone else f"{label}, {name}: {written(value)}"
