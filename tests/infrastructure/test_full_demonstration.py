"""The full county closes its year with the published figures, a smaller one in proportion; nothing is made twice."""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.demonstration.accounts import load_accounts
from config.demonstration.full_plan import FULL, LEAST, Plan, figures_to_meet
from config.demonstration.full_residents import write_full_residents
from config.demonstration.residents import write_residents
from households.models import ResidentImport
from offices.actors import Actor
from offices.models import Act
from reports.published import compared, published_figures

TODAY = datetime.date(2014, 1, 6)
VILLAGES = ["370406101200", "370406101201", "370406102200", "370406001001", "370406109210"]
SMALL = "6b1685a991f4d79837b7fac7b0f24d0bf7dff73ebe1b722f5e5ba3700c25d284"
"""SHA-256 of the small county's file of these villages."""
PUBLISHED = published_figures(2013)


def test_the_plan_of_the_full_county_comes_to_the_published_figures() -> None:
    plan = Plan()
    lines = compared(figures_to_meet(plan, PUBLISHED), plan.aims())
    assert [line.published.code for line in lines if not line.agrees] == []
    assert len(lines) == 10
    assert [line.published.value for line in lines] == [figure.value for figure in PUBLISHED[:10]]


@pytest.mark.parametrize("residents", [LEAST, 33_333, FULL - 1])
def test_a_smaller_county_meets_its_own_plan_and_nothing_less(residents: int) -> None:
    plan = Plan(residents)
    published = figures_to_meet(plan, PUBLISHED)
    assert all(line.agrees for line in compared(published, plan.aims()))
    fewer = {code: value - 1 for code, value in plan.aims().items()}
    misses = {line.published.code for line in compared(published, fewer) if not line.agrees}
    assert misses >= {"reward_assistance_recipients", "fee_waivers_paid", "model_families_value"}
    # In proportion: a county of a fiftieth pays a fiftieth, to a single payment.
    assert abs(plan.aims()["fee_waivers_paid"] - plan.yuan(PUBLISHED[0].value)) <= 70


@pytest.mark.parametrize("few", ["2000", str(LEAST - 1)])
def test_a_full_county_too_small_for_its_figures_is_wrong_usage(few: str) -> None:
    with pytest.raises(CommandError, match=f"at least {LEAST}"):
        call_command("demo", "--full", f"--residents={few}")


def test_the_small_county_is_the_same_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    write_residents(path, villages=VILLAGES, residents=2000, seed=2013, today=TODAY)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SMALL


def test_a_seed_gives_one_full_county_of_three_generations(tmp_path: Path) -> None:
    written = []
    for name in ("first.csv", "again.csv"):
        path = tmp_path / name
        write_full_residents(path, villages=VILLAGES, residents=LEAST, seed=7, today=TODAY)
        written.append(path.read_bytes())
    assert written[0] == written[1]
    with (tmp_path / "first.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    living = [row for row in rows if not row["死亡日期"]]
    assert LEAST <= len(living) < LEAST * 1.02
    numbers = [row["公民身份号码"] for row in rows]
    assert len(set(numbers)) == len(numbers)
    heads = Counter(row["户编号"] for row in living if row["户主关系"] == "户主")
    assert set(heads) == {row["户编号"] for row in rows}
    assert set(heads.values()) == {1}
    children = Counter(row["母亲身份号码"] for row in rows if row["母亲身份号码"])
    old = [children[row["公民身份号码"]] for row in rows if row["性别"] == "女" and _born(row) <= 1949]
    assert 2.8 < sum(old) / len(old) < 4.2
    sizes = sorted(Counter(row["户籍地代码"] for row in living).values())
    assert sizes[-1] > 1.5 * sizes[0], sizes


def _born(row: dict[str, str]) -> int:
    return int(row["公民身份号码"][6:10])


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.django_db
def test_a_county_of_ten_thousand_closes_its_year_with_its_figures(county: Actor, settings: Any) -> None:
    settings.HUIMIN_DEMO = True
    load_accounts(actor=county, county="370406")
    first = demo(f"--residents={LEAST}")
    assert {figure["code"] for figure in first["figures"] if not figure["agrees"]} == set()
    assert (first["failed"], len(first["figures"])) == (False, 10)
    acts = Act.objects.count()
    assert demo(f"--residents={LEAST}") == first
    assert Act.objects.count() == acts
    ResidentImport.objects.update(file_name="office.csv")
    with pytest.raises(SystemExit):
        demo(f"--residents={LEAST}")


def demo(*words: str) -> dict[str, Any]:
    told = StringIO()
    call_command("demo", "--full", "--json", *words, stdout=told, stderr=StringIO())
    answer: dict[str, Any] = json.loads(told.getvalue())
    return answer
