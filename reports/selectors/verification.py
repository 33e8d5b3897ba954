"""Editions and prints proved again: digests, sums, the way from month to month, and the kept files."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from offices.errors import DomainError
from offices.services.files import content_of
from reports.enums import ReportKind
from reports.models import Edition, PrintedReport
from reports.months import read_month
from reports.selectors.editions import digest_of, figures_in
from reports.selectors.figures import Figures
from reports.selectors.tables import tables_of


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: which rule, which record, found and expected."""

    rule: str
    record: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much was looked at, and what does not hold."""

    editions: int
    prints: int
    findings: tuple[Finding, ...]


_WAY = (("opening", 1), ("new", 1), ("division_in", 1), ("exits", -1), ("division_out", -1))
"""From the opening to the closing: what is added and what is taken away."""


def verify_reports() -> Verdict:
    """Prove every edition and print of the county; needs a context of the whole county."""
    editions = list(
        Edition.objects.filter(kind=ReportKind.MONTHLY).order_by("period", "division_code", "number")
    )
    findings: list[Finding] = []
    newest: defaultdict[str, dict[str, tuple[Edition, Figures]]] = defaultdict(dict)
    for edition in editions:
        figures = figures_in(edition)
        findings += _findings_in(edition, figures)
        newest[edition.period][edition.division_code] = edition, figures
    for earlier, later in pairwise(sorted(newest)):
        if str(read_month(earlier).following) == later:
            findings += _findings_between(newest[earlier], newest[later])
    prints = list(PrintedReport.objects.select_related("file", "verification", "edition"))
    for printed in prints:
        findings += _findings_of_print(printed)
    return Verdict(len(editions), len(prints), tuple(findings))


def _findings_in(edition: Edition, figures: Figures) -> list[Finding]:
    found = []
    digest = digest_of(
        kind=edition.kind, period=edition.period, division_code=edition.division_code, figures=figures
    )
    if digest != edition.figures_digest:
        found.append(Finding("digest_is_that_of_the_figures", str(edition), digest, edition.figures_digest))
    for name in sorted({code.rsplit(".", 1)[0] for code in figures if code.endswith(".opening")}):
        reckoned = sum(int(figures.get(f"{name}.{measure}", 0)) * sign for measure, sign in _WAY)
        closing = figures[f"{name}.closing"]
        if reckoned != closing:
            found.append(
                Finding("closing_is_opening_new_less_exits", f"{edition} {name}", str(closing), str(reckoned))
            )
    tables = tables_of(edition)
    if len(tables.places) > 1:
        for code, whole in tables.whole.figures.items():
            parts = [place.figures.get(code, 0) for place in tables.places if not place.is_total]
            is_split = code.startswith("t1.") or ".paid" in code or ".returned" in code
            if is_split and not isinstance(whole, str) and not any(isinstance(part, str) for part in parts):
                total = sum(parts)  # type: ignore[arg-type] # no suppressed one among them
                if total != whole:
                    found.append(Finding("townships_add_up", f"{edition} {code}", str(total), str(whole)))
    return found


def _findings_between(
    earlier: dict[str, tuple[Edition, Figures]], later: dict[str, tuple[Edition, Figures]]
) -> list[Finding]:
    found = []
    for division, (edition, figures) in later.items():
        before = earlier.get(division)
        for code, opening in figures.items():
            closing = before[1].get(code.replace(".opening", ".closing"), 0) if before else 0
            if before and code.endswith(".opening") and closing != opening:
                found.append(
                    Finding("opening_is_the_last_closing", f"{edition} {code}", str(opening), str(closing))
                )
    return found


def _findings_of_print(printed: PrintedReport) -> list[Finding]:
    record = f"{printed.verification.code} {printed.edition}"
    digest = hashlib.sha256()
    try:
        for piece in content_of(printed.file):
            digest.update(piece)
    except DomainError as refusal:
        return [Finding("print_is_kept", record, refusal.code, printed.file.sha256)]
    found = []
    for rule, expected in (
        ("file_is_as_printed", printed.file.sha256),
        ("verification_page_tells_the_file", printed.verification.file_digest),
    ):
        if digest.hexdigest() != expected:
            found.append(Finding(rule, record, digest.hexdigest(), expected))
    if printed.verification.figures_digest != printed.edition.figures_digest:
        found.append(
            Finding(
                "verification_page_tells_the_figures",
                record,
                printed.verification.figures_digest,
                printed.edition.figures_digest,
            )
        )
    return found
