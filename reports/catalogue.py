"""The figure catalogue: every figure that a report may hold, under one code, with its definition.

Codes are `table.subject.measure`, such as `t1.ncjf.opening`; money is also given by source, as
`t2.ncjf.paid.central`. Figures of a year have the plain names under which they are published, such
as `four_rewards_paid`. Nothing that is not listed here is computed, shown or printed. Townships
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


_ARRIVED = "yuan that reached accounts in the year, whichever period they were for"
ANNUAL = (
    FigureDefinition(
        "fee_waivers_paid",
        "两免：新农合与新农保免缴金额",
        "Two waivers: rural medical insurance and rural pension premiums paid on behalf",
        "CNY",
        f"{_ARRIVED}, of the programmes in the bundle LMYY: premiums that the funds took in",
    ),
    FigureDefinition(
        "four_rewards_paid",
        "四项奖励兑现金额",
        "Four rewards paid",
        "CNY",
        f"{_ARRIVED}, of the programmes in the bundle SXJL",
    ),
    FigureDefinition(
        "reward_assistance_recipients",
        "农村奖励扶助对象（60周岁以上）",
        "Rural reward-assistance recipients aged 60 and over",
        "persons",
        "holders of the rural reward assistance on 31 December: the closing figure of December's table 1",
    ),
    FigureDefinition(
        "lump_sum_pension_households",
        "一次性养老补助户数（下岗失业独生子女父母）",
        "Households paid the lump-sum pension subsidy (laid-off only-child parents)",
        "households",
        "households to one of whose members a lump-sum pension subsidy was paid in the year; who was in no "
        "household that day counts as one",
    ),
    FigureDefinition(
        "lump_sum_pension_paid",
        "一次性养老补助金额",
        "Lump-sum pension subsidy paid",
        "CNY",
        f"{_ARRIVED}, of the lump-sum pension subsidy",
    ),
    FigureDefinition(
        "exam_bonus_students",
        "中考加分考生",
        "Examinees given entrance-examination bonus points",
        "persons",
        "persons on the sealed list of the year's examination, its sealed supplements applied",
    ),
    FigureDefinition(
        "model_families",
        "模范幸福家庭",
        "Model happy families honoured",
        "households",
        "households whose award as a model happy family begins in the year and holds",
    ),
    FigureDefinition(
        "model_families_value",
        "模范幸福家庭奖励（物资与现金）",
        "Value of awards to model happy families (goods and cash)",
        "CNY",
        f"{_ARRIVED}, of these awards, and the value of the goods handed out for them in the year",
    ),
    FigureDefinition(
        "in_laws_honoured",
        "好媳妇、好婆婆表彰",
        "Daughters-in-law and mothers-in-law honoured",
        "persons",
        "persons with a confirmed honour of the year as good daughter-in-law or good mother-in-law",
    ),
    FigureDefinition(
        "individuals_honoured",
        "先进个人",
        "Individuals honoured in other fields",
        "persons",
        "persons with a confirmed honour of the year as exemplary person",
    ),
)
"""The published figures of a year that belong to programmes, under the codes of the published table."""
CATALOGUE = (*catalogue_for(PROGRAMMES), *ANNUAL)
