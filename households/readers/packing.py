"""Rows kept in memory as small as they can be, and nowhere else: they are personal data."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_ROWS_A_BLOCK = 1000
# XML has neither character, so no cell of a workbook contains them.
_BETWEEN_CELLS = "\x1f"
_BETWEEN_ROWS = "\x1e"


class Pack:
    """Rows of cells, compressed by the thousand, given back in their order."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._open: list[str] = []

    def append(self, number: int, cells: tuple[str, ...]) -> None:
        self._open.append(f"{number}{_BETWEEN_CELLS}{_BETWEEN_CELLS.join(cells)}")
        if len(self._open) == _ROWS_A_BLOCK:
            self._blocks.append(zlib.compress(_BETWEEN_ROWS.join(self._open).encode(), 1))
            self._open.clear()

    def __len__(self) -> int:
        return len(self._blocks) * _ROWS_A_BLOCK + len(self._open)

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        for block in self._blocks:
            yield from map(_unpacked, zlib.decompress(block).decode().split(_BETWEEN_ROWS))
        yield from map(_unpacked, self._open)


def _unpacked(row: str) -> tuple[int, tuple[str, ...]]:
    number, *cells = row.split(_BETWEEN_CELLS)
    return int(number), tuple(cells)
