"""Text that leaves in a table and is opened by a spreadsheet program."""

from __future__ import annotations

import re

# A cell that starts so is computed instead of shown; also behind blanks, and in full width
# where the program's language is Chinese.
_FORMULA = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠﹢﹣﹦﹫−]")
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def harmless_cell(text: str) -> str:
    """A text as a cell that is never computed: one line, an apostrophe before what looks like a formula."""
    line = _LINE_BREAKS.sub(" ", text)
    return f"'{line}" if _FORMULA.match(line) else line
