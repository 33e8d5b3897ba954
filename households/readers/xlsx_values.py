"""What the cells of a worksheet mean: shared texts, dates behind styles, numbers as text.

Source: ECMA-376 part 1, 18.8.30 (number formats) and 18.17.4 (dates as serial numbers).
"""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from households.readers.limits import ReadingLimits, refuse_cell, refuse_rows
from households.readers.xlsx_package import DEEPEST, SheetXml, new_parser, parse_small_part, parsed

# Built-in formats that show a day: 14–22 everywhere, 27–36 and 50–58 in Chinese editions.
_BUILT_IN_DATES = frozenset({*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)})
# What a format writes as it is: quoted or escaped text, colours, conditions, locales.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
# A spreadsheet keeps fifteen digits; whatever is longer has lost its end.
_LARGEST_EXACT = 10**15
_LAST_SERIAL = 2_958_465
# A resident's row has at most as many texts of its own.
_TEXTS_PER_ROW = 12


class SharedTexts:
    """The workbook's table of texts, kept as one run of bytes with the place of each text."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", errors="replace")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self):
            raise SheetXml
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode()


def shared_texts(package: zipfile.ZipFile, path: str | None, limits: ReadingLimits) -> SharedTexts:
    """Read the table of texts; readings above the characters (furigana) are left out.

    Raises DomainError `cell_too_long`.
    """
    texts = SharedTexts()
    if path is None:
        return texts
    pieces: list[str] = []
    most = limits.rows * _TEXTS_PER_ROW
    depth = depth_of_reading = 0
    in_text = False
    length = 0

    def start(element: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, depth_of_reading, in_text, length
        depth += 1
        local = element.rpartition(" ")[2]
        if depth > DEEPEST:
            raise SheetXml
        if local == "si":
            if len(texts) >= most:
                raise refuse_rows(limits)
            pieces.clear()
            length = 0
        elif local == "t":
            in_text = not depth_of_reading
        elif local == "rPh":
            depth_of_reading += 1

    def end(element: str) -> None:
        nonlocal depth, depth_of_reading, in_text
        depth -= 1
        local = element.rpartition(" ")[2]
        if local == "si":
            texts.append(unescape("".join(pieces)).strip())
        elif local == "t":
            in_text = False
        elif local == "rPh":
            depth_of_reading -= 1

    def characters(text: str) -> None:
        nonlocal length
        if in_text:
            pieces.append(text)
            length += len(text)
            if length > limits.cell_characters:
                raise refuse_cell(limits)

    parser = new_parser()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    for _chunk in parsed(package, path, parser, limits):
        pass
    return texts


def date_styles(package: zipfile.ZipFile, path: str | None, limits: ReadingLimits) -> frozenset[str]:
    """The indexes of the cell styles that show a day."""
    if path is None:
        return frozenset()
    custom: dict[str, str] = {}
    styles: list[str] = []
    in_cell_formats = False

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal in_cell_formats
        local = element.rpartition(" ")[2]
        if local == "numFmt":
            custom[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif local in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            in_cell_formats = local == "cellXfs"
        elif local == "xf" and in_cell_formats:
            styles.append(attributes.get("numFmtId", "0"))

    parse_small_part(package, path, start, limits)
    return frozenset(str(index) for index, number in enumerate(styles) if _shows_a_day(number, custom))


def _shows_a_day(number: str, custom: dict[str, str]) -> bool:
    if number in custom:
        shown = _LITERAL.sub("", custom[number]).lower()
        return "y" in shown or "d" in shown or "年" in custom[number] or "月" in custom[number]
    return number.isdecimal() and int(number) in _BUILT_IN_DATES


def number_text(written: str) -> str:
    """A stored number as the digits it stands for; one beyond fifteen digits in scientific notation.

    So a rounded identity number is known as such by every later check.
    """
    if written.isdecimal() and len(written) <= 15:
        return written
    try:
        value = float(written)
    except ValueError:
        return written
    if abs(value) >= _LARGEST_EXACT:
        return f"{value:.5E}"
    return str(int(value)) if value == int(value) else written


def date_reader(*, counts_from_1904: bool) -> Callable[[str], str]:
    """A function from a serial number to the day it stands for, as 1953-02-01."""

    @lru_cache(maxsize=65536)
    def read(written: str) -> str:
        try:
            serial = int(float(written))
        except (ValueError, OverflowError):
            return written
        if not 0 < serial <= _LAST_SERIAL - 1462:
            return written
        return day_of_serial(serial + 1462 if counts_from_1904 else serial).isoformat()

    return read


def day_of_serial(serial: int) -> date:
    """The day of a spreadsheet's serial number; it believes in a 29 February 1900."""
    return date(1899, 12, 30) + timedelta(days=serial if serial > 60 else serial + 1)


def unescape(text: str) -> str:
    """Characters that a workbook writes as `_x000A_`; what cannot stand in a text is left out."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character.isprintable() or character in "\n\t" else ""
