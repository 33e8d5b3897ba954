"""Villages named by a row, and the one that serves the person."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from households.rows.notes import Notes
from households.rows.words import refuse_empty
from offices.divisions import level_of
from offices.enums import DivisionLevel
from offices.identifiers import clean_number, is_rounded, rounded_number


@dataclass(frozen=True, slots=True)
class Home:
    """Where a household is today that a file names by its former village and number, and until when it was there."""

    village: str
    number: str
    until_on: datetime.date


@dataclass(frozen=True, slots=True)
class FormerVillages:
    """What became of a county's villages: files go on naming old codes and old household numbers.

    `ended`: the one village that follows each that has ended, empty where there are several. `then`:
    those of them that there still were on the day the file speaks for. `homes`: households by a former
    village and number. `taken`: numbers that the following villages had before, as (village, number).
    """

    ended: Mapping[str, str] = field(default_factory=dict)
    then: frozenset[str] = frozenset()
    homes: Mapping[tuple[str, str], Home] = field(default_factory=dict)
    taken: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Read:
    """A village as the file's day knows it, and the one that serves there today."""

    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Places:
    """Reads division codes for one county, whose villages are known."""

    county: str
    villages: frozenset[str]
    former: FormerVillages = FormerVillages()

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

    def home_of(self, village: str, number: str) -> Home | None:
        """The household that a file means by a former village and number."""
        return self.former.homes.get((village, number))

    def followed(self, column: str, code: str, home: Home | None, as_of: datetime.date, notes: Notes) -> Read:
        """A code with what follows it: the household's village of today, else the one village that follows.

        Of a village that was split only a known household tells which; else the row is refused.
        """
        if home is not None:
            read = Read(code if as_of < home.until_on else home.village, home.village)
        elif code not in self.former.ended:
            return Read(code, code)
        elif not self.former.ended[code]:
            notes.refuse(
                column,
                code,
                "division_split",
                _(
                    "This village has been split. Look up to which of the villages that followed it the family "
                    "belongs, and enter that code."
                ),
            )
            return Read(code, code)
        else:
            following = self.former.ended[code]
            read = Read(code if code in self.former.then else following, following)
        if read.then != code:
            notes.warn(
                column,
                code,
                "division_followed",
                _("This village has ended; the row is read as the one that followed it, %(following)s."),
                following=read.then,
            )
        return read

    def household(
        self, code: str, village: Read, number: str, home: Home | None, notes: Notes
    ) -> tuple[str, str]:
        """Village and number of a household today. A number that its new village gave to another is refused."""
        if home is not None:
            return home.village, home.number
        if code in self.former.ended and (village.now, number) in self.former.taken:
            notes.refuse(
                "户编号",
                number,
                "household_number_taken",
                _(
                    "The household's village has ended, and in the one that followed it another household "
                    "has this number. Enter the number that the household has there."
                ),
            )
        return village.now, number

    def serving(self, *, residence: str, hukou: str, household: str) -> str | None:
        """The village that serves a person: where she lives, else her hukou's, else her household's.

        None if none of the three lies in the county.
        """
        for code in (residence, hukou, household):
            if code.startswith(self.county):
                return code
        return None
