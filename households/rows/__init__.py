"""One row of a resident file: what it says, or why it is refused."""

from households.rows.notes import RowError, RowNote, RowWarning
from households.rows.resident import RefusedRow, ResidentRow, ResidentRows

__all__ = ["RefusedRow", "ResidentRow", "ResidentRows", "RowError", "RowNote", "RowWarning"]
