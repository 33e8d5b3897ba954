"""The parts that charts are drawn from: scale, words, marks, textures, and the table beside them.

Only presentation attributes: no style, no script (see offices.charts).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Number = int | float | Decimal
Words = str | Promise
Written = Callable[[Number], str]

FONT = "Noto Sans SC, Source Han Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
INK = "#21282c"
INK_SOFT = "#545b60"
GRID = "#e0dcd2"
AXIS = "#857f74"
PALETTE = ("#17586b", "#b07a24", "#5b8471", "#a8321f", "#6a5a8c")
"""In the order of the series; textures, markers and dashes follow the same order."""

WIDTH = 560
SIZE = 14
"""Size of the words, in units of the drawing."""

PLOT_HEIGHT = 190


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a series; `href` leads to its rows. None is not known and is not drawn."""

    value: Number | None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one kind, one for each label of the chart."""

    name: Words
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where values and labels lie in a drawing with an upright axis of values."""

    low: float
    high: float
    step: float
    left: float
    top: float
    foot: float
    count: int
    is_slanted: bool
    height: float
    written: Written

    @classmethod
    def around(
        cls, values: Iterable[float], labels: Sequence[Words], *, has_legend: bool, written: Written
    ) -> Frame:
        """A frame that holds the values and zero, its axis cut at round numbers."""
        known = [0.0, *values]
        step = _round_step(max(known) - min(known))
        low = math.floor(min(known) / step) * step
        high = max(math.ceil(max(known) / step) * step, low + step)
        ticks = [low + step * index for index in range(round((high - low) / step) + 1)]
        left = max(width_of(written(_tidy(tick))) for tick in ticks) + 12
        slot = (WIDTH - left - 4) / max(len(labels), 1)
        longest = max((width_of(str(label)) for label in labels), default=0)
        is_slanted = longest > slot - 4
        if is_slanted:
            # The first label leans to the left of its place.
            left = max(left, min(longest, 150) * 0.77 - slot / 2)
        below = min(longest, 150) * 0.64 + 16 if is_slanted else SIZE + 12
        top = 36.0 if has_legend else 22.0
        foot = top + PLOT_HEIGHT
        return cls(low, high, step, left, top, foot, len(labels), is_slanted, foot + below, written)

    @property
    def slot(self) -> float:
        """The width that one label has."""
        return (WIDTH - self.left - 4) / max(self.count, 1)

    def middle(self, index: int) -> float:
        """The middle of a label's place."""
        return self.left + self.slot * (index + 0.5)

    def y(self, value: float) -> float:
        """The height at which a value lies."""
        return self.foot - (value - self.low) / (self.high - self.low) * (self.foot - self.top)

    def grid(self) -> SafeString:
        """Lines and numbers of the axis."""
        pieces = []
        for index in range(round((self.high - self.low) / self.step) + 1):
            tick = self.low + self.step * index
            pieces.append(_level(self.left, self.y(tick), GRID))
            said = self.written(_tidy(tick))
            pieces.append(text(self.left - 8, self.y(tick) + SIZE * 0.36, said, anchor="end"))
        return joined(pieces)

    def base_line(self) -> SafeString:
        """The line of zero."""
        return _level(self.left, self.y(0), AXIS)

    def label_row(self, labels: Sequence[Words]) -> SafeString:
        """The labels below, slanted where they would run into each other."""
        if not self.is_slanted:
            return joined(
                text(self.middle(index), self.foot + SIZE + 6, label, anchor="middle")
                for index, label in enumerate(labels)
            )
        return format_html_join(
            "",
            '<g transform="translate({} {}) rotate(-40)">{}</g>',
            (
                (_at(self.middle(index) + 4), _at(self.foot + SIZE + 4), text(0, 0, label, anchor="end"))
                for index, label in enumerate(labels)
            ),
        )


def real(value: Number | None) -> float:
    """A value as the drawing measures it; what is not known has no height."""
    return float(value or 0)


def runs(marks: Sequence[Mark]) -> list[list[int]]:
    """Unbroken stretches of known values."""
    found: list[list[int]] = [[]]
    for index, mark in enumerate(marks):
        if mark.value is None:
            found.append([])
        else:
            found[-1].append(index)
    return [stretch for stretch in found if stretch]


def width_of(words: str) -> float:
    """About how wide words are: a Chinese character is a square, a digit or letter a little over half."""
    return sum(SIZE if ord(character) > 0x2E80 else SIZE * 0.58 for character in words)


def joined(pieces: Iterable[SafeString]) -> SafeString:
    """Pieces of markup, one after the other."""
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def colour(order: int) -> str:
    """The colour of a series."""
    return PALETTE[order % len(PALETTE)]


def fill(chart_id: str, order: int) -> str:
    """The first series is plain, the others have a texture."""
    return PALETTE[0] if order == 0 else f"url(#{chart_id}-t{order % len(PALETTE)})"


def textures(chart_id: str, count: int) -> SafeString:
    """Stripes and dots for every series after the first, in its colour."""
    stripe = SafeString('<rect width="1.5" height="6" fill="#fff" fill-opacity="0.75"/>')
    dot = SafeString('<circle cx="3" cy="3" r="1.3" fill="#fff"/>')
    turns = (0, 45, 0, -45, 90)
    patterns = format_html_join(
        "",
        '<pattern id="{}-t{}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate({})">'
        '<rect width="6" height="6" fill="{}"/>{}</pattern>',
        (
            (chart_id, order, turns[order], PALETTE[order], dot if order == 2 else stripe)
            for order in range(1, min(count, len(PALETTE)))
        ),
    )
    return format_html("<defs>{}</defs>", patterns)


def linked(mark: Mark, said: str, shape: SafeString) -> SafeString:
    """A mark that says its value, and leads to its rows where it has an address."""
    if mark.href:
        return format_html(
            '<a href="{}" aria-label="{}"><title>{}</title>{}</a>', mark.href, said, said, shape
        )
    return format_html('<g role="img" aria-label="{}"><title>{}</title>{}</g>', said, said, shape)


def rect(x: float, y: float, width: float, height: float, paint: str) -> SafeString:
    """A bar, or a square of the legend."""
    return format_html(
        '<rect class="mark" x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        _at(x),
        _at(y),
        _at(width),
        _at(height),
        paint,
    )


def text(
    x: float,
    y: float,
    words: Words,
    *,
    anchor: str = "start",
    paint: str = INK_SOFT,
    size: int = SIZE,
    weight: int = 400,
) -> SafeString:
    """Words of the drawing."""
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}" font-size="{}" font-weight="{}" font-family="{}" fill="{}">{}</text>',
        _at(x),
        _at(y),
        anchor,
        size,
        weight,
        FONT,
        paint,
        words,
    )


def polyline(points: Iterable[tuple[float, float]], order: int, *, width: float = 2.5) -> SafeString:
    """A line through points, dashed in the manner of its series."""
    dashes = ("none", "7 4", "2 4", "10 4 2 4", "4 3")
    return format_html(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="{}" stroke-dasharray="{}"'
        ' stroke-linejoin="round"/>',
        " ".join(f"{_at(x)},{_at(y)}" for x, y in points),
        colour(order),
        width,
        dashes[order % len(dashes)],
    )


def marker(order: int, x: float, y: float) -> SafeString:
    """Circle, square, triangle, diamond or ring: a series is known without its colour."""
    if order % 5 == 4:
        ring = '<circle class="mark" cx="{}" cy="{}" r="4.5" fill="#fff" stroke="{}" stroke-width="2.5"/>'
        return format_html(ring, _at(x), _at(y), colour(order))
    if order % 5 == 1:
        return rect(x - 4.5, y - 4.5, 9, 9, colour(order))
    if order % 5 == 2:
        return _shape(f"M{_at(x)} {_at(y - 6)}l6 10.5h-12z", colour(order))
    if order % 5 == 3:
        return _shape(f"M{_at(x)} {_at(y - 6.5)}l6.5 6.5l-6.5 6.5l-6.5 -6.5z", colour(order))
    return format_html(
        '<circle class="mark" cx="{}" cy="{}" r="5" fill="{}"/>', _at(x), _at(y), colour(order)
    )


def ring_piece(centre: float, radius: float, angle: float, turn: float, paint: str) -> SafeString:
    """A piece of a ring; a whole ring is drawn as two halves, since an arc to itself is nothing."""
    if turn > 2 * math.pi - 1e-6:
        halves = (ring_piece(centre, radius, angle + half, math.pi, paint) for half in (0, math.pi))
        return joined(halves)
    inner = radius * 0.58
    is_large = int(turn > math.pi)

    def at(distance: float, where: float) -> str:
        return f"{centre + distance * math.cos(where):.2f} {centre + distance * math.sin(where):.2f}"

    outline = (
        f"M{at(radius, angle)}A{radius} {radius} 0 {is_large} 1 {at(radius, angle + turn)}"
        f"L{at(inner, angle + turn)}A{inner:.2f} {inner:.2f} 0 {is_large} 0 {at(inner, angle)}Z"
    )
    return _shape(outline, paint)


def legend(chart_id: str, series: Sequence[Series], left: float, *, has_lines: bool) -> SafeString:
    """The names of the series beside what each looks like."""
    x, pieces = left, []
    for order, one in enumerate(series):
        if has_lines:
            pieces += [polyline([(x, 10), (x + 26, 10)], order), marker(order, x + 13, 10)]
        else:
            pieces.append(rect(x + 6, 3, 15, 15, fill(chart_id, order)))
        pieces.append(text(x + 32, 15, one.name, paint=INK))
        x += 32 + width_of(str(one.name)) + 24
    return joined(pieces)


def svg(chart_id: str, title: Words, height: float, pieces: Iterable[SafeString]) -> SafeString:
    """The whole drawing."""
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" id="{}" role="group" aria-label="{}" viewBox="0 0 {} {}"'
        ' width="{}" height="{}">{}</svg>',
        chart_id,
        title,
        WIDTH,
        round(height),
        WIDTH,
        round(height),
        joined(pieces),
    )


def table(
    title: Words, labels: Sequence[Words], series: Sequence[Series], written: Written, label_title: Words
) -> SafeString:
    """The same figures as rows, each with the same address."""

    def cell(mark: Mark) -> SafeString:
        if mark.value is None:
            return format_html('<td class="col-number">{}</td>', "—")
        if mark.href:
            return format_html(
                '<td class="col-number"><a href="{}">{}</a></td>', mark.href, written(mark.value)
            )
        return format_html('<td class="col-number">{}</td>', written(mark.value))

    heads = format_html_join(
        "", '<th scope="col" class="col-number">{}</th>', ((one.name,) for one in series)
    )
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((label, joined(cell(one.marks[index]) for one in series)) for index, label in enumerate(labels)),
    )
    return format_html(
        '<table class="table"><caption class="visually-hidden">{}</caption>'
        '<thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table>',
        title,
        label_title or _("Item"),
        heads,
        rows,
    )


def _round_step(spread: float) -> float:
    """A step of 1, 2 or 5 times a power of ten that cuts the axis into about four."""
    if spread <= 0:
        return 1.0
    raw = spread / 4
    power: float = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)


def _tidy(value: float) -> Number:
    return int(value) if value == int(value) else round(value, 6)


def _at(value: float) -> str:
    """A place in the drawing to a tenth, without needless zeros."""
    return f"{value:.1f}".removesuffix(".0")


def _level(left: float, y: float, paint: str) -> SafeString:
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}"/>', _at(left), _at(y), WIDTH, _at(y), paint
    )


def _shape(outline: str, paint: str) -> SafeString:
    return format_html('<path class="mark" d="{}" fill="{}" stroke="#fff" stroke-width="1"/>', outline, paint)
