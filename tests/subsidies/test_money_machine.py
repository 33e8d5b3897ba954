"""Random people take thousands of random steps with money: after each the books hold, and nobody is paid twice.

Steps that are refused change nothing; steps that are cut off in the middle (a killed worker, a lost
session) change nothing either; steps taken twice, or from a page that was opened long ago, are
refused or change nothing. HUIMIN_TRIALS multiplies the number of runs. What the steps are stands in
`machine`, each kind upon the one before: deeds, everyday, disturbances, stand_ins, appealing,
raising, recovering, reviewing, bookkeeping, two_browsers.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from offices.actors import Actor
from tests.subsidies.machine.two_browsers import TwoBrowsers
from tests.subsidies.machine.world import World, make_world

TRIALS = int(os.environ.get("HUIMIN_TRIALS", "1"))


@pytest.fixture
def world(county: Actor, monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(monkeypatch)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.timeout(900 * TRIALS)
def test_whatever_people_do_with_money_the_books_hold(world: World) -> None:
    run_state_machine_as_test(
        type("MoneyOfThisWorld", (TwoBrowsers,), {"world": world}),
        settings=settings(
            max_examples=8 * TRIALS,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
