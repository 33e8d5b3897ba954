"""Print a report to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices.actors import Actor
from offices.commands import OfficeCommand
from offices.errors import DomainError
from reports.pdf.monthly import render_monthly
from reports.selectors.editions import newest_edition
from reports.services.printing import LANGUAGES, keep_print, prepare_print


class Command(OfficeCommand):
    help = "Print a report as PDF, keep it sealed and make it verifiable."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--kind", required=True, choices=("monthly", "annual", "roster", "notice", "audit")
        )
        parser.add_argument("--period", required=True, metavar="P", help="2013-12")
        parser.add_argument("--division", required=True, metavar="CODE", help="6, 9 or 12 digits")
        parser.add_argument("--out", required=True, metavar="FILE.pdf")
        parser.add_argument("--language", default=LANGUAGES[0], choices=LANGUAGES)
        parser.add_argument("--without-roster", action="store_true", help="print no names")

    def perform(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        edition = newest_edition(
            actor=actor, kind=options["kind"], period=options["period"], division=options["division"]
        )
        sheet = prepare_print(
            actor=actor,
            edition=edition,
            language=options["language"],
            has_roster=not options["without_roster"],
        )
        # Nothing is written or locked before the printing is done.
        content = render_monthly(sheet.document, language=sheet.language)
        out = Path(options["out"])
        try:
            out.write_bytes(content)
        except OSError as error:
            raise DomainError(
                "file_not_written",
                gettext_lazy("The file %(name)s cannot be written: %(reason)s."),
                name=str(out),
                reason=error.strerror or type(error).__name__,
            ) from error
        printed = keep_print(actor=actor, sheet=sheet, content=content)
        if printed is None:
            raise AssertionError("a print without a job is always kept")
        return {
            "file": str(out),
            "size": printed.file.size,
            "sha256": printed.file.sha256,
            "code": sheet.code,
            "edition": edition.number,
            "figures_digest": edition.figures_digest,
        }

    def summary(self, result: dict[str, Any]) -> str:
        return _("%(file)s: edition %(edition)s, verification code %(code)s, SHA-256 %(sha256)s") % result
