"""Text that leaves in a table and is opened by a spreadsheet program."""

from __future__ import annotations

import re

# A cell that starts so is computed instead of shown; also behind blanks, and in full width
# where the program's language is Chinese.
_FORMULA = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠﹢﹣﹦﹫−]")
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def one_line(text: str) -> str:
    """A text without line breaks and control characters, as a cell holds it."""
    return _LINE_BREAKS.sub(" ", text)


def looks_computed(text: str) -> bool:
    """Whether a spreadsheet program would compute a cell that holds this text, if it were let."""
    return bool(_FORMULA.match(text))


def harmless_cell(text: str) -> str:
    """A text as a cell that is never computed: one line, an apostrophe before what looks like a formula."""
    line = one_line(text)
    return f"'{line}" if looks_computed(line) else line
