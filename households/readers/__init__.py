"""Files of rows as people bring them: CSV in two encodings, XLSX, and everything that pretends to be one."""

from households.readers.columns import REQUIRED_COLUMNS, RESIDENT_COLUMNS, RESIDENTS, ColumnSet, guess_column
from households.readers.departments import DEPARTMENT_COLUMNS
from households.readers.limits import COMMAND_LIMITS, PAGE_LIMITS, ReadingLimits
from households.readers.sniffing import FileKind
from households.readers.table import Line, Table, open_table, read_headers

__all__ = [
    "COMMAND_LIMITS",
    "DEPARTMENT_COLUMNS",
    "PAGE_LIMITS",
    "REQUIRED_COLUMNS",
    "RESIDENTS",
    "RESIDENT_COLUMNS",
    "ColumnSet",
    "FileKind",
    "Line",
    "ReadingLimits",
    "Table",
    "guess_column",
    "open_table",
    "read_headers",
]
