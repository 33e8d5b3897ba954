"""The figure catalogue: every figure that a report may hold, under one code, with its definition.

Codes are `table.subject.measure`, such as `t1.ncjf.opening`. Nothing that is not listed here is
computed, shown or printed. Townships are compared by how fast and how correctly they serve.
"""

from __future__ import annotations

from dataclasses import dataclass

PROGRAMMES = ("ncjf", "tfsd", "tfsc")


@dataclass(frozen=True, slots=True)
class FigureDefinition:
    """A figure: code, names, unit and what exactly it counts."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    definition: str


_QUALIFICATION = (
    ("opening", "期初人数", "Opening", "live grants that cover the last day of the month before"),
    ("new", "新增人数", "New", "grants that begin to cover a day of the month"),
    ("exits.died", "退出：死亡", "Exits: died", "grants that ended in the month because the person died"),
    ("exits.moved", "退出：迁出", "Exits: moved away", "grants that ended in the month by a move"),
    (
        "exits.conditions_changed",
        "退出：条件变化",
        "Exits: conditions changed",
        "grants that ended in the month because a condition no longer held",
    ),
    ("exits.other", "退出：其他", "Exits: other", "grants that ended in the month for another reason"),
    ("closing", "期末人数", "Closing", "opening + new − exits; live grants on the last day of the month"),
)
_MONEY = (
    ("budget", "预算", "Budget", "budget lines of the year, all sources"),
    ("appropriated", "已拨付", "Appropriated", "appropriations of the year up to the end of the month"),
    ("paid", "已到账", "Paid", "payments that reached the account in the year up to the end of the month"),
    ("returned", "退票", "Returned", "payments returned and not yet paid again"),
    ("balance", "结余", "Balance", "appropriated − paid − returned"),
)
_CHECKUPS = (
    ("booked", "预约人数", "Booked", "bookings of the month's sessions, under 5 suppressed"),
    ("attended", "到检人数", "Attended", "bookings of the month's sessions that came, under 5 suppressed"),
    (
        "completed",
        "完成人数",
        "Completed",
        "bookings of the month's sessions with all items done, under 5 suppressed",
    ),
)

CATALOGUE: tuple[FigureDefinition, ...] = (
    *(
        FigureDefinition(f"t1.{programme}.{code}", zh, en, "persons", definition)
        for programme in PROGRAMMES
        for code, zh, en, definition in _QUALIFICATION
    ),
    *(
        FigureDefinition(f"t2.{programme}.{code}", zh, en, "CNY", definition)
        for programme in PROGRAMMES
        for code, zh, en, definition in _MONEY
    ),
    *(
        FigureDefinition(f"t6.checkups.{code}", zh, en, "persons", definition)
        for code, zh, en, definition in _CHECKUPS
    ),
)
