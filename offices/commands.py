"""Management commands are doors to the same services as the pages.

Each prints a human summary, or with --json one JSON object on standard output and nothing
else there. Exit status 0 done, 1 refused or found something wrong, 2 wrong usage.
"""

from __future__ import annotations

import json
import sys
from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import keep_context, open_context
from offices.errors import DomainError
from offices.models import Staff
from offices.services.staff import actors_of, system_actor

Work = Callable[[Actor, dict[str, Any]], dict[str, Any]]
"""Something that a command does in one transaction, and what it says of it."""


class OfficeCommand(BaseCommand):
    """Opens the county's context as the actor of --actor, else as the installation's own.

    Subclasses write `perform(actor, options) -> dict` and `summary(result) -> str`; a
    DomainError is printed as its sentence and ends with status 1. What takes long may be done in
    several `works`, each in a transaction of its own: the result of the last one is printed.
    """

    requires_system_checks: list[str] = []  # Django's own declaration

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--actor", metavar="USERNAME", help="act as this member of staff")
        parser.add_argument("--role", help="the role to act in, where the actor has several")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @abstractmethod
    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        """Call the services and return what --json prints."""

    def works(self, options: dict[str, Any]) -> Iterable[Work]:
        """What is done, one after the other, each kept before the next begins."""
        return [self.perform]

    def summary(self, result: dict[str, Any]) -> str:
        """The result for people."""
        return "\n".join(f"{name}: {value}" for name, value in result.items())

    def handle(self, *args: Any, **options: Any) -> None:
        translation.activate("zh-hans")
        try:
            with keep_context():
                actor = find_actor(options.get("actor"), options.get("role"))
            result: dict[str, Any] = {}
            for work in self.works(options):
                with open_context(actor=actor, channel="command"):
                    result = work(actor, options)
        except DomainError as refusal:
            self._refuse(refusal, options)
        except OperationalError as problem:
            self._refuse(
                DomainError(
                    "database_unreachable",
                    _(
                        "The database does not answer (%(reason)s). Start it, or use script/manage, which does."
                    ),
                    reason=(str(problem).strip().splitlines() or [""])[0],
                ),
                options,
            )
        if options.get("json"):
            self.stdout.write(json.dumps(result, ensure_ascii=False, default=str))
        else:
            self.stdout.write(self.summary(result))
        if result.get("failed"):
            sys.exit(1)

    def _refuse(self, refusal: DomainError, options: dict[str, Any]) -> NoReturn:
        if options.get("json"):
            self.stdout.write(
                json.dumps({"error": refusal.code, "message": str(refusal)}, ensure_ascii=False)
            )
        self.stderr.write(str(refusal))
        sys.exit(1)


def find_actor(username: str | None, role: str | None = None) -> Actor:
    """The actor of a command. Raises DomainError for an unknown name or one without a role today."""
    if username is None:
        return system_actor()
    staff = Staff.objects.filter(username=username).first()
    actors = [
        actor for actor in (actors_of(staff, on=clock.today()) if staff else []) if role in (None, actor.role)
    ]
    if not actors:
        raise DomainError(
            "unknown_actor",
            _("%(name)s holds no such role today. Give the user name of an account."),
            name=username,
        )
    return actors[0]
