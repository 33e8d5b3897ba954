"""Villages named by a row, and the one that serves the person."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from households.rows.notes import Notes
from households.rows.words import refuse_empty
from offices.divisions import level_of
from offices.enums import DivisionLevel
from offices.identifiers import clean_number, is_rounded, rounded_number


@dataclass(frozen=True, slots=True)
class Places:
    """Reads division codes for one county, whose villages are known."""

    county: str
    villages: frozenset[str]

    def read(self, column: str, text: str, notes: Notes) -> str:
        """A 12-digit code; a village of the county must exist, other counties' are taken as they are."""
        if text in self.villages:
            return text
        code = clean_number(text)
        if not code:
            refuse_empty(notes, column)
        elif is_rounded(code):
            notes.refuse_for(column, text, rounded_number())
        elif len(code) != 12 or not (code.isascii() and code.isdigit()):
            notes.refuse(
                column,
                text,
                "division_form",
                _("A division code has 12 digits. Look the village's code up in the list of divisions."),
            )
        elif not code.startswith(self.county) or code in self.villages:
            return code
        elif level_of(code) is not DivisionLevel.VILLAGE:
            notes.refuse(
                column,
                text,
                "division_not_village",
                _("This is the code of a township or of the county. Enter the code of the village."),
            )
        else:
            notes.refuse(
                column,
                text,
                "division_unknown",
                _("The county has no village with this code. Look the code up in the list of divisions."),
            )
        return ""

    def serving(self, *, residence: str, hukou: str, household: str) -> str | None:
        """The village that serves a person: where she lives, else her hukou's, else her household's.

        None if none of the three lies in the county.
        """
        for code in (residence, hukou, household):
            if code.startswith(self.county):
                return code
        return None
