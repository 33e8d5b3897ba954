from __future__ import annotations

import argparse
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.management.base import CommandError, CommandParser

from config.demonstration.county import LEAST_RESIDENTS, load_demonstration
from config.demonstration.full_county import (
    STEPS,
    Making,
    MakingStep,
    check_can_be_full,
    compared_line,
    full_result,
)
from config.demonstration.full_plan import FULL, LEAST, Plan
from offices.actors import Actor
from offices.commands import OfficeCommand, Work

_USUAL = 20_000


class Command(OfficeCommand):
    """Load the demonstration county: invented families on the real divisions."""

    help = "load the demonstration county, once"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--residents", type=_enough, metavar="N", help=f"{_USUAL}, or {FULL} with --full")
        parser.add_argument("--seed", type=int, default=2013)
        parser.add_argument(
            "--full",
            action="store_true",
            help="a county of 500,000 whose year 2013 closes with the published figures (fewer: in proportion)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["full"] and (options["residents"] or FULL) < LEAST:
            raise CommandError(
                f"--full takes at least {LEAST} residents: fewer leave figures of nobody", returncode=2
            )
        super().handle(*args, **options)

    def works(self, options: dict[str, Any]) -> Iterable[Work]:
        if not options["full"]:
            return super().works(options)
        plan = Plan(options["residents"] or FULL)
        return [
            *(partial(self._step, step, plan) for step in STEPS),
            lambda _actor, _options: full_result(plan),
        ]

    def _step(self, step: MakingStep, plan: Plan, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        check_can_be_full(plan)
        making = Making(actor=actor, plan=plan, seed=options["seed"], say=partial(self._say, options))
        if not step.is_done(making):
            making.say(f"{step.words} …")
            step.does(making)
        return {}

    def _say(self, options: dict[str, Any], text: str) -> None:
        if not options["json"]:
            self.stdout.write(text)

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        return load_demonstration(
            actor=actor,
            residents=options["residents"] or _USUAL,
            seed=options["seed"],
            say=partial(self._say, options),
        )

    def summary(self, result: dict[str, Any]) -> str:
        lines = [
            *map(compared_line, result.get("figures", ())),
            f"居民 residents: {result['residents']}, 未收 refused: {result['refused']}",
            f"演示账号 accounts (密码 password {result['password']}):",
            *(f"  {account}" for account in result["accounts"]),
        ]
        return "\n".join(lines)


def _enough(text: str) -> int:
    number = int(text)
    if number < LEAST_RESIDENTS:
        raise argparse.ArgumentTypeError(
            f"take at least {LEAST_RESIDENTS}: fewer have no case in every state"
        )
    return number
