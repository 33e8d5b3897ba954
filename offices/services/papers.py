"""A paper as it comes from a counter: read, scanned for viruses, written anew, before anything is kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from offices import virus_scanner
from offices.errors import DomainError
from offices.paper_files import CleanPaper, clean_paper


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it came: its name and its bytes."""

    name: str
    content: bytes


def checked_paper(sent: SentFile) -> CleanPaper:
    """What is kept of a file that was sent; writes nothing, so that no lock is held while it is scanned.

    The size is judged before the scanner is asked; what was sent is scanned, not what is made of it.
    Raises DomainError `scan_infected`, `scanner_unreachable`, or what clean_paper raises.
    """
    paper = clean_paper(name=sent.name, sent=sent.content)
    if virus_scanner.is_configured():
        verdict = virus_scanner.scan_content(sent.content)
        if not verdict.is_clean:
            raise DomainError(
                "scan_infected",
                _("%(name)s was refused: the virus scanner found %(found)s. Nothing of it was kept."),
                name=sent.name,
                found=verdict.found,
            )
    return paper
