"""The cases that an official can read, against what the sweep and the explanation say.

Every answer was worked out from the text of the programmes; the tables are in cases_by_hand/.
"""

from __future__ import annotations

import datetime
from collections import Counter

import pytest

from households.models import Person
from offices.actors import Actor
from subsidies.models import Assessment, Programme
from subsidies.selectors.explanation import assess_person
from subsidies.services.sweep import sweep
from tests.subsidies.case_families import FOLDER, Case, FamilyWriter, all_tables, cases_of
from tests.subsidies.drafts import publish_drafts

TABLES = {path.stem: cases_of(path) for path in all_tables()}
WORDS = {"entitled": "应享", "not_entitled": "不享", "unknown": "待核实"}


def judged_cases() -> list[Case]:
    """Every case of every table."""
    return [case for cases in TABLES.values() for case in cases]


@pytest.mark.slow
@pytest.mark.django_db
def test_every_case_comes_out_as_worked_by_hand(county: Actor) -> None:
    publish_drafts()
    writer = FamilyWriter()
    cases = judged_cases()
    people = {case.number: writer.add(case.family) for case in cases}
    writer.write()
    programmes = {programme.pk: programme for programme in Programme.objects.all()}
    wrong: list[str] = []
    for day in sorted({case.day for case in cases}):
        record = sweep(actor=county, as_of=day)
        found = {(row.programme_id, row.person_id): row for row in Assessment.objects.filter(sweep=record)}
        for case in cases:
            if case.day == day:
                row = found.get((case.programme, people[case.number].pk))
                wrong += _compare(case, row, people[case.number], programmes[case.programme])
    assert not wrong, "\n" + "\n".join(wrong)


def _compare(case: Case, row: Assessment | None, person: Person, programme: Programme) -> list[str]:
    label = f"{case.number} {case.note}（{case.family}，{case.day}）"
    swept = row.outcome if row else "not_entitled"
    wrong = []
    if swept != case.outcome:
        wrong.append(f"{label}：应为{WORDS[case.outcome]}，测算为{WORDS[swept]} {row.reasons if row else ''}")
    if case.amount is not None and (row is None or row.amount != case.amount):
        wrong.append(f"{label}：金额应为{case.amount}，测算为{row.amount if row else '无'}")
    if case.has_left:
        return wrong
    explained = assess_person(person=person, programme=programme, on=case.day)
    if explained.outcome != case.outcome:
        wrong.append(f"{label}：说明为{WORDS[explained.outcome]}")
    named = {clause.code: clause for clause in explained.registry_clauses}[case.clause]
    expected = {"entitled": True, "not_entitled": False, "unknown": None}[case.outcome]
    if named.result is not expected:
        wrong.append(f"{label}：条款“{named.text}”判为{named.result}，应为{expected}")
    if named.result is None and not named.missing:
        wrong.append(f"{label}：条款“{named.text}”待核实而没有说明缺什么材料")
    return wrong


def test_tables_hold_enough_cases_of_every_kind() -> None:
    numbers = Counter(case.number for cases in TABLES.values() for case in cases)
    assert len(numbers) >= 150
    assert max(numbers.values()) == 1
    for programme, cases in TABLES.items():
        assert {case.programme for case in cases} == {programme}
        assert {case.outcome for case in cases} == set(WORDS), f"{programme}：应享、不享、待核实都要有"


def test_last_month_and_this_month_are_those_of_the_assessment() -> None:
    """Who moved in last month moved in the month before that of the assessment, and so on."""
    for case in judged_cases():
        last = case.day.replace(day=1) - datetime.timedelta(days=1)
        for words, month in (("上月", last), ("当月", case.day)):
            if words in case.note:
                assert f"{month:%Y-%m}-" in str(case.family), f"{case.number}：{case.note}"


def test_every_boundary_day_has_its_case() -> None:
    """Leap-day births, birthdays on the last day of the year, the oldest year, twins, adoption, and so on."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in all_tables())
    for words in (
        "-02-29生",
        "1953-12-31生",
        "1933-01-01生",
        "双胞胎",
        "收养",
        "当天死亡",
        "次日死亡",
        "再婚",
        "转农业",
        "转非农业",
        "当月迁入",
        "上月迁入",
        "当天迁入",
        "次日才迁入",
        "迁出",
    ):
        assert words in text, words
    assert (FOLDER / "README.md").exists()
    assert datetime.date(2013, 12, 31) in {case.day for cases in TABLES.values() for case in cases}
