"""The monthly report on paper: its figures, the sentences they make, and the print.

The figures come from a computed edition; nothing is counted here but the sums of what is printed.
A report that does not add up is not printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from offices.charts import Chart
from offices.errors import DomainError
from reports.enums import EditionState
from reports.pdf.documents import FormalDocument, Section, Verification
from reports.pdf.print_out import print_document
from reports.pdf.tables import Column, Row, RowKind, Table

STANDINGS: dict[EditionState, str | Promise] = {
    EditionState.COMPUTED: gettext_lazy("Computed, not submitted: figures may change"),
    EditionState.SUBMITTED: gettext_lazy("Submitted, not accepted: figures may change"),
    EditionState.ACCEPTED: gettext_lazy("Accepted, not locked: figures may change"),
    EditionState.LOCKED: "",
}

SUPPRESSED = "<5"
"""Stands for a count under five that would point to persons."""

Count = int | None
"""A count, or None where it is suppressed."""


@dataclass(frozen=True, slots=True)
class QualificationChange:
    """T1: who holds a qualification, of one place and programme: opening + joined − left = closing.

    The reasons of leaving may be suppressed; `left` is their sum and is not.
    """

    place: str
    programme: str
    opening: int
    joined: int
    left: int
    closing: int
    died: Count = 0
    moved: Count = 0
    changed: Count = 0
    other: Count = 0

    def __post_init__(self) -> None:
        reasons = (self.died, self.moved, self.changed, self.other)
        known = [reason for reason in reasons if reason is not None]
        is_whole = len(known) == len(reasons)
        if self.opening + self.joined - self.left != self.closing or (is_whole and sum(known) != self.left):
            raise DomainError(
                "report_does_not_balance",
                gettext_lazy(
                    "%(place)s, %(programme)s: opening + new − exits is not closing. Compute the report again."
                ),
                place=self.place,
                programme=self.programme,
            )


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """T2: yuan of one programme and source: budget ≥ appropriated ≥ paid + returned.

    `returned` came back from the bank and is not paid again yet; `balance` is appropriated less paid.
    """

    programme: str
    source: str
    budget: Decimal
    appropriated: Decimal
    paid: Decimal
    returned: Decimal
    balance: Decimal

    def __post_init__(self) -> None:
        if not self.budget >= self.appropriated >= self.paid + self.returned:
            raise DomainError(
                "report_does_not_balance",
                gettext_lazy(
                    "%(programme)s, %(source)s: more is appropriated than budgeted, or more paid than appropriated."
                    " Check the ledger before printing."
                ),
                programme=self.programme,
                source=self.source,
            )


@dataclass(frozen=True, slots=True)
class Payee:
    """A person paid in the month, by name as the auditor sees it."""

    name: str
    programme: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class VillagePayees:
    """The persons paid in the month who live in one village."""

    village: str
    payees: tuple[Payee, ...]


@dataclass(frozen=True, slots=True)
class CheckupCount:
    """T6: check-ups of one station; counts under five are suppressed by whoever computed them."""

    station: str
    booked: Count
    attended: Count
    completed: Count


@dataclass(frozen=True)
class MonthlyDocument:
    """A month of a county or a township, as one edition holds it.

    `place` is the full name of the division, `month` any day in the month reported. `payees` is empty
    for a reader who may not see names. `restates` says what a restatement changes and why.
    """

    place: str
    issuer: str
    month: dt.date
    issued_on: dt.date
    state: EditionState
    changes: tuple[QualificationChange, ...]
    money: tuple[MoneyLine, ...]
    checkups: tuple[CheckupCount, ...]
    verification: Verification
    payees: tuple[VillagePayees, ...] = ()
    charts: tuple[Chart, ...] = ()
    number: str = ""
    letterhead: str = ""
    addressee: str = ""
    copies_to: str = ""
    printed_by: str = ""
    signers: tuple[tuple[str, str], ...] = ()
    restates: str = ""
    closing_remark: str = ""


def render_monthly(monthly: MonthlyDocument, *, language: str) -> bytes:
    """The PDF of `monthly` in `language` (`zh-hans` or `en`).

    Raises DomainError `too_long_to_print` (see documents.MAX_TABLE_ROWS), `table_too_wide`, `fonts_missing`.
    """
    with translation.override(language):
        return print_document(compose_monthly(monthly), template="print/monthly.html")


def compose_monthly(monthly: MonthlyDocument) -> FormalDocument:
    """Put the month into words and tables, in the language that is active."""
    period = date_format(monthly.month, "YEAR_MONTH_FORMAT")
    sections = [_qualifications(monthly), _money(monthly), _checkups(monthly)]
    if monthly.payees:
        sections.append(_roster(monthly))
    return FormalDocument(
        title=_("%(place)s, %(period)s\nMonthly report on family benefits and services")
        % {"place": monthly.place, "period": period},
        issuer=monthly.issuer,
        issued_on=monthly.issued_on,
        number=monthly.number,
        letterhead=monthly.letterhead or monthly.issuer,
        addressee=monthly.addressee,
        standing=str(STANDINGS[monthly.state]),
        opening=tuple(filter(None, (_summary(monthly, period), monthly.restates))),
        sections=tuple(sections),
        closing=monthly.closing_remark or _("This is our report."),
        signers=monthly.signers,
        copies_to=monthly.copies_to,
        printed_by=monthly.printed_by or monthly.issuer,
        verification=monthly.verification,
    )


def _summary(monthly: MonthlyDocument, period: str) -> str:
    payees = [payee for village in monthly.payees for payee in village.payees]
    sentences = [
        _("The family benefits and services of %(place)s in %(period)s are reported as follows.")
        % {"place": monthly.place, "period": period},
        _("At the end of the month %(closing)s qualifications were held: %(joined)s new, %(left)s ended.")
        % {
            "closing": count(sum(line.closing for line in monthly.changes)),
            "joined": count(sum(line.joined for line in monthly.changes)),
            "left": count(sum(line.left for line in monthly.changes)),
        },
        _("Of %(appropriated)s yuan appropriated, %(paid)s yuan were paid and %(returned)s yuan came back.")
        % {
            "appropriated": money(sum_of(line.appropriated for line in monthly.money)),
            "paid": money(sum_of(line.paid for line in monthly.money)),
            "returned": money(sum_of(line.returned for line in monthly.money)),
        },
    ]
    if payees:
        sentences.append(
            _("%(persons)s payments of the month, %(amount)s yuan in all, are listed by name below.")
            % {"persons": count(len(payees)), "amount": money(sum_of(payee.amount for payee in payees))}
        )
    return ("" if _is_chinese() else " ").join(sentences)


def _is_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def _qualifications(monthly: MonthlyDocument) -> Section:
    rows: list[Row] = []
    paragraphs: list[str] = []
    for programme in dict.fromkeys(line.programme for line in monthly.changes):
        lines = [line for line in monthly.changes if line.programme == programme]
        total = _total_change(lines)
        rows.append(Row((programme,), RowKind.GROUP))
        rows += [_change_row(line) for line in lines]
        if len(lines) > 1:
            rows.append(_change_row(total, kind=RowKind.TOTAL))
        paragraphs.append(
            _("%(programme)s: opening %(opening)s + new %(joined)s − exits %(left)s = closing %(closing)s.")
            % {
                "programme": programme,
                "opening": count(total.opening),
                "joined": count(total.joined),
                "left": count(total.left),
                "closing": count(total.closing),
            }
        )
    exits = pgettext("report", "Exits")
    columns = (
        Column(pgettext("report", "Place")),
        Column(pgettext("report", "Opening"), is_figure=True),
        Column(pgettext("report", "New"), is_figure=True),
        Column(pgettext("report", "Died"), exits, is_figure=True),
        Column(pgettext("report", "Moved away"), exits, is_figure=True),
        Column(pgettext("report", "Conditions changed"), exits, is_figure=True),
        Column(pgettext("report", "Other"), exits, is_figure=True),
        Column(pgettext("report", "Total"), exits, is_figure=True),
        Column(pgettext("report", "Closing"), is_figure=True),
    )
    has_suppressed = any(cell == SUPPRESSED for row in rows for cell in row.cells)
    table = Table(
        _("Table 1: Changes of qualifications"),
        columns,
        tuple(rows),
        unit=_("Unit: units of the programme (persons or families)"),
        note=_("“<5”: one to four, not shown.") if has_suppressed else "",
    )
    return Section(_("Changes of qualifications"), tuple(paragraphs), (table,), monthly.charts)


def _change_row(line: QualificationChange, kind: RowKind = RowKind.PLAIN) -> Row:
    figures = (
        line.opening,
        line.joined,
        line.died,
        line.moved,
        line.changed,
        line.other,
        line.left,
        line.closing,
    )
    return Row((line.place, *map(count, figures)), kind)


def _total_change(lines: list[QualificationChange]) -> QualificationChange:
    def total(counts: Iterable[Count]) -> Count:
        # A sum of which one part is hidden would show it.
        known = list(counts)
        return None if None in known else sum(known)  # type: ignore[arg-type]

    return QualificationChange(
        place=pgettext("report", "Total"),
        programme=lines[0].programme,
        opening=sum(line.opening for line in lines),
        joined=sum(line.joined for line in lines),
        left=sum(line.left for line in lines),
        closing=sum(line.closing for line in lines),
        died=total(line.died for line in lines),
        moved=total(line.moved for line in lines),
        changed=total(line.changed for line in lines),
        other=total(line.other for line in lines),
    )


def _money(monthly: MonthlyDocument) -> Section:
    columns = (
        Column(pgettext("report", "Source")),
        Column(pgettext("report", "Budget"), is_figure=True),
        Column(pgettext("report", "Appropriated"), is_figure=True),
        Column(pgettext("report", "Paid"), is_figure=True),
        Column(pgettext("report", "Returned"), is_figure=True),
        Column(pgettext("report", "Balance"), is_figure=True),
    )
    rows: list[Row] = []
    programmes = dict.fromkeys(line.programme for line in monthly.money)
    for programme in programmes:
        lines = [line for line in monthly.money if line.programme == programme]
        rows.append(Row((programme,), RowKind.GROUP))
        rows += [Row((line.source, *map(money, _amounts(line)))) for line in lines]
        if len(lines) > 1 and len(programmes) > 1:
            rows.append(_money_total(pgettext("report", "Subtotal"), lines))
    if monthly.money:
        rows.append(_money_total(pgettext("report", "Total"), monthly.money))
    table = Table(_("Table 2: Money"), columns, tuple(rows), unit=_("Unit: yuan"))
    return Section(_("Money"), tables=(table,))


def _amounts(line: MoneyLine) -> tuple[Decimal, ...]:
    return line.budget, line.appropriated, line.paid, line.returned, line.balance


def _money_total(heading: str, lines: Iterable[MoneyLine]) -> Row:
    sums = (sum_of(column) for column in zip(*map(_amounts, lines), strict=True))
    return Row((heading, *map(money, sums)), RowKind.TOTAL)


def _checkups(monthly: MonthlyDocument) -> Section:
    columns = (
        Column(pgettext("report", "Station")),
        Column(pgettext("report", "Booked"), is_figure=True),
        Column(pgettext("report", "Attended"), is_figure=True),
        Column(pgettext("report", "Completed"), is_figure=True),
    )
    rows = tuple(
        Row((line.station, count(line.booked), count(line.attended), count(line.completed)))
        for line in monthly.checkups
    )
    has_suppressed = any(cell == SUPPRESSED for row in rows for cell in row.cells)
    table = Table(
        _("Table 3: Pre-conception check-ups"),
        columns,
        rows,
        unit=_("Unit: persons"),
        note=_("“<5”: one to four, not shown.") if has_suppressed else "",
    )
    return Section(_("Pre-conception check-ups"), tables=(table,))


def _roster(monthly: MonthlyDocument) -> Section:
    columns = (
        Column(pgettext("report", "No."), is_figure=True),
        Column(pgettext("report", "Name")),
        Column(pgettext("report", "Programme")),
        Column(pgettext("report", "Amount"), is_figure=True),
    )
    rows: list[Row] = []
    number = 0
    for village in monthly.payees:
        subtotal = sum_of(payee.amount for payee in village.payees)
        heading = _("%(village)s: %(persons)s payments, %(amount)s yuan") % {
            "village": village.village,
            "persons": count(len(village.payees)),
            "amount": money(subtotal),
        }
        rows.append(Row((heading,), RowKind.GROUP))
        for payee in village.payees:
            number += 1
            rows.append(Row((str(number), payee.name, payee.programme, money(payee.amount))))
    whole = sum_of(payee.amount for village in monthly.payees for payee in village.payees)
    rows.append(Row(("", pgettext("report", "Total"), "", money(whole)), RowKind.TOTAL))
    table = Table(_("Table 4: Persons paid in the month"), columns, tuple(rows), unit=_("Unit: yuan"))
    return Section(
        _("Persons paid in the month"),
        (_("This list holds personal information: for audit only, not to be made public."),),
        (table,),
    )


def count(number: Count) -> str:
    """A count with separators, or the sign of a suppressed one."""
    return SUPPRESSED if number is None else f"{number:,}"


def money(amount: Decimal) -> str:
    """Yuan to the cent, with separators."""
    return f"{amount:,.2f}"


def sum_of(amounts: Iterable[Decimal]) -> Decimal:
    """Their sum, a Decimal also where there are none."""
    return sum(amounts, Decimal(0))
