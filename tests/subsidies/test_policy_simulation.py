"""Simulating a draft: the counts are those of two sweeps, small ones are not told, nobody is named."""

from __future__ import annotations

import io
import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from households.models import Person
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Act
from subsidies.enums import FundingSource
from subsidies.models import Assessment, PolicySimulation, PolicyVersion
from subsidies.selectors.rules import PolicyOnDay, policy_on
from subsidies.selectors.simulating import groups
from subsidies.services.budget import add_budget_line
from subsidies.services.drafts import with_rows
from subsidies.services.sweep import entitled_among, sweep
from tests.factories import OTHER_VILLAGE, VILLAGE, make_actor
from tests.households.registry import SAMPLE, bring
from tests.subsidies.policies import draft_of, simulate
from tests.subsidies.test_sweep import DAY, entitled_person

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("simulate", *arguments, "--json", stdout=out)
    return dict(json.loads(out.getvalue()))


def with_value(version: PolicyVersion, name: str, value: str) -> dict[str, Any]:
    begins = version.from_on.isoformat()
    earlier = [{**row, "to": min(row["to"] or begins, begins)} for row in version.parameters[name]]
    row = {"from": begins, "to": None, "value": value, "known": "source"}
    return with_rows(version.parameters, name, [*earlier, row])


@pytest.mark.parametrize(("name", "value"), [("age", "58"), ("spouse_hukou_asked", "no"), ("age", "70")])
def test_groups_are_those_of_two_assessments(name: str, value: str, county: Actor) -> None:
    bring(county, SAMPLE)
    draft = draft_of(from_on=DAY)
    draft.parameters = with_value(draft, name, value)
    present = policy_on("NCJF", DAY)
    assert present is not None
    everybody = list(Person.objects.values_list("pk", flat=True))
    before, after = (entitled_among(policy, everybody) for policy in (present, PolicyOnDay(draft, DAY)))
    found: Counter[tuple[bool, bool]] = Counter()
    for group in groups(PolicyOnDay(draft, DAY), present):
        found[group.before is True, group.after is True] += group.people
    assert found[True, True] == len(before & after)
    assert found[False, True] == len(after - before)
    assert found[True, False] == len(before - after)
    sweep(actor=county, as_of=DAY, programmes=["NCJF"])
    assert len(before) == Assessment.objects.filter(programme="NCJF", outcome="entitled").count()


def test_budget_lines_that_would_run_over_are_named(county: Actor) -> None:
    for _one in range(6):
        entitled_person()
    draft = draft_of(from_on=DAY)
    finance = make_actor(Role.FINANCE)
    for source, amount in ((FundingSource.CENTRAL, "2880.00"), (FundingSource.PROVINCE, "1000.00")):
        add_budget_line(
            actor=finance,
            programme=draft.programme,
            year=2013,
            source=source,
            amount=Decimal(amount),
            document="山财预〔2013〕1号",
        )
    simulate(draft)
    counts = PolicySimulation.objects.get().counts
    assert (counts["total"]["after"], counts["total"]["money_after"]) == (6, "5760.00")
    assert [(line["source"], line["need"], line["budget"], line["is_over"]) for line in counts["budget"]] == [
        ("central", "2880", "2880.00", False),
        ("province", "1152", "1000.00", True),
        ("city", "864", None, True),
        ("county", "864", None, True),
    ]


def test_small_townships_stand_together(county: Actor) -> None:
    for village, people in ((VILLAGE, 7), (OTHER_VILLAGE, 3), ("370406103200", 9), ("370406104200", 2)):
        for _one in range(people):
            entitled_person(village=village)
    draft = draft_of(from_on=DAY)
    simulate(draft)
    counts = PolicySimulation.objects.get().counts
    assert {row["code"]: row["before"] for row in counts["rows"]} == {
        "370406101000": 7,
        "370406103000": 9,
    }
    assert (counts["rest"]["places"], counts["rest"]["before"]) == (2, 5)
    assert counts["total"]["before"] == 21


def test_so_few_that_nothing_is_told(county: Actor) -> None:
    for _one in range(4):
        entitled_person()
    draft = draft_of(from_on=DAY)
    simulate(draft)
    assert PolicySimulation.objects.get().counts["total"] is None


def test_no_person_is_kept_or_named(county: Actor) -> None:
    people = [entitled_person(name="璩秋实") for _one in range(6)]
    draft = draft_of(from_on=DAY)
    simulate(draft)
    kept = json.dumps(PolicySimulation.objects.get().counts)
    acts = json.dumps(list(Act.objects.filter(record_id=draft.pk).values_list("detail", flat=True)))
    for person in people:
        assert str(person.pk) not in kept + acts
    assert "璩秋实" not in kept + acts


def test_simulation_is_the_countys_alone(county: Actor) -> None:
    draft = draft_of(from_on=DAY)
    simulate(draft)
    assert PolicySimulation.objects.count() == 1
    with open_context(actor=make_actor(Role.TOWNSHIP)):
        assert not PolicySimulation.objects.exists()


def test_who_has_left_the_county_is_not_counted(county: Actor) -> None:
    from households.models import Absence

    people = [entitled_person() for _one in range(7)]
    Absence.objects.create(person=people[0], from_on=DAY.replace(day=1), division_code=VILLAGE)
    simulate(draft_of(from_on=DAY))
    assert PolicySimulation.objects.get().counts["total"]["after"] == 6


def test_command_tries_a_value_and_keeps_nothing_but_the_act(county: Actor) -> None:
    bring(county, SAMPLE)
    told = run("--programme", "NCJF", "--set", "amount=1200", "--as-of", "2013-12-31")
    assert told["total"]["before"] == told["total"]["raised"] == 138
    assert Decimal(told["total"]["money_after"]) == 138 * 1200
    assert not PolicySimulation.objects.exists()
    assert PolicyVersion.objects.filter(programme="NCJF").count() == 1
    assert Act.objects.filter(verb="subsidies.simulate_policy").count() == 1
    younger = run("--programme", "NCJF", "--set", "age=55", "--as-of", "2013-12-31")
    assert younger["total"]["gained"] >= 5
    monthly = run(
        "--programme",
        "TFSC",
        "--set",
        "amount_rural=200",
        "--set",
        "amount_urban=200",
        "--as-of",
        "2013-12-31",
    )
    assert Decimal(monthly["total"]["money_after"]) == monthly["total"]["after"] * 2400
    for wrong in (
        ("--programme", "NCJF", "--set", "nonsense=1", "--as-of", "2013-12-31"),
        ("--programme", "NCJF", "--set", "age=12", "--as-of", "2013-12-31"),
        ("--programme", "NCJF", "--set", "amount=0", "--as-of", "2013-12-31"),
        ("--programme", "NONE", "--set", "age=60", "--as-of", "2013-12-31"),
        ("--programme", "NCJF", "--as-of", "2013-12-31"),
        ("--programme", "NCJF", "--set", "age=60", "--as-of", "1999-12-31"),
    ):
        with pytest.raises(SystemExit) as ended:
            run(*wrong)
        assert ended.value.code == 1
    draft = draft_of(from_on=DAY)
    draft.refresh_from_db()
    assert run("--programme", "NCJF", "--as-of", "2013-12-31")["total"]["after"] == 138


def test_a_value_is_tried_in_the_open_draft_and_in_one_that_was_never_published(county: Actor) -> None:
    for _one in range(6):
        entitled_person(born="1955-05-01")
    draft = draft_of(from_on=DAY)
    draft.parameters = with_value(draft, "age", "58")
    draft.save()
    tried = ("--set", "amount=1200", "--as-of", "2013-12-31")
    assert run("--programme", "NCJF", *tried)["total"]["gained"] == 6
    # Before the draft begins, it is the version in force that is tried.
    assert run("--programme", "NCJF", "--set", "amount=1200", "--as-of", "2013-12-30")["total"]["gained"] == 0
    assert PolicyVersion.objects.get(programme="YXFX").state == "draft"
    shipped = run("--programme", "MXNB", "--set", "amount=200", "--as-of", "2013-12-31")
    assert shipped["programme"] == "MXNB"


def test_new_programme_gains_everybody_it_describes(county: Actor) -> None:
    for _one in range(6):
        entitled_person()
    policy = policy_on("NCJF", DAY)
    assert policy is not None
    found = groups(policy, None)
    assert sum(group.people for group in found if group.after and not group.before) == 6
