"""A face made for one document: a box with the code point, for each character that no font has.

The box keeps the character itself in the file, so that searching, copying and reading aloud find
the person's true name, and a reader of the paper sees which character it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from offices.pdf.fonts import MARK_FAMILY

EM = 1000
ASCENT, DESCENT = 880, -120

# Segments of a digit as on a pocket calculator: top, upper right, lower right, bottom, lower left,
# upper left, middle.
_SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abdeg", "3": "abcdg", "4": "bcfg", "5": "acdfg", "6": "acdefg", "7": "abc",
    "8": "abcdefg", "9": "abcdfg", "A": "abcefg", "B": "cdefg", "C": "adef", "D": "bcdeg", "E": "adefg", "F": "aefg",
}  # fmt: skip
_STROKE = 36
_FRAME = 28


def _bar(pen: Any, left: float, bottom: float, right: float, top: float) -> None:
    corners = [(round(x), round(y)) for x, y in ((left, bottom), (left, top), (right, top), (right, bottom))]
    pen.moveTo(corners[0])
    for corner in corners[1:]:
        pen.lineTo(corner)
    pen.closePath()


def _hole(pen: Any, left: float, bottom: float, right: float, top: float) -> None:
    pen.moveTo((left, bottom))
    for corner in ((right, bottom), (right, top), (left, top)):
        pen.lineTo(corner)
    pen.closePath()


def _digit(pen: Any, digit: str, left: float, bottom: float, width: float, height: float) -> None:
    right, top, middle, half = left + width, bottom + height, bottom + height / 2, _STROKE / 2
    bars = {
        "a": (left, top - _STROKE, right, top),
        "b": (right - _STROKE, middle, right, top),
        "c": (right - _STROKE, bottom, right, middle),
        "d": (left, bottom, right, bottom + _STROKE),
        "e": (left, bottom, left + _STROKE, middle),
        "f": (left, middle, left + _STROKE, top),
        "g": (left, middle - half, right, middle + half),
    }
    for segment in _SEGMENTS[digit]:
        _bar(pen, *bars[segment])


def _box(code_point: int) -> Any:
    """The glyph: a frame, and the code point in two rows of two or three digits."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    left, bottom, right, top = 60, -70, 940, 830
    _bar(pen, left, bottom, right, top)
    _hole(pen, left + _FRAME, bottom + _FRAME, right - _FRAME, top - _FRAME)
    digits = f"{code_point:04X}" if code_point <= 0xFFFF else f"{code_point:06X}"
    columns = len(digits) // 2
    across, down = (right - left - 2 * _FRAME) / columns, (top - bottom - 2 * _FRAME) / 2
    for index, digit in enumerate(digits):
        row, column = divmod(index, columns)
        _digit(
            pen,
            digit,
            left + _FRAME + column * across + across * 0.2,
            bottom + _FRAME + (1 - row) * down + down * 0.16,
            across * 0.6,
            down * 0.68,
        )
    return pen.glyph()


def mark_face(characters: Iterable[str]) -> bytes:
    """A TrueType face with a box for each of `characters` and nothing else; the same for the same set."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    code_points = sorted({ord(character) for character in characters})
    names = {code_point: f"u{code_point:06X}" for code_point in code_points}
    order = [".notdef", "space", *names.values()]
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder(order)
    # A space beside such a character is set in its face.
    builder.setupCharacterMap({ord(" "): "space", **names})
    builder.setupGlyf(
        {".notdef": Glyph(), "space": Glyph(), **{name: _box(point) for point, name in names.items()}}
    )
    builder.setupHorizontalMetrics(dict.fromkeys(order, (EM, 60)))
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({"familyName": MARK_FAMILY, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, usWinAscent=ASCENT, usWinDescent=-DESCENT)
    builder.setupPost()
    # A clock in the file would make two prints of the same document differ.
    builder.font.recalcTimestamp = False
    builder.font["head"].created = builder.font["head"].modified = 0
    written = BytesIO()
    builder.save(written)
    return written.getvalue()
