"""The paper index (卷宗目录) of a case: every paper of its file, in order, with day and pages."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from subsidies.documents import names_of
from subsidies.enums import Step, StepResult
from subsidies.models import Application

_ON_ONE_PAGE = 1
"""What the office prints of a case takes one page."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One paper before it is numbered; `pages` None: it lies in the file on paper and nobody has counted it."""

    name: str
    day: datetime.date
    pages: int | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class IndexLine:
    """A line of the index. `first` and `last` are its pages within the file, None where they are not known."""

    number: int
    leaf: Leaf
    first: int | None
    last: int | None

    @property
    def span(self) -> str:
        """Its pages in the file, as the index prints them."""
        if self.first is None:
            return "—"
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class PaperIndex:
    """The whole index of a file."""

    lines: tuple[IndexLine, ...]

    @property
    def pages(self) -> int:
        return sum(line.leaf.pages or 0 for line in self.lines)


def index_of(application: Application) -> PaperIndex:
    """Number every paper of a case: what was brought, what the office wrote, what hung, how it ended."""
    lines, page = [], 0
    for number, leaf in enumerate(_leaves(application), start=1):
        if leaf.pages is None:
            lines.append(IndexLine(number, leaf, None, None))
            continue
        lines.append(IndexLine(number, leaf, page + 1, page + leaf.pages))
        page += leaf.pages
    return PaperIndex(tuple(lines))


def _leaves(application: Application) -> Iterator[Leaf]:
    yield Leaf(
        _("Application with the signed declaration"),
        application.entered_on,
        _ON_ONE_PAGE,
        application.entered_by.name,
    )
    yield from _brought(application)
    acts = [leaf for _day, leaf in sorted(_acts(application), key=lambda pair: pair[0])]
    yield from acts
    for letter in application.letters.order_by("issued_on", "serial"):
        yield Leaf(str(letter.get_kind_display()), letter.issued_on, None, letter.number)


def _brought(application: Application) -> Iterator[Leaf]:
    """Papers of the list: those scanned with their pages, the others as they lie on paper."""
    scans = list(application.scans.kept().select_related("taken_by"))
    for scan, name in zip(scans, names_of(scan.kind for scan in scans), strict=True):
        yield Leaf(name, scan.taken_on, scan.pages, scan.taken_by.name)
    scanned = {scan.kind for scan in scans}
    unscanned = [code for code in application.documents_brought if code not in scanned]
    for name in names_of(unscanned):
        yield Leaf(name, application.entered_on, None, _("on paper, not scanned"))


def _acts(application: Application) -> Iterator[tuple[tuple[datetime.date, Any], Leaf]]:
    """What the office wrote and hung, with what it is ordered by."""
    for step in application.steps.select_related("acted_by"):
        if step.step == Step.ENTRY and step.result == StepResult.PASSED:
            continue
        name = str(step.get_step_display())
        if step.result == StepResult.DOCUMENTS_MISSING:
            name = _("Notice of everything missing")
        elif step.result != StepResult.PASSED:
            name = f"{name} · {step.get_result_display()}"
        yield (step.acted_on, step.pk), Leaf(name, step.acted_on, _ON_ONE_PAGE, step.acted_by.name)
    for notice in application.notices.prefetch_related("objections"):
        until = _("until %(day)s") % {"day": notice.last_day.isoformat()}
        yield (
            (notice.from_on, notice.pk),
            Leaf(str(notice.get_level_display()), notice.from_on, _ON_ONE_PAGE, until),
        )
        for objection in notice.objections.all():
            leaf = Leaf(
                _("Objection and its answer"),
                objection.received_on,
                _ON_ONE_PAGE,
                str(objection.get_subject_display()),
            )
            yield (objection.received_on, objection.pk), leaf
