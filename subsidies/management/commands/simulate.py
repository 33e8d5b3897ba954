"""Count what another value, or the open draft, would change."""

from __future__ import annotations

import argparse
import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.commands import OfficeCommand
from offices.errors import DomainError
from subsidies.models import Programme
from subsidies.services.simulation import simulate_values


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise argparse.ArgumentTypeError("NAME=VALUE")
    return name, value


class Command(OfficeCommand):
    """`simulate --programme CODE --set NAME=VALUE… --as-of DATE [--json]`."""

    help = (
        "Count by township what other values of a programme's dated parameters would change, or its open "
        "draft without --set. Fewer than five people are never told; nothing is published."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--programme", required=True, metavar="CODE")
        parser.add_argument(
            "--set", action="append", default=[], type=_assignment, metavar="NAME=VALUE", dest="values"
        )
        parser.add_argument("--as-of", required=True, type=datetime.date.fromisoformat, metavar="DATE")

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        programme = Programme.objects.filter(pk=options["programme"]).first()
        if programme is None:
            raise DomainError(
                "no_such_programme", _("There is no programme %(code)s."), code=options["programme"]
            )
        counts = simulate_values(
            actor=actor, programme=programme, as_of=options["as_of"], values=dict(options["values"])
        )
        return {"programme": programme.pk, "as_of": options["as_of"].isoformat(), **counts}

    def summary(self, result: dict[str, Any]) -> str:
        total = result["total"]
        if total is None:
            return _("Fewer than five people are concerned: so few are not told.")
        words = _(
            "%(programme)s on %(as_of)s: entitled %(before)d → %(after)d, gained %(gained)d, lost %(lost)d, "
            "paid more %(raised)d, paid less %(lowered)d"
        )
        lines = [words % {**total, "programme": result["programme"], "as_of": result["as_of"]}]
        lines += [f"{row['code']}: {row['before']} → {row['after']}" for row in result["rows"]]
        return "\n".join(lines)
