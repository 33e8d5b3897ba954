from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.commands import OfficeCommand
from offices.database.context import current_context
from offices.enums import Role
from offices.services.invitations import invite_again, invite_staff


class Command(OfficeCommand):
    """Invite a member of staff: how the first administrators of an empty installation come in."""

    help = "make an account and the one-time link with which its owner sets the password"

    def add_arguments(self, parser: CommandParser) -> None:
        # Not the shared options: here --role is the role that is given, not the one that is acted in.
        parser.add_argument("--actor", metavar="USERNAME", help="act as this member of staff")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("username", metavar="USERNAME")
        way = parser.add_mutually_exclusive_group(required=True)
        way.add_argument(
            "--again", action="store_true", help="a new link for somebody who forgot the password"
        )
        way.add_argument(
            "--role",
            dest="invited_role",
            choices=[role.value for role in Role if role is not Role.SYSTEM],
        )
        parser.add_argument("--name", default="", help="the person's name; default the user name")
        parser.add_argument("--division", default="", metavar="CODE", help="default the county")

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        username = options["username"]
        if options["again"]:
            return {"username": username, "link": invite_again(actor=actor, username=username)}
        role = Role(options["invited_role"])
        division = options["division"] or current_context().county
        link = invite_staff(
            actor=actor,
            username=username,
            name=options["name"],
            role=role,
            division=division,
        )
        return {"username": username, "role": role.value, "division": division, "link": link}

    def summary(self, result: dict[str, Any]) -> str:
        return _("%(username)s sets a password within three days at %(link)s (good once).") % result
