"""Resident files as people bring them: CSV in two encodings, XLSX, and everything that pretends to be one."""

from households.readers.columns import RESIDENT_COLUMNS
from households.readers.limits import COMMAND_LIMITS, PAGE_LIMITS, ReadingLimits
from households.readers.sniffing import FileKind
from households.readers.table import Line, Table, open_table

__all__ = [
    "COMMAND_LIMITS",
    "PAGE_LIMITS",
    "RESIDENT_COLUMNS",
    "FileKind",
    "Line",
    "ReadingLimits",
    "Table",
    "open_table",
]
