"""Papers that a family takes home or that lie in the file, as they are printed: what they say, in words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from offices.enums import Role
from subsidies import policies
from subsidies.documents import names_of
from subsidies.enums import ApplicationState, DeliveryMethod
from subsidies.models import Application, DecisionLetter
from subsidies.selectors.applications import steps_of
from subsidies.selectors.paper_index import PaperIndex
from subsidies.time_limits import days_of

TEMPLATE = "print/case_paper.html"


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table of a paper: headings, the share of each column in percent, rows as they are printed."""

    headings: tuple[str, ...]
    shares: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class CasePaper:
    """One paper after GB/T 9704; `code` is that of the family's slip, empty where none is printed."""

    title: str
    issuer: str
    issued_on: datetime.date
    addressee: str = ""
    opening: tuple[str, ...] = ()
    table: PaperTable | None = None
    closing: tuple[str, ...] = ()
    code: str = ""
    standing: str = ""
    number: str = ""
    verification: None = None

    @property
    def plain_title(self) -> str:
        return self.title

    @property
    def address(self) -> str:
        """Where the code is asked."""
        return f"{settings.HUIMIN_PUBLIC_URL}{reverse('verify', args=[self.code])}"

    @cached_property
    def picture(self) -> SafeString:
        """The address as a QR code, inline SVG without a white ground."""
        drawn = segno.make(self.address, error="m", micro=False).svg_inline(omitsize=True, border=0)
        return mark_safe(drawn)  # noqa: S308 # segno's own drawing of squares: holds no text of ours


def slip_of(
    application: Application, *, village: str, issuer: str, on: datetime.date, code: str
) -> CasePaper:
    """The slip for the family: what to bring, once and all of it, or that the application is on its way."""
    said = {
        "day": date_format(application.entered_on, "DATE_FORMAT"),
        "programme": application.programme.name,
        "number": application.file_number,
    }
    common: dict[str, Any] = {
        "issuer": issuer,
        "issued_on": on,
        "addressee": f"{application.person.name}（{village}）",
        "code": code,
    }
    if application.state == ApplicationState.DOCUMENTS_MISSING:
        return CasePaper(
            title=_("Notice of everything missing"),
            opening=(
                _("On %(day)s you applied for %(programme)s (file number %(number)s).") % said,
                _("These papers are missing. Please bring them all together:"),
            ),
            table=PaperTable(
                (pgettext("paper", "No."), _("Paper"), pgettext("paper", "Brought")),
                (12, 68, 20),
                tuple(
                    (str(place), name, "□")
                    for place, name in enumerate(names_of(application.documents_missing), start=1)
                ),
            ),
            closing=(
                _("This is everything: the office may not ask for anything more."),
                _(
                    "Bring them to any counter of the county that serves you. The office's time limit stands still "
                    "until then; there is no last day for you."
                ),
            ),
            **common,
        )
    return CasePaper(
        title=_("Receipt of an application"),
        opening=(
            _("On %(day)s you applied for %(programme)s (file number %(number)s).") % said,
            _("Papers received: %(papers)s.")
            % {"papers": "、".join(names_of(application.documents_brought))},
            _("What follows, each step by another person, in working days at the most:"),
        ),
        table=PaperTable(
            (pgettext("paper", "No."), _("Step"), pgettext("paper", "Done by"), _("Working days")),
            (12, 34, 34, 20),
            tuple(_step_rows(application, on)),
        ),
        closing=(
            _(
                "Between the reviews a notice hangs for the days that the policy sets, unless the programme is never "
                "posted. It costs nothing, and you may withdraw the application any day."
            ),
        ),
        **common,
    )


def index_paper(application: Application, index: PaperIndex, *, issuer: str, on: datetime.date) -> CasePaper:
    """The paper index as it lies on top of the file."""
    rows = tuple(
        (
            str(line.number),
            line.leaf.name,
            line.leaf.day.isoformat(),
            "—" if line.leaf.pages is None else str(line.leaf.pages),
            line.span,
            line.leaf.remark,
        )
        for line in index.lines
    )
    headings = (
        pgettext("paper", "No."),
        _("Paper"),
        _("Day"),
        pgettext("paper", "Pages"),
        _("Pages in the file"),
        pgettext("paper", "Remark"),
    )
    return CasePaper(
        title=_("Paper index"),
        issuer=issuer,
        issued_on=on,
        opening=(
            _("File number: %(number)s") % {"number": application.file_number},
            _("%(programme)s, applicant %(name)s")
            % {"programme": application.programme.name, "name": application.person.name},
        ),
        table=PaperTable(headings, (8, 34, 18, 10, 12, 18), rows),
        closing=(
            _("%(count)s papers, %(pages)s pages counted.") % {"count": len(rows), "pages": index.pages},
        ),
    )


def receipt_paper(letter: DecisionLetter, *, issuer: str, village: str, on: datetime.date) -> CasePaper:
    """The proof of delivery of a letter, to be filled in and signed where it is handed over."""
    methods = "　".join(f"□ {method.label}" for method in DeliveryMethod)
    rows = (
        (_("Letter"), f"{letter.get_kind_display()} {letter.number}"),
        (_("To be delivered to"), f"{letter.application.person.name}（{village}）"),
        (_("Issued on"), date_format(letter.issued_on, "DATE_FORMAT")),
        (_("How it was delivered"), methods),
        (_("Place of delivery"), ""),
        (_("Signature of who received it, relation, day"), ""),
        (_("Reason, if another signed or nobody would"), ""),
        (_("Witnesses (two), if nobody would sign"), ""),
        (_("Delivered by (two)"), ""),
        (pgettext("paper", "Remark"), ""),
    )
    return CasePaper(
        title=_("Proof of delivery"),
        issuer=issuer,
        issued_on=on,
        table=PaperTable((pgettext("paper", "Item"), pgettext("paper", "Content")), (34, 66), rows),
        closing=(
            _(
                "The time limits for an appeal run from the day written here. This paper goes back to the file."
            ),
        ),
    )


def _step_rows(application: Application, on: datetime.date) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for place, step in enumerate(steps_of(application)[1:], start=1):
        roles = [str(role.label) for role in Role if role in policies.STEP_ROLES[step]]
        days = days_of(application.policy_version, step, on)
        rows.append((str(place), str(step.label), "、".join(roles), str(days)))
    return rows
