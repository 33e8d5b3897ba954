"""`manage.py import_residents FILE [--as-of DATE] [--dry-run] [--errors OUT.csv] [--json]`."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from households.enums import ImportState
from households.models import ResidentImport
from households.services.imports import import_file
from offices import clock
from offices.actors import Actor
from offices.commands import OfficeCommand
from offices.services.files import content_of

_PRINTED = ("rows", "created", "updated", "unchanged", "refused", "warnings", "seconds")


class Command(OfficeCommand):
    help = "Take in a resident file (CSV or XLSX)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--as-of", type=_day, metavar="DATE", help="the day it speaks for; default today")
        parser.add_argument(
            "--sender", default="", metavar="NAME", help="read the columns as assigned for this sender"
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything and take it back")
        parser.add_argument("--errors", type=Path, metavar="OUT.csv", help="write the refused rows here")

    def handle(self, *args: Any, **options: Any) -> None:
        self.has_taken_in = False
        super().handle(*args, **options)
        if not self.has_taken_in:
            sys.exit(1)

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        path: Path = options["file"]
        try:
            source = path.open("rb")
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(reason)s") % {"file": path, "reason": error.strerror},
                returncode=2,
            ) from error
        with source:
            brought = import_file(
                actor=actor,
                source=source,
                file_name=path.name,
                as_of=options["as_of"] or clock.today(),
                is_dry_run=options["dry_run"],
                sender=options["sender"],
            )
        if brought.state == ImportState.REFUSED:
            self.stderr.write(brought.refusal)
            return {"error": "file_refused", "message": brought.refusal}
        if brought.unknown_headers:
            self.stderr.write(
                _("These columns are not known and were left out: %(columns)s.")
                % {"columns": "、".join(brought.unknown_headers)}
            )
        if options["errors"]:
            _write_errors(brought, options["errors"])
        self.has_taken_in = brought.created + brought.updated + brought.unchanged > 0
        return {name: getattr(brought, name) for name in _PRINTED}

    def summary(self, result: dict[str, Any]) -> str:
        if "error" in result:
            return ""
        return _(
            "%(rows)s rows in %(seconds)s seconds: %(created)s created, %(updated)s updated, "
            "%(unchanged)s unchanged, %(refused)s refused, %(warnings)s with a warning."
        ) % {name: result[name] for name in _PRINTED}


def _write_errors(brought: ResidentImport, target: Path) -> None:
    with target.open("wb") as out:
        if brought.error_file:
            out.writelines(content_of(brought.error_file))


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(_("a day is written 2014-01-06")) from error
