"""One row of a file: what it says, or why it is refused."""

from households.rows.department import DepartmentRow, DepartmentRows
from households.rows.notes import RowError, RowNote, RowWarning
from households.rows.resident import RefusedRow, ResidentRow, ResidentRows

__all__ = [
    "DepartmentRow",
    "DepartmentRows",
    "RefusedRow",
    "ResidentRow",
    "ResidentRows",
    "RowError",
    "RowNote",
    "RowWarning",
]
