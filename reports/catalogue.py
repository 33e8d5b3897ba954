"""The figure catalogue: every figure that a report may hold, under one code, with its definition.

Codes are `table.subject.measure`, such as `t1.ncjf.opening`; money is also given by source, as
`t2.ncjf.paid.central`. Nothing that is not listed here is computed, shown or printed. Townships
are compared by how fast and how correctly they serve.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from subsidies.enums import FundingSource, StopReason

PROGRAMMES = (
    "ncjf", "tfsd", "tfsc", "dsjl", "dsyl", "mxnh", "mxnb", "zkjf", "mfxj", "yxfx", "snjl", "nctb", "qtjl",
)  # fmt: skip
"""Programmes that are shipped; a county's own are counted by the same definitions."""


@dataclass(frozen=True, slots=True)
class FigureDefinition:
    """A figure: code, names, unit and what exactly it counts."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    definition: str


EXIT_REASONS = tuple(reason.value for reason in StopReason)
"""In the order of the table; a grant that ended by its own term counts under the last."""

_QUALIFICATION = (
    ("opening", "期初人数", "Opening", "grants in force on the last day of the month before"),
    ("new", "新增人数", "New", "grants whose first day lies in the month"),
    (
        "division_in",
        "区划调整转入",
        "Came by a change of divisions",
        "grants in force whose village came from another township in the month; only where there were any",
    ),
    ("exits", "退出人数", "Exits", "grants whose first day no longer covered lies in the month"),
    ("exits.died", "退出：死亡", "Exits: died", "of these, ended because the person died"),
    ("exits.moved", "退出：迁出", "Exits: moved away", "of these, ended by a move"),
    (
        "exits.conditions_changed",
        "退出：条件变化",
        "Exits: conditions changed",
        "of these, ended because a condition no longer held",
    ),
    ("exits.other", "退出：其他", "Exits: other", "of these, ended for another reason, or by their term"),
    (
        "division_out",
        "区划调整转出",
        "Went by a change of divisions",
        "grants in force whose village went to another township in the month; only where there were any",
    ),
    (
        "closing",
        "期末人数",
        "Closing",
        "opening + new + came − exits − went = grants in force on the last day of the month; a suspended one counts, "
        "its holder keeps the qualification",
    ),
)
_CARRIED = "of the year's budget lines and of what earlier years' lines still had on 1 January"
_MONEY = (
    ("budget", "预算", "Budget", f"yuan set aside, {_CARRIED}"),
    ("appropriated", "已拨付", "Appropriated", f"yuan handed over up to the end of the month, {_CARRIED}"),
    ("paid", "已到账", "Paid", "yuan that reached accounts in the year up to the end of the month"),
    ("returned", "退票", "Returned", "yuan returned by the bank and not paid again by the end of the month"),
    (
        "balance",
        "结余",
        "Balance",
        "appropriated − paid: on its way to the bank, returned, or still to be paid",
    ),
)
MONEY_MEASURES = tuple(measure for measure, *_words in _MONEY)
TOWNSHIP_MONEY = ("paid", "returned")
"""Budgets have no township: of a township there is only what its payees received."""
_CHECKUPS = (
    ("booked", "预约人数", "Booked", "bookings of the month's sessions that were not cancelled"),
    ("attended", "到检人数", "Attended", "bookings of the month's sessions that came"),
    ("completed", "完成人数", "Completed", "bookings of the month's sessions with all items done"),
)
CHECKUP_MEASURES = tuple(measure for measure, *_words in _CHECKUPS)
_SUPPRESSED = "; counts under 5, and what would give them away, are not written"


def catalogue_for(programmes: Iterable[str]) -> tuple[FigureDefinition, ...]:
    """Every figure of a monthly report for the programmes (codes in small letters)."""
    codes = tuple(programmes)
    return (
        *(
            FigureDefinition(
                f"t1.{programme}.{measure}",
                zh,
                en,
                "persons",
                definition + (_SUPPRESSED if measure.startswith("exits.") else ""),
            )
            for programme in codes
            for measure, zh, en, definition in _QUALIFICATION
        ),
        *(
            FigureDefinition(f"t2.{programme}.{measure}{source}", zh, en, "CNY", definition + suffix)
            for programme in codes
            for measure, zh, en, definition in _MONEY
            for source, suffix in (
                ("", ", all sources"),
                *((f".{source.value}", f", from {source.value} money") for source in FundingSource),
            )
        ),
        *(
            FigureDefinition(f"t6.checkups.{measure}", zh, en, "persons", definition + _SUPPRESSED)
            for measure, zh, en, definition in _CHECKUPS
        ),
    )


CATALOGUE = catalogue_for(PROGRAMMES)
