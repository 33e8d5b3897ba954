from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import CommandParser

from config.demonstration.county import LEAST_RESIDENTS, load_demonstration
from offices.actors import Actor
from offices.commands import OfficeCommand


class Command(OfficeCommand):
    """Load the demonstration county: invented families on the real divisions."""

    help = "load the demonstration county, once"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--residents", type=_enough, default=20_000, metavar="N")
        parser.add_argument("--seed", type=int, default=2013)

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        def say(text: str) -> None:
            if not options["json"]:
                self.stdout.write(text)

        return load_demonstration(actor=actor, residents=options["residents"], seed=options["seed"], say=say)

    def summary(self, result: dict[str, Any]) -> str:
        lines = [
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
