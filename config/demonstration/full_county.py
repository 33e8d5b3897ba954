"""The full county: half a million people whose year 2013 closes with the published figures.

It is made in steps, each in a transaction of its own: a run that was cut off goes on where it was, and
a run after the last step changes nothing. Every case is made by the office's services, by the people
whose steps they are, on the days of the year; the figures are computed from the cases.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.demonstration.accounts import ACCOUNTS, COUNTY, PASSWORD, load_accounts
from config.demonstration.county import certify_officers, hold_sessions
from config.demonstration.full_cases import SPRING, SUMMER, make_spring_cases, make_summer_cases
from config.demonstration.full_examinees import make_examinees
from config.demonstration.full_honours import hand_out_awards, honour_people
from config.demonstration.full_money import pay_families, set_budgets
from config.demonstration.full_plan import YEAR, Plan, figures_to_meet, imported_full
from config.demonstration.full_policies import publish_county_policies
from config.demonstration.full_premiums import list_premiums, pay_premiums
from config.demonstration.full_residents import write_full_residents
from config.demonstration.outreach import make_outreach
from households.models import ResidentImport
from households.services.imports import import_file
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError
from offices.models import Division
from reports.models import Edition
from reports.months import read_month
from reports.published import AT_LEAST, Comparison, compared, published_figures
from reports.selectors.annual import figures_of_year
from reports.services.editions import summarise
from subsidies.enums import ProgrammeKind
from subsidies.models import BudgetLine, GoodsItem, Grant, PaymentBatch, PremiumTransfer, Recognition, Sweep
from subsidies.services.sweep import sweep

YEAR_END = datetime.date(YEAR, 12, 31)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Making:
    """What every step of the making knows."""

    actor: Actor
    plan: Plan
    seed: int
    say: Say


@dataclass(frozen=True, slots=True)
class MakingStep:
    """A step: what it is called, whether it was done before, and what it does."""

    words: str
    is_done: Callable[[Making], bool]
    does: Callable[[Making], object]


def check_can_be_full(plan: Plan) -> None:
    """The registry is empty, or holds a full county of this size. Raises DomainError `other_demonstration`."""
    brought = ResidentImport.objects.order_by("pk").first()
    if brought is not None and brought.file_name != plan.file_name:
        raise DomainError(
            "other_demonstration",
            _(
                "This registry holds other people already (%(file)s). The full county is made in an empty one: "
                "set HUIMIN_HOME to a new folder."
            ),
            file=brought.file_name,
        )


def _people(making: Making) -> None:
    villages = list(Division.objects.villages().within(COUNTY[:6]).values_list("code", flat=True))
    name = making.plan.file_name
    today = clock.today()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_full_residents(
            path,
            villages=villages,
            residents=making.plan.residents,
            seed=making.seed,
            today=today,
        )
        with path.open("rb") as source:
            import_file(actor=making.actor, source=source, file_name=name, as_of=today, is_dry_run=False)


def _office(making: Making) -> None:
    load_accounts(actor=making.actor, county=COUNTY[:6])
    certify_officers()
    hold_sessions(clock.today())
    make_outreach()


def _spring(making: Making) -> None:
    with clock.demonstration_day(SPRING):
        found = sweep(actor=making.actor, as_of=SPRING)
    make_spring_cases(making.plan, found, making.say)
    make_examinees(making.plan, found, making.say)


def _summer(making: Making) -> None:
    with clock.demonstration_day(SUMMER):
        found = sweep(actor=making.actor, as_of=SUMMER)
    make_summer_cases(making.plan, found, making.say)


def _premiums(making: Making) -> None:
    list_premiums(making.plan, Sweep.objects.get(as_of=SUMMER), making.say)


def _close(making: Making) -> None:
    for day in (YEAR_END, clock.today()):
        sweep(actor=making.actor, as_of=day)
    for month in range(1, 13):
        summarise(actor=making.actor, month=read_month(f"{YEAR}-{month:02d}"))


STEPS = (
    MakingStep("生成居民并导入 people", lambda making: imported_full() is not None, _people),
    MakingStep("机关、人员、场次 the office", lambda making: False, _office),
    MakingStep(
        "填写并发布政策 policies", lambda making: False, lambda making: publish_county_policies(making.say)
    ),
    MakingStep(
        "预算与拨款 budgets",
        lambda making: BudgetLine.objects.exists(),
        lambda making: set_budgets(making.plan),
    ),
    MakingStep("春季核算与办理 spring", lambda making: Sweep.objects.filter(as_of=SPRING).exists(), _spring),
    MakingStep("夏季核算与办理 summer", lambda making: Sweep.objects.filter(as_of=SUMMER).exists(), _summer),
    MakingStep(
        "名册办理代缴 premiums by list",
        lambda making: Grant.objects.filter(programme__kind=ProgrammeKind.PREMIUM).exists(),
        _premiums,
    ),
    MakingStep(
        "发放物资 goods",
        lambda making: GoodsItem.objects.exists(),
        lambda making: hand_out_awards(making.plan),
    ),
    MakingStep(
        "表彰 honours",
        lambda making: Recognition.objects.exists(),
        lambda making: honour_people(making.plan, making.say),
    ),
    MakingStep(
        "代缴保费 transfers",
        lambda making: PremiumTransfer.objects.exists(),
        lambda making: pay_premiums(making.plan, making.say),
    ),
    MakingStep(
        "发放资金 payments",
        lambda making: PaymentBatch.objects.filter(programme="NCJF").exists(),
        lambda making: pay_families(making.say),
    ),
    MakingStep("年末核算并汇总各月 the year's end", lambda making: Edition.objects.exists(), _close),
)


def compare_year(plan: Plan) -> list[Comparison]:
    """The published figures that belong to programmes beside those of the county's cases."""
    published = figures_to_meet(plan, published_figures(YEAR))
    return compared(published, figures_of_year(YEAR, scope=COUNTY[:6]))


def compared_line(figure: dict[str, Any]) -> str:
    """A figure of the result as a line of text."""
    mark = "符合" if figure["agrees"] else "不符"
    sign = "≥" if figure["compare"] == AT_LEAST else "="
    return f"  {mark}  {figure['code']:28} {figure['computed']:>12} {sign} {figure['published']:>12}  {figure['name']}"


def full_result(plan: Plan) -> dict[str, Any]:
    """What the command tells: residents, every figure beside the published one, and whether one misses."""
    brought = imported_full()
    lines = compare_year(plan)
    return {
        "residents": brought.created if brought else 0,
        "refused": brought.refused if brought else 0,
        "password": PASSWORD,
        "accounts": [f"{account.username} ({account.role.label}, {account.name})" for account in ACCOUNTS],
        "figures": [
            {
                "code": line.published.code,
                "name": line.published.name_zh,
                "computed": str(line.computed),
                "compare": line.published.compare,
                "published": str(line.published.value),
                "agrees": line.agrees,
            }
            for line in lines
        ],
        "failed": not all(line.agrees for line in lines),
    }
